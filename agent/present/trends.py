"""Days side by side as small columns, a line each: incidents, and of each uplink and gateway the time to connect and what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from msgspec import Struct

from agent.contract.event import GatewayDay
from agent.contract.history import DayTotal
from agent.present import times
from agent.present.page import READABLE, Page
from agent.present.sparkline import sparkline

_INDENT, _LABEL, _SHORT_LABEL, _GAP, _NUMBER, _WEEK = 2, 14, 10, 2, 9, 7
_NARROW = 60  # columns, below which labels are short
_LOSS_PERCENT = 5.0  # the height of a line of what is lost, at least: a single look in vain fills none


class Trend(Struct, frozen=True, kw_only=True):
    """`value`: of all days shown, in words."""

    label: str
    values: tuple[float | None, ...]
    value: str
    top: float | None = None


def trends(days: Sequence[DayTotal], page: Page) -> list[str]:
    """The last days, as many as a line holds, in whole weeks. Nothing where fewer than two days are known."""
    shown = _last(days, page)
    if len(shown) < 2:
        return []
    return [_line(each, page) for each in _trends(shown, page)]


def _last(days: Sequence[DayTotal], page: Page) -> list[DayTotal | None]:
    known = {day: each for each in days if (day := _date(each.day)) is not None}
    if len(known) < 2:
        return []
    room = max(_WEEK, (min(page.width, READABLE) - _INDENT - _label(page) - _GAP - _NUMBER) // _WEEK * _WEEK)
    last = max(known)
    count = min(room, (last - min(known)).days + 1)
    return [known.get(last - timedelta(days=number)) for number in reversed(range(count))]


def _trends(shown: Sequence[DayTotal | None], page: Page) -> Iterator[Trend]:
    counts = tuple(None if day is None else float(day.incidents) for day in shown)
    if total := sum(filter(None, counts)):
        yield Trend(label=page.say("故障", "incidents"), values=counts, value=f"{total:.0f}")
    for kind in ("uplinks", "gateways"):
        found: list[Mapping[str, GatewayDay]] = [{} if day is None else getattr(day, kind) for day in shown]
        for name in dict.fromkeys(name for each in found for name in each):
            yield from _of(name, [each.get(name) for each in found], page)


def _of(name: str, found: Sequence[GatewayDay | None], page: Page) -> Iterator[Trend]:
    taken = tuple(None if each is None else each.p50_ms for each in found)
    if known := [each for each in taken if each is not None]:
        yield Trend(label=page.fit(name), values=taken, value=times.span(median(known) / 1000, page))
    lost = tuple(None if each is None else each.loss_percent for each in found)
    looks = sum(each.n for each in found if each is not None)
    in_vain = sum(each.n * (each.loss_percent or 0.0) for each in found if each is not None)
    if in_vain:
        label = page.say("  连接不上", "  in vain") if known else page.fit(name)
        highest = max(each for each in lost if each is not None)
        yield Trend(label=label, values=lost, value=f"{in_vain / looks:.2g} %", top=max(_LOSS_PERCENT, highest))


def _line(trend: Trend, page: Page) -> str:
    label = page.pad(page.shorten(trend.label, _label(page) - 1), _label(page))
    return f"{' ' * _INDENT}{label}{sparkline(trend.values, page, top=trend.top)}{' ' * _GAP}{trend.value}"


def _label(page: Page) -> int:
    """Columns of it, with the gap behind."""
    return _SHORT_LABEL + 1 if page.width < _NARROW else _LABEL


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
