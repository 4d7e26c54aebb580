"""Days side by side, a character each: how much of the watched time no payment was possible; of opening hours, where there are some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from agent.contract.history import DayTotal
from agent.present.encoding import stand_in
from agent.present.page import READABLE, Page
from probes.ground.bilingual import Bilingual

_MOST_ROWS, _WEEK, _INDENT = 2, 7, 2
_NARROW = 60  # columns, below which one row has to do
_SHADES, _PLAIN = "·░▒▓█", ".-+x#"  # by growing share of the time in which no payment was possible
_SHARES = (0.0, 0.01, 0.1, 0.5)  # up to which the first four stand
_NOT_WATCHED, _CLOSED, _PLANNED = "?", "_", "="
_OTHERS = {
    _NOT_WATCHED: Bilingual("没有监测", "not watched"),
    _CLOSED: Bilingual("不营业", "closed"),
    _PLANNED: Bilingual("计划维护", "planned work"),
}
_LEGEND = (
    Bilingual("一直能收款", "all the time"),
    Bilingual("不能收款的时间不到 1%", "less than 1 % without"),
    Bilingual("不到 10%", "less than 10 %"),
    Bilingual("不到一半", "less than half"),
    Bilingual("一半以上", "half or more"),
)


def strip(days: Sequence[DayTotal], last: date, page: Page) -> list[str]:
    """The days up to `last`, as many as two lines hold, or one on a narrow screen, in whole weeks, with what
    each character means; nothing where there are none."""
    known = {found: each for each in days if (found := _date(each.day)) is not None and found <= last}
    if not known:
        return []
    last = max(known)
    marks = marks_of(page)
    label = len("2026-01-31 ")
    row = max(_WEEK, (min(page.width, READABLE) - _INDENT - label) // _WEEK * _WEEK)
    rows = 1 if page.width < _NARROW else _MOST_ROWS
    begin = max(min(known), _earlier(last, rows * row - 1))
    shown = [begin + timedelta(days=number) for number in range((last - begin).days + 1)]
    lines = [
        f"{' ' * _INDENT}{shown[at]} " + "".join(_mark(known.get(day), marks) for day in shown[at : at + row])
        for at in range(0, len(shown), row)
    ]
    used = {char for line in lines for char in line[_INDENT + label :]}
    legend = [f"{mark} {page.words(said)}" for mark, said in zip(marks, _LEGEND, strict=True) if mark in used]
    legend += [f"{mark} {page.words(said)}" for mark, said in _OTHERS.items() if mark in used]
    return [*lines, *page.paint_all(page.flow(legend, indent=" " * _INDENT, between="  "), "faint")]


def marks_of(page: Page) -> str:
    """What the console can show, one column each."""
    shown = stand_in(_SHADES, page.encoding) == _SHADES and page.ambiguous == 1
    return _SHADES if shown else _PLAIN


def _mark(day: DayTotal | None, marks: str) -> str:
    if day is None:
        return _NOT_WATCHED
    part = day if day.opening is None else day.opening
    if not part.watched_s:
        return _PLANNED if part.planned_s else _CLOSED if day.watched_s else _NOT_WATCHED
    without = 1 - part.can_pay_s / part.watched_s
    return marks[sum(without > share for share in _SHARES)]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _earlier(day: date, days: int) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return date.min
