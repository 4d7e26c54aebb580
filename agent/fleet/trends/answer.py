"""The trends of a fleet, `posdiag.trends/1`: by day and group, and before and after a day. Keys may be added."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct

from agent.fleet.store.duck import Connection, connected
from agent.fleet.trends.compared import Change, compared, median
from agent.fleet.trends.counted import Side, around, by
from agent.fleet.trends.periods import load
from agent.record.exact import Interval

MOST_GROUPS = 50
_MONTH_S = 30 * 86400


class DayTrend(Struct, frozen=True, kw_only=True):
    """`availability`: the share of the time watched in which payments were possible. `incidents`: each terminal's; `cases`: what many
    shared at one moment is one."""

    day: date
    terminals: int
    availability: float | None
    incidents: int
    cases: int


class Trend(Struct, frozen=True, kw_only=True):
    """Of a group (an empty name: not known). `a_month`: cases a terminal in 30 days; `repair_s`: the middle time of those that are over,
    with how far it is known."""

    name: str
    terminals: int
    terminal_days: float
    availability: float | None
    incidents: int
    cases: int
    a_month: float | None
    repair_s: Interval | None
    days: tuple[DayTrend, ...]


class BeforeAfter(Struct, frozen=True, kw_only=True):
    """Of a group: its terminals after the day, the same ones before it. Shares, and by how much they grew; `others_gain`: all others'."""

    name: str
    terminals: int
    availability_before: float | None
    availability_after: float | None
    gain: Interval | None
    others_gain: Interval | None
    cases: Change
    repair: Change


class Trends(Struct, frozen=True, kw_only=True):
    """`groups_left_out`: beyond the 50 that were watched longest; `damaged`: files of the store that could not be read."""

    schema: Literal["posdiag.trends/1"] = "posdiag.trends/1"
    by: str | None
    days: int
    groups: tuple[Trend, ...]
    compare: date | None = None
    changes: tuple[BeforeAfter, ...] = ()
    groups_left_out: int = 0
    damaged: tuple[str, ...] = ()


def trends(directory: Path, group: str | None, day: date | None) -> Trends:
    """Raises the engine's `EngineError`."""
    database = connected()
    try:
        loaded = load(database, directory)
        found = by(database, group)
        order = sorted(found, key=lambda name: (-found[name].watched_s, name))[:MOST_GROUPS]
        left_out, changes = _changes(database, group, day) if day is not None else (len(found) - len(order), ())
    finally:
        database.close()
    return Trends(
        by=group,
        days=loaded.days,
        groups=tuple(_trend(name, found[name]) for name in order),
        compare=day,
        changes=changes,
        groups_left_out=left_out,
        damaged=tuple(str(file) for file in loaded.damaged),
    )


def _trend(name: str, side: Side) -> Trend:
    return Trend(
        name=name,
        terminals=side.terminals,
        terminal_days=round(side.watched_s / 86400, 2),
        availability=side.share,
        incidents=side.incidents,
        cases=side.cases,
        a_month=side.cases * _MONTH_S / side.watched_s if side.watched_s else None,
        repair_s=_repair(side),
        days=tuple(
            DayTrend(
                day=each.day,
                terminals=each.terminals,
                availability=each.paying_s / each.watched_s if each.watched_s else None,
                incidents=each.incidents,
                cases=each.cases,
            )
            for each in side.days
        ),
    )


def _repair(side: Side) -> Interval | None:
    if side.repair is None:
        return None
    low, middle, high = median(side.repair)
    return Interval(middle, low, high)


def _changes(database: Connection, group: str | None, day: date) -> tuple[int, tuple[BeforeAfter, ...]]:
    groups, parted = around(database, group, day, MOST_GROUPS)
    changes = []
    for name, parts in parted.items():
        found = compared(parts, groups)
        changes.append(
            BeforeAfter(
                name=name,
                terminals=parts.after.terminals,
                availability_before=parts.before.share,
                availability_after=parts.after.share,
                gain=found.gain,
                others_gain=found.others_gain,
                cases=found.cases,
                repair=found.repair,
            )
        )
    return groups - len(changes), tuple(changes)
