"""What a file is made of: one document, lines of them (perhaps compressed), or a bundle; told by its content, not by its name."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Protocol

import msgspec

from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.rows import MOST

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_PART = 1 << 20  # bytes read at once
_WIDEST_WINDOW = 1 << 27  # bytes that a zstd frame may ask to have remembered (`zstd --long` asks for as many)
_LARGEST_BUNDLE = 64 * 1024 * 1024  # bytes; one of the agent's has 5 MB at most
_DOCUMENT = "status.json"  # of a bundle
_MEMBERS = 10_000  # of an archive that are looked at

Part = bytes | Flaw


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def parts_of(stream: IO[bytes]) -> Iterator[Part]:
    """Documents as bytes, one for each line (empty for an empty one), and flaws in the places of what is none. Raises OSError."""
    start = stream.read(4)
    whole = io.BufferedReader(_Led(start, stream), _PART)
    if start.startswith(_GZIP):
        yield from _lines(gzip.GzipFile(fileobj=whole), (gzip.BadGzipFile, EOFError, zlib.error))
    elif start == _ZSTD:
        import zstandard

        press = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW)
        yield from _lines(press.stream_reader(whole, read_across_frames=True), (zstandard.ZstdError,))
    elif start == _ZIP:
        content = whole.read(_LARGEST_BUNDLE + 1)
        yield from _bundled(content) if len(content) <= _LARGEST_BUNDLE else (Flaw.TOO_LARGE,)
    else:
        yield from _lines(whole)


class _Led(io.RawIOBase):
    """A stream of which the first bytes were read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        size = len(room)
        part, self._start = self._start[:size], self._start[size:]
        part = part or self._rest.read(size)
        room[: len(part)] = part
        return len(part)


def _lines(stream: Readable, damage: tuple[type[Exception], ...] = ()) -> Iterator[Part]:
    """One document over several lines, where that is all there is; else every line one. What is too long is passed over.

    `damage`: what the stream raises where what it reads is compressed, and damaged."""
    rest, too_long, first = b"", False, True
    while True:
        try:
            part = stream.read(_PART)
        except damage:
            yield Flaw.BAD_ARCHIVE
            return
        if not part:
            break
        part = part.removeprefix(codecs.BOM_UTF8) if first else part  # as editors on Windows leave it
        if first and len(part) <= MOST and _is_one(part):  # fewer than asked for: all there is
            yield part
            return
        first = False
        whole, newline, last = (rest + part).rpartition(b"\n")
        if newline:
            lines = whole.split(b"\n")
            if too_long:
                lines, too_long = lines[1:], False
            yield from lines
        rest = last
        if len(rest) > MOST and not too_long:
            yield Flaw.TOO_LARGE
            too_long = True
        if too_long:
            rest = b""
    if not too_long and rest.strip():
        yield rest
    elif first:
        yield Flaw.EMPTY


def _is_one(content: bytes) -> bool:
    """A document written over several lines, for people."""
    first, newline, _ = content.strip().partition(b"\n")
    if not newline or not first.startswith(b"{"):
        return False
    try:
        return first.rstrip() == b"{" or bool(msgspec.json.decode(content, type=msgspec.Raw))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


def _bundled(content: bytes) -> Iterator[Part]:
    """The status documents of a bundle."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist()[:_MEMBERS] if each.filename.rpartition("/")[2] == _DOCUMENT]
            if not members:
                yield Flaw.FOREIGN
            for member in members:
                with archive.open(member) as opened:
                    yield opened.read(MOST + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        yield Flaw.BAD_ARCHIVE
