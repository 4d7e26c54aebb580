"""Files of this machine as they may leave it: the lines of the record and the entries of the log that lie in a span of time.

Whatever lies in their place is read with suspicion: no link is followed, of a file that has grown beyond all measure only the end is read,
and what is no line of ours stays here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.times import parse
from agent.remedy.here import LOG
from agent.status.redaction import Redactor
from agent.storage.history_file import parts
from probes.ground.files import opened

MOST = 4 * 1024 * 1024  # bytes that are read of one file
LONGEST = 32 * 1024  # of one line of the record, of one entry of the log
OLDER_LOGS = 9
_SCHEMA = "posdiag.event/"
_ALWAYS = ("day", "carried")  # few lines, and what happened is not told without them
_HEAD = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[+-]\d\d:\d\d) \[([^\]\n]*)")


class Span(Struct, frozen=True, kw_only=True):
    """Seconds since the epoch, both ends within. `incident`: what speaks of it belongs to it, whenever it was told."""

    since: float
    until: float
    incident: str = ""

    def holds(self, at: float | None) -> bool:
        return at is not None and self.since <= at <= self.until


class Line(Struct, frozen=True, kw_only=True):
    """`at`: seconds since the epoch; `place`: where it stood among all lines of its kind."""

    at: float
    place: int
    content: bytes


class Kept(Struct, frozen=True, kw_only=True):
    """In the order in which they were written. `foreign`: so many lines are none of ours, or were damaged; `beyond`: of a file only the
    end was read."""

    lines: tuple[Line, ...] = ()
    foreign: int = 0
    beyond: bool = False


def record(folder: Path, span: Span, redactor: Redactor) -> Kept:
    """Raises OSError where it may not be read, or something else lies there."""
    contents = [_end(path) for path in parts(folder)]
    raw = [line for content, _ in contents for line in content.split(b"\n")]
    found: list[Line] = []
    foreign, decoder = 0, msgspec.json.Decoder()
    for place, line in enumerate(raw):
        if not line:
            continue
        event = _event(line, decoder)
        if event is None:
            foreign += 1
            continue
        at = parse(str(event.get("at", "")))
        about = span.incident and span.incident in (event.get("incident"), event.get("chain"))
        if event.get("kind") in _ALWAYS or about or span.holds(at):
            content = msgspec.json.encode(redactor.value(event)) + b"\n"
            found.append(Line(at=at or 0.0, place=place, content=content))
    return Kept(lines=tuple(found), foreign=foreign, beyond=any(cut for _, cut in contents))


def _event(line: bytes, decoder: msgspec.json.Decoder[Any]) -> dict[str, Any] | None:
    if len(line) > LONGEST:
        return None
    with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
        event = decoder.decode(line)
        if isinstance(event, dict) and str(event.get("schema", "")).startswith(_SCHEMA):
            return event
    return None


def log(folder: Path, span: Span, redactor: Redactor, *, of: str = "") -> Kept:
    """`of`: the terminal whose entries are wanted; empty for all. Raises OSError where none of its files may be read; `FileNotFoundError`
    where there is none."""
    found: list[Line] = []
    trouble: OSError | None = None
    foreign, beyond = 0, False
    for name in [f"{LOG}.{number}" for number in range(OLDER_LOGS, 0, -1)] + [LOG]:
        try:
            content, cut = _end(folder / name)
        except FileNotFoundError as error:
            trouble = trouble or (error if name == LOG and not found else None)
            continue
        except OSError as error:
            if name == LOG:
                raise
            trouble = error
            continue
        beyond = beyond or cut
        for at, entry in _entries(content.decode("utf-8", "replace")):
            if at is None:
                foreign += 1
            elif span.holds(at) and of in ("", _head_of(entry)):
                found.append(Line(at=at, place=len(found), content=(redactor.text(entry) + "\n").encode()))
    if trouble is not None and not found:
        raise trouble
    return Kept(lines=tuple(found), foreign=foreign, beyond=beyond)


def _head_of(entry: str) -> str:
    """The terminal that it is about."""
    head = _HEAD.match(entry)
    return head[2] if head else ""


def _entries(text: str) -> Iterator[tuple[float | None, str]]:
    """Each with its moment; none for a line that belongs to no entry."""
    at: float | None = None
    entry: list[str] = []
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head is None and entry and line.startswith("  ") and sum(map(len, entry)) + len(line) < LONGEST:
            entry.append(line)
            continue
        if entry:
            yield at, "\n".join(entry)
            entry = []
        if head is not None and len(line) < LONGEST:
            at, entry = parse(head[1]), [line]
        elif line:
            yield None, ""
    if entry:
        yield at, "\n".join(entry)


def _end(path: Path) -> tuple[bytes, bool]:
    """The last whole lines, and whether there was more. Nothing where there is no predecessor. Raises OSError."""
    try:
        with opened(path, follow=False) as file:
            size = os.fstat(file).st_size
            begin = max(0, size - MOST)
            content = os.pread(file, MOST, begin)
    except FileNotFoundError:
        if path.name.endswith((".1.ndjson", ".next.ndjson")):
            return b"", False
        raise
    return (content.partition(b"\n")[2], True) if begin else (content, False)
