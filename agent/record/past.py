"""The whole record as it lies on the disk, for whoever looks back: each line once, in the order of their sequence."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from msgspec import Struct

from agent.contract.event import AnyEvent, CarriedEvent, DayEvent, DrillEvent, Lines, ToldEvent
from agent.storage.history_file import lines_in, parts, torn
from probes.ground.files import TooLargeError

MOST_TIMES = 3  # that it is read anew, where the files were exchanged meanwhile


class Past(Struct, frozen=True, kw_only=True):
    """`totals`: what was carried over of files that are gone, `words`: and what people said in them that still counts; `days`: all of them,
    those carried over included; `events`: the others, the last drills of files that are gone
    among them.
    `unreadable`: lines that are no events; `there`: whether there is a record at all."""

    there: bool
    totals: CarriedEvent | None = None
    words: tuple[ToldEvent, ...] = ()
    days: tuple[DayEvent, ...] = ()
    events: tuple[AnyEvent, ...] = ()
    unreadable: int = 0


def past(folder: Path) -> Past:
    """Raises OSError where it may not be read. A rotation that comes between makes it read anew."""
    for _ in range(MOST_TIMES):
        before = which(folder)
        found = _past(folder, there=any(before))
        if which(folder) == before:
            break
    return found


def _past(folder: Path, *, there: bool) -> Past:
    files = [_read(path) for path in parts(folder)]
    unreadable = sum(wrong for _, wrong in files)
    (older, _), (newer, _) = files
    # what the older one began with was carried over once more, and stands at the head of the newer one
    head, behind = _split(newer)
    older_head, older_behind = _split(older)
    head = head or older_head
    totals = next((event for event in head if isinstance(event, CarriedEvent)), None)
    events = sorted([*older_behind, *behind], key=lambda event: event.sequence)
    days = [event for event in (*head, *events) if isinstance(event, DayEvent)]
    return Past(
        there=there,
        totals=totals,
        words=tuple(event for event in head if isinstance(event, ToldEvent)),
        days=tuple(days),
        events=(
            *(each for each in head if isinstance(each, DrillEvent)),
            *(e for e in events if not isinstance(e, DayEvent | CarriedEvent)),
        ),
        unreadable=unreadable,
    )


def _read(path: Path) -> tuple[list[AnyEvent], int]:
    """Its events, and how many of its lines are none."""
    lines, events, wrong = Lines(), list[AnyEvent](), int(torn(path))
    try:
        for line in lines_in(path):
            try:
                event = lines.read(line)
            except ValueError:
                wrong += 1
                continue
            if event is not None:
                events.append(event)
    except TooLargeError:
        wrong += 1
    return events, wrong


def _split(events: Iterable[AnyEvent]) -> tuple[list[AnyEvent], list[AnyEvent]]:
    """What was carried over, and what was told since."""
    rest = list(events)
    first = rest[0] if rest else None
    if not isinstance(first, CarriedEvent):
        return [], rest
    carried = list(takewhile(lambda event: isinstance(event, DayEvent | ToldEvent | DrillEvent), rest[1 : 1 + first.days + first.words]))
    return [first, *carried], rest[1 + len(carried) :]


def which(folder: Path) -> list[int]:
    found = []
    for path in parts(folder):
        try:
            found.append(path.stat().st_ino)
        except FileNotFoundError:
            found.append(0)
    return found
