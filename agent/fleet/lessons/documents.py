"""What single documents tell of incidents: a history as it was printed, a record, a summary, a bundle; and of the terminal they are of.

Whatever lies there may be damaged, another's, or made up: what does not fit is a flaw, and what a later version made richer is passed over.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.times import parse
from agent.fleet.lessons.cases import Case, Done, End, case
from agent.fleet.model.row import Row
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.rows import Found, found_in
from agent.record.history import Asked, history
from agent.record.learned import word
from agent.record.moments import Moment
from agent.record.past import past
from agent.storage.history_file import FILE

_LARGEST = 256 * 1024 * 1024  # bytes of what was compressed
_MEMBER = 16 * 1024 * 1024  # of a file in a bundle
_MEMBERS = 10_000
_HISTORY, _EVENT = "posdiag.history", "posdiag.event"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_STATUS, _INCIDENTS = "status.json", "incidents.json"
_WIDEST = 200  # characters of a terminal's id
_MASK = "*"


class Heard(Struct, frozen=True, kw_only=True):
    """`terminal`: whose it is; `attributes`: what it says of that, at `generated`; none where it says nothing. `whole`: its cases are told
    with what was done, and not by their ends alone."""

    terminal: str
    attributes: dict[str, str] | None = None
    generated: int = 0
    cases: tuple[Case, ...] = ()
    whole: bool = False


class _Incident(Struct, gc=False):
    began_at: str = ""
    ended_at: str | None = None
    cause: str | None = None
    causes: tuple[str, ...] = ()
    ended_by: dict[str, Any] = {}
    tried: tuple[dict[str, Any], ...] = ()
    told: tuple[dict[str, Any], ...] = ()
    planned: bool = False


class _History(Struct):
    terminal: str
    incidents: tuple[_Incident, ...] = ()


class _Head(Struct):
    schema: str


_head = msgspec.json.Decoder(_Head)
_history = msgspec.json.Decoder(_History)


def heard_in(content: bytes) -> Heard | Flaw:
    """Of one document. Never raises."""
    try:
        kind = _head.decode(content).schema.partition("/")[0]
        if kind == _HISTORY:
            return _of_history(_history.decode(content))
        return _of_row(found_in(content, None))
    except msgspec.ValidationError:
        return Flaw.FOREIGN if b"posdiag." not in content[:4096] else Flaw.UNFIT
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Flaw.DAMAGED if content.strip() else Flaw.EMPTY


def _of_row(found: Found | Flaw) -> Heard | Flaw:
    if isinstance(found, Flaw):
        return found
    row = found.row
    return Heard(terminal=row.id, attributes=row.attributes, generated=row.generated, cases=tuple(_closed(row)))


def _of_history(told: _History) -> Heard | Flaw:
    if not 0 < len(told.terminal) <= _WIDEST:
        return Flaw.UNFIT
    return Heard(terminal=told.terminal, cases=tuple(_cases(told.terminal, told.incidents)), whole=True)


def _cases(terminal: str, incidents: Sequence[Any]) -> Iterator[Case]:
    """What began in planned work is no case: whoever worked on it ended it."""
    for each in incidents:
        if not each.planned:
            try:
                made = case(terminal, each.began_at, each.ended_at, each.cause, each.causes, each.ended_by, each.tried, each.told)
            except (TypeError, ValueError, AttributeError):  # values of another shape than they have
                continue
            if made is not None:
                yield made


def _closed(row: Row) -> Iterator[Case]:
    """Which step ended it, where that is known; what was tried in vain is not told."""
    for each in row.closed:
        deed = word(each.step, each.cause)
        done = (Done(deed.cause, deed.step, "", helped=True, told=False),) if deed is not None else ()
        yield Case(
            terminal=row.id,
            began=each.began,
            until=each.began + max(0, each.seconds),
            cause=each.cause,
            last=each.cause,
            end=End.BY_A_STEP if done else End.NOT_TOLD,
            done=done,
        )


def record_in(folder: Path, terminal: str) -> Heard:
    """Of the record that lies in a directory. Raises OSError."""
    found = past(folder)
    ends = [event.at for event in found.events[-1:]]
    now = Moment(at=(parse(ends[0]) if ends else None) or 0.0, boot_id="", running_s=0.0)
    told, _ = history(found, Asked(), now, terminal)
    return Heard(terminal=terminal, cases=tuple(_cases(terminal, told.incidents)), whole=True)


def _record_of(parts: dict[str, bytes], terminal: str) -> Heard | Flaw:
    """Of files of a record that lie nowhere by themselves."""
    try:
        with tempfile.TemporaryDirectory(prefix="posdiag-") as folder:
            for name, content in parts.items():
                (Path(folder) / name).write_bytes(content)
            return record_in(Path(folder), terminal)
    except (OSError, ValueError):
        return Flaw.UNREADABLE


def bundle_in(content: bytes) -> Iterator[Heard | Flaw]:
    """The record of a bundle and whose it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {each.filename: each for each in archive.infolist()[:_MEMBERS] if each.file_size <= _MEMBER}

            def member(name: str) -> bytes | None:
                if name not in members:
                    return None
                with archive.open(members[name]) as opened:
                    return opened.read(_MEMBER)

            status, lines, incidents = member(_STATUS), member(FILE), member(_INCIDENTS)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        yield Flaw.BAD_ARCHIVE
        return
    of = heard_in(status) if status is not None else Flaw.FOREIGN
    yield of
    if isinstance(of, Flaw) or _MASK in of.terminal:  # of a number that is masked alike for many nothing can be told apart
        return
    if lines is not None:
        yield _record_of({FILE: lines}, of.terminal)
    elif incidents is not None:
        yield heard_in(incidents)


def lines_of(content: bytes, name: str) -> Iterator[Heard | Flaw]:
    """A document a line; or a record, of the terminal with this name."""
    try:
        whole = _plain(content)
    except (OSError, EOFError, zlib.error, ValueError):
        yield Flaw.BAD_ARCHIVE
        return
    if whole is None:
        yield Flaw.TOO_LARGE
        return
    if not whole.strip():
        yield Flaw.BAD_ARCHIVE if content.strip() else Flaw.EMPTY
        return
    first = whole.partition(b"\n")[0]
    try:
        is_record = _head.decode(first).schema.startswith(_EVENT)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        is_record = False
    if is_record:
        yield _record_of({FILE: whole}, name)
        return
    for line in whole.split(b"\n"):
        if line.strip():
            yield heard_in(line)


def _plain(content: bytes) -> bytes | None:
    """None where it is larger than it may be."""
    if content.startswith(_GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            whole = stream.read(_LARGEST + 1)
    elif content.startswith(_ZSTD):
        import zstandard

        try:
            whole = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(content, read_across_frames=True).read(_LARGEST + 1)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
    else:
        whole = content
    return whole if len(whole) <= _LARGEST else None
