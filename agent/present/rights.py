"""The rights that some checks lacked, each once, with how it is granted: a line on the first screen, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator

from agent.present.document import Document
from agent.present.page import Page
from agent.present.reasons import in_both
from agent.present.sections import called, heading
from agent.present.words import subject_of
from probes.model import Check, Facts, Outcome
from probes.model.facts import GatewayFacts, SerialFacts
from probes.model.rights import RIGHTS, Right


def in_short(document: Document, command: str, page: Page) -> list[str]:
    """Of what was not examined for want of a right."""
    names = dict.fromkeys(right.named(text) for each in document.checks if each.outcome is Outcome.UNKNOWN for right, text in _of(each))
    if not names:
        return []
    which = page.fit(page.say("、", "; ").join(names))
    told = page.say(f"缺少权限（授权方法：{command} --details）：{which}", f"Missing right (how to grant it: {command} --details): {which}")
    return [page.paint(page.shorten(told, page.width), "faint")]


def in_full(document: Document, page: Page) -> list[str]:
    """Also of what passed, and would see more."""
    found: dict[str, list[str]] = {}
    for check in document.checks:
        for _, text in _of(check):
            found.setdefault(text, []).append(subject_of(check.id, page, called(check)))
    lines = []
    for text, subjects in found.items():
        by = page.say("、", ", ").join(dict.fromkeys(subjects))
        lines += page.wrap(page.fit(page.words(in_both(text))) + page.say(f"（{by}）", f" ({by})"), first="  - ")
    return [heading(page, "缺少的权限", "Missing rights"), *lines] if lines else []


def _of(check: Check[Facts]) -> Iterator[tuple[Right, str]]:
    """Each right that the check says it lacked, with its sentence."""
    seen = check.facts
    more = (seen.note,) if isinstance(seen, SerialFacts) else (seen.app_because,) if isinstance(seen, GatewayFacts) else ()
    for text in filter(None, (check.because, seen.text, *more)):
        for right in RIGHTS:
            sentence = right.found_in(text)
            if sentence:
                yield right, sentence
