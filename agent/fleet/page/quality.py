"""Who is silent, for how long, and what could not be read or believed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from agent.fleet.model.answer import Answer
from agent.fleet.page import words
from agent.fleet.page.view import NO_FAULT, SILENT, View
from agent.fleet.reading.flaw_words import WORDS
from agent.fleet.reading.flaws import Flaw
from agent.present import times
from agent.present.page import Page
from probes.ground.bilingual import Bilingual, same

_HOUR, _DAY = 3600, 86400
_SPANS = (_HOUR, 6 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY)
_MOST_KINDS = 20
_KINDS = frozenset(flaw.value for flaw in Flaw)
_TOTALS: dict[str, Bilingual] = {
    "unreadable": Bilingual("读不了的文件或行", "file or line that cannot be read"),
    "clock_ahead": Bilingual("时钟快 5 秒以上的终端", "clock more than 5 s ahead"),
    "duplicate_ids": Bilingual("多台机器共用的终端号，或有多个终端号的机器", "id of several machines, or machine with several ids"),
}


def silent_of(view: View, page: Page) -> list[tuple[str, str, int]]:
    """For how long: words, how many, and the length of a bar (percent of the longest)."""
    counts = [0] * (len(_SPANS) + 1)
    for standing, received in zip(view.standing, view.table.received, strict=True):
        if standing == SILENT:
            counts[sum(view.now - received >= limit for limit in _SPANS)] += 1
    limits = [times.span(each, page) for each in _SPANS]
    said = [page.say(f"不到 {limits[0]}", f"under {limits[0]}")]
    said += [page.say(f"{low} 到 {high}", f"{low} to {high}") for low, high in pairwise(limits)]
    said += [page.say(f"{limits[-1]} 以上", f"{limits[-1]} and more")]
    top = max(counts)
    return [(name, words.count(count), round(100 * count / top)) for name, count in zip(said, counts, strict=True)] if top else []


def silent_alone(view: View) -> Sequence[int]:
    """The silent ones that no fault explains, longest silent first."""
    found = [row for row, standing in enumerate(view.standing) if standing == SILENT and view.fault_of[row] == NO_FAULT]
    return sorted(found, key=lambda row: view.table.received[row])


def kinds_of(answer: Answer, page: Page) -> list[tuple[str, str]]:
    """The totals, and then what they are made of, the most frequent first."""
    totals = answer.totals
    found = [(_TOTALS[name], getattr(totals, name)) for name in _TOTALS]
    found += [(_name(kind, page), count) for kind, count in sorted(answer.quality.items(), key=lambda entry: (-entry[1], entry[0]))]
    return [(page.words(said), words.count(count)) for said, count in found if count][:_MOST_KINDS]


def fields_of(view: View, page: Page) -> dict[str, Any]:
    return {"silence": silent_of(view, page), "quality": kinds_of(view.answer, page)}


def _name(kind: str, page: Page) -> Bilingual:
    return WORDS[Flaw(kind)] if kind in _KINDS else same(words.value(kind.replace("_", " "), page))
