"""What the daemon reads back of its record when it starts. What cannot be read is passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agent.contract.event import AnyEvent, Lines, OpenedEvent
from agent.record.moments import Moment, elapsed_s, moment_of
from agent.record.watching import Watching
from agent.storage.history_file import FILE, PREDECESSOR, last_lines, lines_in

if TYPE_CHECKING:
    from agent.record.words import Standing

_MOST_PAST = 300  # lines that a start goes on from


def last_events(folder: Path) -> tuple[AnyEvent, ...]:
    """The last lines, as many as are cheap to read."""
    found = last_lines(folder / FILE)
    if len(found) < _MOST_PAST:
        found = [*last_lines(folder / PREDECESSOR), *found]
    return tuple(_read(found[-_MOST_PAST:]))


def lines_about(folder: Path, incident: str) -> list[AnyEvent]:
    """All lines of one incident, wherever they lie."""
    wanted = f'"incident":"{incident}"'.encode()
    return list(_read(line for line in _every_line(folder) if wanted in line))


def words_in(folder: Path) -> Standing:
    """What still counts of what people said."""
    from agent.record.standing import standing_of  # once, at the start

    return standing_of(folder)


def watched_until(folder: Path, past: Sequence[AnyEvent], now: Moment, hours: float, slack_s: float) -> Watching:
    """What is being watched, by the last lines, or by all where those do not reach back far enough. `slack_s`: as `Watching` has it."""
    opened = [event for event in past if isinstance(event, OpenedEvent)]
    begun = {event.chain for event in opened} <= {event.incident for event in opened}
    enough = not past or (begun and elapsed_s(moment_of(past[0]), now) >= hours * 3600.0)
    watching = Watching(hours, slack_s)
    for event in past if enough or not hours else _read(_every_line(folder)):
        watching.take(event)
    watching.resumed()
    return watching


def _every_line(folder: Path) -> Iterator[bytes]:
    for name in (PREDECESSOR, FILE):
        with suppress(OSError):
            yield from lines_in(folder / name)


def _read(found: Iterable[bytes]) -> Iterator[AnyEvent]:
    lines = Lines()
    for line in found:
        with suppress(ValueError):
            event = lines.read(line)
            if event is not None:
                yield event
