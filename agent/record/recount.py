"""What the record on the disk tells of the steps, and what it adds up to, read line by line: nothing of it stays but the tallies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from agent.contract.event import LONGEST, AnyEvent, CarriedEvent, Lines
from agent.record.learned import Learned
from agent.record.past import MOST_TIMES, which
from agent.record.tallied import Tallied
from agent.storage.history_file import lines_in, parts
from probes.ground.files import TooLargeError

_KINDS = tuple(f'"kind":"{kind}"'.encode() for kind in ("opened", "cause", "closed", "told", "carried"))
_COUNTED = tuple(f'"kind":"{kind}"'.encode() for kind in ("opened", "cause", "closed", "carried", "day"))


def recount(folder: Path) -> Learned:
    """Raises OSError where it may not be read. A rotation that comes between makes it read anew."""
    for _ in range(MOST_TIMES):
        before, found = which(folder), Learned()
        for event in _told(folder):
            found.take(event)
        if which(folder) == before:
            break
    return found


def tallied(folder: Path) -> Tallied:
    """The same of its days and incidents. What an older file began with stands at the head of the newer one too, and counts once."""
    for _ in range(MOST_TIMES):
        before, found = which(folder), Tallied()
        for event in _once(folder):
            found.take(event)
        if which(folder) == before:
            break
    return found


def _once(folder: Path) -> Iterator[AnyEvent]:
    lines = Lines()
    older, newer = (_parted(path, lines) for path in parts(folder))
    head, _ = newer
    yield from head or older[0]
    yield from chain(older[1], newer[1])


def _parted(path: Path, lines: Lines) -> tuple[list[AnyEvent], Iterator[AnyEvent]]:
    """What was carried over, but for people's words and drills, and what was told since. Only what is counted is decoded."""
    found = _lines(path)
    first = next(found, b"")
    head = next(_decoded(iter((first,)), lines), None)
    if not isinstance(head, CarriedEvent):
        return [], _decoded(chain((first,), found), lines)
    carried = list(islice(found, head.days + head.words))
    return [head, *_decoded(iter(carried), lines)], _decoded(found, lines)


def _lines(path: Path) -> Iterator[bytes]:
    with suppress(TooLargeError):
        yield from lines_in(path)


def _told(folder: Path) -> Iterator[AnyEvent]:
    """What the newer file begins with tells of everything before the older one."""
    lines, files = Lines(), parts(folder)
    heads = (next(_events(path, lines), None) for path in reversed(files))
    yield from [head for head in heads if isinstance(head, CarriedEvent)][:1]
    for path in files:
        yield from (event for event in _events(path, lines) if not isinstance(event, CarriedEvent))


def _events(path: Path, lines: Lines) -> Iterator[AnyEvent]:
    """Those that tell of incidents. What cannot be read is passed over."""
    return _decoded(_lines(path), lines, _KINDS)


def _decoded(found: Iterator[bytes], lines: Lines, kinds: tuple[bytes, ...] = _COUNTED) -> Iterator[AnyEvent]:
    for line in found:
        if len(line) <= LONGEST and any(kind in line for kind in kinds):
            with suppress(ValueError):
                event = lines.read(line)
                if event is not None:
                    yield event
