"""What the record on the disk tells of the steps, read line by line: nothing of it stays but the tallies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent.contract.event import LONGEST, AnyEvent, CarriedEvent, Lines
from agent.record.learned import Learned
from agent.record.past import MOST_TIMES, which
from agent.storage.history_file import lines_in, parts
from probes.ground.files import TooLargeError

_KINDS = tuple(f'"kind":"{kind}"'.encode() for kind in ("opened", "cause", "closed", "told", "carried"))


def recount(folder: Path) -> Learned:
    """Raises OSError where it may not be read. A rotation that comes between makes it read anew."""
    for _ in range(MOST_TIMES):
        before, found = which(folder), Learned()
        for event in _told(folder):
            found.take(event)
        if which(folder) == before:
            break
    return found


def _told(folder: Path) -> Iterator[AnyEvent]:
    """What the newer file begins with tells of everything before the older one."""
    lines, files = Lines(), parts(folder)
    heads = (next(_events(path, lines), None) for path in reversed(files))
    yield from [head for head in heads if isinstance(head, CarriedEvent)][:1]
    for path in files:
        yield from (event for event in _events(path, lines) if not isinstance(event, CarriedEvent))


def _events(path: Path, lines: Lines) -> Iterator[AnyEvent]:
    """Those that tell of incidents. What cannot be read is passed over."""
    with suppress(TooLargeError):
        for line in lines_in(path):
            if len(line) <= LONGEST and any(kind in line for kind in _KINDS):
                with suppress(ValueError):
                    event = lines.read(line)
                    if event is not None:
                        yield event
