"""The status as a page for a back-office screen: red, yellow or green with words, the cause, what to do now, since when, the last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Any

from msgspec import Struct

from agent.contract.document import Status
from agent.contract.history import DayTotal
from agent.contract.times import utc
from agent.diagnosis.causes import Severity
from agent.diagnosis.model import CanPay, State
from agent.papers.press import Fields, printed
from agent.present import asked, brief, times
from agent.present.document import Document
from agent.present.page import Page
from agent.present.report import no_cause
from agent.present.sections import step_in_words
from agent.present.verdicts import ANSWERS
from probes.ground.bilingual import Bilingual
from probes.ground.moments import seconds_of

RENEWED_S = 60  # so often a browser reads the page anew
DAYS = 30
_TITLES = {
    "green": Bilingual("正常", "all well"),
    "yellow": Bilingual("有问题", "something is wrong"),
    "red": Bilingual("不能收款", "no payments"),
}


class Cell(Struct, frozen=True):
    """A day of the strip: its place from the left, how it is drawn, and what it says."""

    at: int
    mark: str
    said: str


def page_of(
    status: Status,
    days: Sequence[DayTotal],
    languages: Sequence[str],
    stale: Bilingual | None = None,
    *,
    counts_s: float = 0.0,
    about: str = "",
) -> bytes:
    """`days`: of the record, as far as there are any; `stale`: why the status tells nothing about now; `counts_s`: for how long the page
    counts, where it is renewed less often than the status; `about`: the name of a terminal beside this machine. Raises `NoPressError`."""
    light = _light(status, stale)
    name = " ".join(filter(None, (status.terminal.store, about))) or status.terminal.id
    title = Bilingual(f"{name}：{_TITLES[light].zh}", f"{name}: {_TITLES[light].en}")
    fields = _fields(status, days, light, stale, _until(status, counts_s))
    return printed("status.html", fields, languages, title, renewed_s=RENEWED_S, about=about)


def _until(status: Status, counts_s: float) -> str:
    written = times.parse(status.generated_at)
    return utc(seconds_of(written) + counts_s) if counts_s and written else status.valid_until


def _light(status: Status, stale: Bilingual | None) -> str:
    if stale is None and status.can_pay is CanPay.NO:
        return "red"
    if stale is None and status.can_pay is CanPay.YES and status.state is State.OK:
        return "green"
    return "yellow"


def _fields(status: Status, days: Sequence[DayTotal], light: str, stale: Bilingual | None, until: str) -> Fields:
    document = Document(status)
    leading = document.leading

    def fields(page: Page) -> dict[str, Any]:
        steps = [step for step in status.remediation if leading is not None and step.cause == leading.code]
        notices = [cause for cause in status.causes if cause is not leading]
        return {
            "light": light,
            "answer": page.words(ANSWERS[CanPay.UNKNOWN if stale else status.can_pay].clause),
            "stale": page.words(stale) if stale else "",
            "why": page.words(leading.summary) if leading else no_cause(document, page),
            "sure": f"{leading.confidence:.0%}" if leading else "",
            "asked": " ".join(asked.lines(document, page, 0.0)) if stale is None else "",
            "since": times.brief(status.since, page),
            "selling": [page.words(way.text) for way in status.selling],
            "steps": [(step_in_words(step, document, page), page.words(step.expect)) for step in steps],
            "call": brief.call_in_words(document, page),
            "others": [(cause.severity is Severity.NOTICE, page.words(cause.summary)) for cause in notices],
            "cells": [_cell(day, found, page) for day, found in _last(days, status.generated_at)] if days else [],
            "at": times.written(status.generated_at, page),
            "until": times.written(until, page),
            "terminal": status.terminal,
        }

    return fields


def _last(days: Sequence[DayTotal], at: str) -> list[tuple[int, tuple[date, DayTotal | None]]]:
    """The days up to the one of the status, the last on the right. Nothing where that is no moment."""
    moment = times.parse(at)
    if moment is None:
        return []
    last = moment.astimezone(UTC).date()
    known = {each.day: each for each in days}
    shown = [last - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    return [(number, (day, known.get(day.isoformat()))) for number, day in enumerate(shown)]


def _cell(at: int, found: tuple[date, DayTotal | None], page: Page) -> Cell:
    day, total = found
    if total is None or not total.watched_s:
        return Cell(at, "unwatched", page.say(f"{day}：没有监测", f"{day}: not watched"))
    share = 1 - total.can_pay_s / total.watched_s
    mark = "well" if share <= 0 else "short" if share < 0.1 else "long"
    without = times.span(max(0, total.watched_s - total.can_pay_s), page)
    well = page.say(f"{day}：一直能收款", f"{day}: payments all the time")
    return Cell(at, mark, well if mark == "well" else page.say(f"{day}：{without}不能收款", f"{day}: {without} without payments"))
