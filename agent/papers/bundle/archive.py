"""Named contents as a zip of at most 5 MB, the same bytes for the same contents; first of all left out is what is oldest."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from agent.papers.bundle.redacted import Line

LIMIT = 5_000_000  # bytes of the zip
_PART = 32 * 1024  # bytes after which the compressed ones are counted
_THEN = (1980, 1, 1, 0, 0, 0)  # of every file in it: the first moment that a zip knows
_LEVEL = 6
_TRIES = 8
MANIFEST = "MANIFEST"

Lines = dict[str, Sequence[Line]]  # by the file that they make up
Made = Callable[[Lines, Mapping[str, int]], dict[str, bytes]]


class Packed(Struct, frozen=True, kw_only=True):
    """`left_out`: so many of the oldest lines of each file."""

    content: bytes
    left_out: dict[str, int]


def packed(lines: Lines, made: Made, limit: int = LIMIT) -> Packed:
    """`made`: all files, of the lines that are kept and of how many of each file were left out."""
    kept = lines
    for _ in range(_TRIES):
        left_out = {name: len(lines[name]) - len(kept[name]) for name in lines if len(kept[name]) < len(lines[name])}
        content = zipped(made(kept, left_out))
        if len(content) <= limit:
            return Packed(content=content, left_out=left_out)
        kept = newest(lines, max(0, _size(kept) - (len(content) - limit) - limit // 50))
    raise ValueError("what is always in it is larger than it may be")


def newest(lines: Lines, budget: int) -> Lines:
    """As many of the newest as are no larger than that once they are compressed, over all files together."""
    every = [(line.at, line.place, name, line) for name, found in lines.items() for line in found]
    every.sort(key=lambda each: each[:3], reverse=True)
    press, size, waiting = zlib.compressobj(_LEVEL), 0, 0
    kept: dict[str, list[Line]] = {name: [] for name in lines}
    begun: list[tuple[str, Line]] = []
    for _, _, name, line in every:
        begun.append((name, line))
        size += len(press.compress(line.content))
        waiting += len(line.content)
        if waiting >= _PART:
            size, waiting = size + len(press.flush(zlib.Z_SYNC_FLUSH)), 0
            if size > budget:
                break
            for of, each in begun:
                kept[of].append(each)
            begun = []
    else:
        if size + len(press.flush()) <= budget:
            for of, each in begun:
                kept[of].append(each)
    return {name: sorted(found, key=lambda each: each.place) for name, found in kept.items()}


def _size(lines: Lines) -> int:
    return sum(len(zlib.compress(b"".join(line.content for line in found), _LEVEL)) for found in lines.values())


def manifest(files: Mapping[str, bytes], notes: Sequence[str]) -> bytes:
    """`sha256sum -c MANIFEST` reads it; what is to be said stands in lines that begin with #."""
    said = [f"# {note}" for note in notes]
    sums = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    return "".join(f"{line}\n" for line in (*said, *sums)).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    import zipfile

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose modes stand in it
            entry.external_attr = 0o100600 << 16
            archive.writestr(entry, files[name])
    return whole.getvalue()
