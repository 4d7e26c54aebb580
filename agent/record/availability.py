"""Days as the record tells them, and the share of their watched time in which payment was possible: in opening hours and at all. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from agent.contract.day import DayPart, Today
from agent.contract.event import AnyEvent, DayEvent
from agent.contract.history import Availability, DayTotal, OpeningTotal
from agent.record.days import Planned, day_of, planned_by
from agent.record.incidents import Lived
from probes.ground.moments import seconds_of

_NOON = "T12:00:00+00:00"
Within = Callable[[float, float], bool]


def day_totals(events: Iterable[DayEvent], running: Sequence[Today], within: Within) -> tuple[DayTotal, ...]:
    """In their order, several lines of one as one. A day counts where its middle lies within what was asked for. `running`: what is known
    of days that had no line of their own yet, the same day perhaps as of several moments."""
    found: dict[str, DayTotal] = {}
    told: dict[str, int] = {}
    for event in events:
        told[event.day] = max(told.get(event.day, 0), event.sequence)
        if _wanted(event.day, within):
            total = _total(event.day, event.seconds, event.can_pay, event.planned, event.opening)
            had = found.get(event.day)
            of_hosts = {name: (getattr(had, name) if had else {}) | getattr(event, name) for name in ("gateways", "uplinks")}
            found[event.day] = replace(_joined(had, total), **of_hosts)
    latest: dict[str, Today] = {}
    for each in running:
        if each.sequence >= told.get(each.day, 0) and _wanted(each.day, within):
            latest[each.day] = max(latest.get(each.day, each), each, key=_known_s)
    for day, each in latest.items():
        total = _total(day, each.seconds, each.can_pay, each.planned, each.opening)
        found[day] = replace(_joined(found.get(day), total), over=False)
    return tuple(found[day] for day in sorted(found))


def counted(days: Sequence[DayTotal], lived: Iterable[Lived]) -> tuple[DayTotal, ...]:
    """With how many incidents began on each."""
    began = Counter(day_of(each.began.at) for each in lived)
    return tuple(replace(each, incidents=began[each.day]) if began[each.day] else each for each in days)


def availability(days: Sequence[DayTotal], *, opening: bool = False) -> Availability:
    """`opening`: of opening hours; a day of which those are not known counts whole."""
    parts = [each.opening if opening and each.opening is not None else each for each in days]
    watched, can_pay = sum(each.watched_s for each in parts), sum(each.can_pay_s for each in parts)
    return Availability(
        percent=None if not watched else min(100.0, 100_000 * can_pay // watched / 1000),
        watched_s=watched,
        can_pay_s=can_pay,
        outage_s=sum(each.outage_s for each in parts),
        planned_s=sum(each.planned_s for each in parts),
    )


def planned_in(events: Iterable[AnyEvent]) -> list[Planned]:
    """When work was planned: a later word ends what an earlier one said."""
    found: list[Planned] = []
    for plan in filter(None, map(planned_by, events)):
        if found and found[-1].until > plan.since:
            found[-1] = replace(found[-1], until=plan.since)
        found.append(plan)
    return found


def _wanted(day: str, within: Within) -> bool:
    try:
        middle = seconds_of(datetime.fromisoformat(day + _NOON))
    except ValueError:
        return False
    return within(middle, middle)


def _total(day: str, seconds: Mapping[str, int], can_pay: int, planned: int, opening: DayPart | None) -> DayTotal:
    part = None if opening is None else _opening(opening)
    watched, outage = sum(seconds.values()), seconds.get("outage", 0)
    return DayTotal(day=day, watched_s=watched, can_pay_s=can_pay, outage_s=outage, planned_s=planned, opening=part)


def _opening(part: DayPart) -> OpeningTotal:
    seconds = part.seconds
    return OpeningTotal(watched_s=sum(seconds.values()), can_pay_s=part.can_pay, outage_s=seconds.get("outage", 0), planned_s=part.planned)


def _joined(had: DayTotal | None, more: DayTotal) -> DayTotal:
    """Of one day. Where opening hours are known of one part alone, the other counts as it is."""
    if had is None:
        return more
    one, other = _part(had), _part(more)
    opening = None if had.opening is None and more.opening is None else OpeningTotal(**_sums(one, other))
    return replace(had, opening=opening, **_sums(had, more))


def _part(day: DayTotal) -> DayTotal | OpeningTotal:
    return day if day.opening is None else day.opening


def _sums(one: DayTotal | OpeningTotal, other: DayTotal | OpeningTotal) -> dict[str, int]:
    return {name: getattr(one, name) + getattr(other, name) for name in ("watched_s", "can_pay_s", "outage_s", "planned_s")}


def _known_s(day: Today) -> int:
    return sum(day.seconds.values()) + day.planned
