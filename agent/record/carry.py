"""What a new file of the record begins with, when the oldest one is about to go: totals of what was told there, and what has not ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from agent.contract.event import AnyEvent, CarriedEvent, ClosedEvent, Lines, OpenedEvent, Total
from agent.storage.history_file import FILE, PREDECESSOR, lines_in

_MOST_OPEN = 4


def carried(folder: Path, stamp: dict[str, Any]) -> Sequence[AnyEvent]:
    """`stamp`: when that is. Of the predecessor, which goes, and of what stood at the head of the file that takes its place."""
    lines = Lines()
    totals: dict[str, Total] = {}
    opened: dict[str, OpenedEvent] = {}
    with suppress(OSError):
        for line in _of_predecessor(folder):
            with suppress(ValueError):
                _count(lines.read(line), totals, opened)
    return [CarriedEvent(totals=tuple(totals.values()), open=tuple(opened.values())[-_MOST_OPEN:], **stamp)]


def _of_predecessor(folder: Path) -> Iterator[bytes]:
    """With the head of the file that follows it: what was carried over from files before both."""
    head = next(iter(lines_in(folder / FILE)), b"")
    if b'"carried"' in head:
        yield head
    yield from lines_in(folder / PREDECESSOR)


def _count(event: AnyEvent | None, totals: dict[str, Total], opened: dict[str, OpenedEvent]) -> None:
    match event:
        case CarriedEvent():
            totals |= {total.cause: total for total in event.totals}
            opened |= {each.incident: each for each in event.open}
        case OpenedEvent():
            opened[event.incident] = event
        case ClosedEvent() if event.incident in opened:
            cause = opened.pop(event.incident).cause or ""
            had = totals.get(cause, Total(cause=cause, count=0, seconds=0.0, longest_s=0.0))
            totals[cause] = Total(
                cause=cause,
                count=had.count + 1,
                seconds=round(had.seconds + event.duration_s, 1),
                longest_s=max(had.longest_s, event.duration_s),
            )
