"""What still counts of what people said, read from the record's files. Only lines that may matter to it are decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from agent.contract.event import AnyEvent, CarriedEvent, Lines
from agent.record.words import Standing
from agent.storage.history_file import lines_in, parts

_CARRIED = b'{"kind":"carried"'
_MATTER = (b'{"kind":"told"', b'{"kind":"opened"', b'{"kind":"closed"')


def standing_of(folder: Path) -> Standing:
    """What cannot be read is passed over: who is to be told of that reads the record otherwise."""
    standing, lines = Standing(), Lines()
    older, newer = parts(folder)
    _, behind_older = _parted(older, lines)
    head, behind = _parted(newer, lines)
    if not head:
        head, behind_older = _parted(older, lines)
    for line in chain(head, behind_older, behind):
        if line.startswith(_CARRIED) or line.startswith(_MATTER):
            standing.take(_read(line, lines))
    return standing


def _parted(path: Path, lines: Lines) -> tuple[list[bytes], Iterator[bytes]]:
    """What was carried over, but for days, and what was told since."""
    found = _lines(path)
    first = next(found, b"")
    carried = _read(first, lines) if first.startswith(_CARRIED) else None
    if not isinstance(carried, CarriedEvent):
        return [], chain((first,), found)
    next(islice(found, carried.days, carried.days), None)
    return [first, *islice(found, carried.words)], found


def _lines(path: Path) -> Iterator[bytes]:
    with suppress(OSError):
        yield from lines_in(path)


def _read(line: bytes, lines: Lines) -> AnyEvent | None:
    with suppress(ValueError):
        return lines.read(line)
    return None
