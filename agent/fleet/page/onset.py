"""When a fault began for each of its terminals: all at once, or one after the other. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from agent.fleet.page import words
from agent.fleet.page.view import CANNOT, View
from agent.papers.plots import Bar, bars, scale_of
from agent.present.page import Page

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
UNITS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY)
MOST_BARS = 36
_EARLY = 0.03  # share of the terminals that may lie before the picture: failing since long ago, for a reason of their own
_HEIGHT = 84.0


def picture(rows: Sequence[int], view: View, page: Page, *, silent: bool = False) -> str:
    """Nothing where no onset is known. `silent`: when they were last heard of."""
    since = view.table.received if silent else view.table.since
    known = sorted((since[row], row) for row in rows if 0 < since[row] <= view.now)
    if len(known) < 2:
        return ""
    moments = array("q", (moment for moment, _ in known))
    unit = next((unit for unit in UNITS if (view.now - moments[int(_EARLY * len(moments))]) // unit < MOST_BARS), UNITS[-1])
    offset = _offset(view.now)
    last = (view.now + offset) // unit
    begin = max((moments[int(_EARLY * len(moments))] + offset) // unit - 1, last - MOST_BARS + 1)
    before = bisect_left(moments, begin * unit - offset)
    counts = [[0, 0] for _ in range(last - begin + 1)]
    for moment, row in known[before:]:
        counts[(moment + offset) // unit - begin][view.standing[row] != CANNOT] += 1
    found = [_bar(page.say("更早", "earlier"), before, 0, page.say("更早", "earlier"))] if before else []
    for number, (stopped, others) in enumerate(counts):
        moment = (begin + number) * unit - offset
        found.append(_bar(_label(moment, unit, first=number == 0), stopped, others, _moment(moment)))
    top = max(sum(height for _, height in each.parts) for each in found)
    axis = (
        page.say(f"最后一次上报的终端数，每 {_unit(unit, page)}", f"terminals last heard of, each {_unit(unit, page)}")
        if silent
        else page.say(f"开始失败的终端数，每 {_unit(unit, page)}", f"terminals that began to fail, each {_unit(unit, page)}")
    )
    return bars(found, scale_of(max(1, top), ((1, ""),), whole=True, most=3), axis, label=axis, name="bars onset", height=_HEIGHT)


def _bar(label: str, stopped: int, others: int, said: str) -> Bar:
    parts = tuple((mark, float(height)) for mark, height in (("stopped", stopped), ("impaired", others)) if height)
    return Bar(label=label, parts=parts, said=f"{said}: {words.count(stopped + others)}")


def _label(moment: int, unit: int, *, first: bool) -> str:
    here = datetime.fromtimestamp(moment).astimezone()
    return f"{here:%m-%d}" if unit >= _DAY or not (first or here.hour or here.minute) else f"{here:%H:%M}"


def _moment(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%m-%d %H:%M}"


def _offset(now: int) -> int:
    """Seconds that the clock here is ahead of UTC: bars begin at its full hours and days."""
    shift = datetime.fromtimestamp(now).astimezone().utcoffset()
    return int(shift.total_seconds()) if shift else 0


def _unit(unit: int, page: Page) -> str:
    if unit < _HOUR:
        return page.say(f"{unit // _MINUTE} 分钟", "minute" if unit == _MINUTE else f"{unit // _MINUTE} min")
    if unit < _DAY:
        return page.say(f"{unit // _HOUR} 小时", "hour" if unit == _HOUR else f"{unit // _HOUR} h")
    return page.say(f"{unit // _DAY} 天", "day" if unit == _DAY else f"{unit // _DAY} days")
