"""What a new file of the record begins with, when the oldest one is about to go: totals of what was
told there, its days, the last drill of each thing, and what has not ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any

from agent.contract.event import (
    AnyEvent,
    CarriedEvent,
    CauseEvent,
    ClosedEvent,
    ClosedShort,
    DayEvent,
    DrillEvent,
    Lines,
    OpenedEvent,
    ToldEvent,
    Total,
    Watched,
)
from agent.contract.times import parse
from agent.record.drills import Key, last_of
from agent.record.incidents import incidents
from agent.record.learned import Learned
from agent.record.moments import moment_of
from agent.record.tallied import MOST_CLOSED, in_short
from agent.record.words import Standing
from agent.storage.history_file import FILE, PREDECESSOR, lines_in

MOST_DAYS, MOST_STEPS, MOST_DRILLS = 400, 80, 32
_MOST_OPEN = 4


def carried(folder: Path, stamp: dict[str, Any], watched: Sequence[Watched] = ()) -> Sequence[AnyEvent]:
    """`stamp`: when that is; `watched`: what is being watched then.

    Of the predecessor, which goes, and of what stood at the head of the file that takes its place."""
    totals: dict[str, Total] = {}
    opened: dict[str, OpenedEvent] = {}
    became: dict[str, list[AnyEvent]] = {}
    days, seconds, closed = deque[DayEvent](), dict[str, int](), deque[ClosedShort](maxlen=MOST_CLOSED)
    learned, standing = Learned(), Standing()
    drills: dict[Key, DrillEvent] = {}
    for event in chain(_head(_events(folder / FILE)), _behind_the_head(_events(folder / PREDECESSOR))):
        _count(event, totals, opened, became, days, closed)
        for name, each in _gone(event, days).items():
            seconds[name] = seconds.get(name, 0) + each
        learned.take(event)
        standing.take(event)
        drills |= last_of((event,))
    for event in _events(folder / FILE):  # what people said since of what goes: there will be nothing left to hold it against
        if isinstance(event, ToldEvent) and event.incident not in opened:
            learned.take(event)
    words: list[AnyEvent] = [*standing.counting(parse(stamp["at"]) or 0.0), *list(drills.values())[-MOST_DRILLS:]]
    head = CarriedEvent(
        totals=tuple(totals.values()),
        steps=learned.totals()[:MOST_STEPS],
        open=tuple(opened.values())[-_MOST_OPEN:],
        days=len(days),
        words=len(words),
        watched=tuple(watched),
        seconds=seconds,
        closed=tuple(closed),
        **stamp,
    )
    return [head, *days, *words]


def _gone(event: AnyEvent, days: deque[DayEvent]) -> dict[str, int]:
    """Seconds in each state of days that have no line of their own any more: those that went before, or the oldest one now."""
    if isinstance(event, CarriedEvent):
        return event.seconds
    return days.popleft().seconds if len(days) > MOST_DAYS else {}


def _events(path: Path) -> Iterator[AnyEvent]:
    """What cannot be read is passed over."""
    lines = Lines()
    with suppress(OSError):
        for line in lines_in(path):
            with suppress(ValueError):
                event = lines.read(line)
                if event is not None:
                    yield event


def _head(events: Iterator[AnyEvent]) -> Iterator[AnyEvent]:
    first = next(events, None)
    if isinstance(first, CarriedEvent):
        yield from (first, *islice(events, first.days + first.words))


def _behind_the_head(events: Iterator[AnyEvent]) -> Iterator[AnyEvent]:
    """All but what was carried over, which stands at the head of the file behind this one too."""
    first = next(events, None)
    if isinstance(first, CarriedEvent):
        yield from islice(events, first.days + first.words, None)
    elif first is not None:
        yield first
        yield from events


def _count(
    event: AnyEvent | None,
    totals: dict[str, Total],
    opened: dict[str, OpenedEvent],
    became: dict[str, list[AnyEvent]],
    days: deque[DayEvent],
    closed: deque[ClosedShort],
) -> None:
    """`became`: what else led in an incident. It counts for the cause that led the longest, as while its lines are there."""
    match event:
        case CarriedEvent():
            totals |= {total.cause: total for total in event.totals}
            opened |= {each.incident: each for each in event.open}
            closed.extend(event.closed)
        case DayEvent():
            days.append(event)
        case OpenedEvent():
            opened[event.incident] = event
        case CauseEvent():
            became.setdefault(event.incident, []).append(event)
        case ClosedEvent() if event.incident in opened:
            began, others = opened.pop(event.incident), became.pop(event.incident, [])
            [lived] = incidents((began,), (*others, event), moment_of(event))
            cause = lived.told.cause or ""
            closed.append(in_short(lived.told, event))
            had = totals.get(cause, Total(cause=cause, count=0, seconds=0.0, longest_s=0.0))
            totals[cause] = Total(
                cause=cause,
                count=had.count + 1,
                seconds=round(had.seconds + event.duration_s, 1),
                longest_s=max(had.longest_s, event.duration_s),
            )
