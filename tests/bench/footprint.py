"""What a program takes of a machine's memory while nothing else of its kind runs there, read from `/proc/PID/smaps`.

PSS divides a page of a file among all that map it, so beside other programs of Python, such as this one, a daemon seems to cost 8 MiB
less than alone. Here a page of a file counts whole, whoever else maps it, but for the C library: every program of a machine maps that, and
of its 2 MiB the share of one among dozens is next to nothing. What is no file (heap, stacks, changed pages) is nobody else's anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_C_LIBRARY = re.compile(r"/(ld-linux|ld-musl|libc|libm)[-.][^/]*$")
_HEAD = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S{4} (\S+) (\S+) (\d+) *(.*)")


@dataclass(frozen=True)
class Footprint:
    """MiB. `alone`: on a machine on which nothing else of its kind runs. `resident`: with the C library whole. `anonymous`: no file's."""

    alone: float
    resident: float
    anonymous: float


@dataclass
class _Mapping:
    file: str
    place: tuple[str, ...]  # device, inode, offset
    kib: dict[str, int]

    @property
    def of_file(self) -> int:
        return self.kib["Rss"] - self.kib["Anonymous"]


def footprint(pids: Sequence[int]) -> Footprint:
    """Of the processes of one program: what several of them map of a file counts once."""
    anonymous = 0
    whole: dict[tuple[str, ...], int] = {}
    libraries: dict[tuple[str, ...], int] = {}  # the C library's
    for pid in pids:
        for mapping in _mappings(pid):
            anonymous += mapping.kib["Anonymous"]
            counted = libraries if _C_LIBRARY.search(mapping.file) else whole
            counted[mapping.place] = max(counted.get(mapping.place, 0), mapping.of_file)
    files = sum(whole.values())
    return Footprint(
        alone=(anonymous + files) / 1024,
        resident=(anonymous + files + sum(libraries.values())) / 1024,
        anonymous=anonymous / 1024,
    )


def _mappings(pid: int) -> Iterator[_Mapping]:
    lines: list[str] = []
    with suppress(OSError):  # it has ended meanwhile
        lines = Path(f"/proc/{pid}/smaps").read_text(errors="replace").splitlines()
    current: _Mapping | None = None
    for line in lines:
        head = _HEAD.match(line)
        if head:
            if current is not None:
                yield current
            offset, device, inode, file = head.groups()
            current = _Mapping(file, (device, inode, offset if inode != "0" else f"{pid}:{line.split()[0]}"), {})
        elif current is not None and line.endswith(" kB"):
            name, _, amount = line.partition(":")
            current.kib[name] = int(amount.split()[0])
    if current is not None:
        yield current
