"""The day as the daemon goes on with it after a start."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agent.contract.event import AnyEvent
from agent.record.baseline import Baseline
from agent.record.days import Days
from agent.settings.model import Settings

_LONG_LOOK_S = 30.0  # an examination that takes all of its time


def days_of(settings: Settings, baseline: Baseline | None, past: Iterable[AnyEvent], named: Callable[[str], str]) -> Days:
    """`baseline`: none where no daemon goes on. `past`: the last lines of the record."""
    agent, events = settings.agent, tuple(past)
    hours = None
    if settings.terminal.hours:
        from agent.settings.hours import parse  # where there are none it costs nothing

        hours = parse(settings.terminal.hours)
    known = baseline or Baseline()
    days = Days(known.today(events), 3 * max(agent.interval_s, agent.heartbeat_s) + _LONG_LOOK_S, named, hours, known.planned)
    for event in events:
        days.told(event)
    return days
