"""The day as the daemon goes on with it after a start."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from agent.contract.day import Today
from agent.contract.event import AnyEvent, DayEvent
from agent.record.baseline import Baseline
from agent.record.days import Days, Part, Tally
from agent.settings.model import Settings

_LONG_LOOK_S = 30.0  # an examination that takes all of its time


def days_of(
    settings: Settings, baseline: Baseline | None, past: Iterable[AnyEvent], named: Callable[[str], str], today: Today | None = None
) -> Days:
    """`baseline`: none where no daemon goes on. `past`: the last lines of the record. `today`: as the last status document has it, which is
    written more often than the baseline."""
    agent, events = settings.agent, tuple(past)
    hours = None
    if settings.terminal.hours:
        from agent.settings.hours import parse  # where there are none it costs nothing

        hours = parse(settings.terminal.hours)
    known = baseline or Baseline()
    tally = known.today(events) if baseline is None else _later(known.today(events), today, events)
    days = Days(tally, 3 * max(agent.interval_s, agent.heartbeat_s) + _LONG_LOOK_S, named, hours, known.planned)
    for event in events:
        days.told(event)
    return days


def _later(tally: Tally | None, today: Today | None, events: Iterable[AnyEvent]) -> Tally | None:
    """What is known of the day, as of the later moment: a service that was killed, or a machine whose plug was pulled, in the middle of an
    outage wrote its status last. How hosts and lines answered stands in the baseline alone."""
    if today is None or any(isinstance(each, DayEvent) and each.day == today.day and each.sequence > today.sequence for each in events):
        return tally
    if tally is not None and (tally.day != today.day or _known_s(tally) >= sum(today.seconds.values()) + today.planned):
        return tally
    part = today.opening
    return replace(
        tally or Tally(day=today.day),
        seconds={state: float(seconds) for state, seconds in today.seconds.items()},
        can_pay_s=float(today.can_pay),
        planned_s=float(today.planned),
        opening=part and Part(seconds={k: float(v) for k, v in part.seconds.items()}, can_pay_s=part.can_pay, planned_s=part.planned),
    )


def _known_s(tally: Tally) -> float:
    return sum(tally.seconds.values()) + tally.planned_s
