"""Which files were read, by what they looked like then: one that is as it was (its time, its size, its inode) is not read again."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable
from hashlib import blake2b

from agent.fleet.reading.flaws import Noted

_STAMPS = 4  # numbers of each file: a hash of its path, nanoseconds of its last change, bytes, inode
_SIGNED = 0x7FFFFFFFFFFFFFFF


class Files:
    """In the order in which they were met; most are met in the same order again. `notes`: of those with flaws, by the hash of the path."""

    def __init__(self, stamps: array[int] | None = None, notes: dict[int, list[Noted]] | None = None) -> None:
        self.stamps = stamps if stamps is not None else array("q")
        self.notes = notes if notes is not None else {}
        self._next = 0
        self._number_of: dict[int, int] | None = None

    @property
    def whole(self) -> bool:
        return len(self.stamps) % _STAMPS == 0

    def __len__(self) -> int:
        return len(self.stamps) // _STAMPS

    def is_as_it_was(self, stamp: array[int]) -> bool:
        number = self._find(stamp[0])
        return number is not None and self.stamps[_STAMPS * number : _STAMPS * (number + 1)] == stamp

    def _find(self, name: int) -> int | None:
        at = self._next
        if at < len(self) and self.stamps[_STAMPS * at] == name:
            self._next = at + 1
            return at
        if self._number_of is None:
            self._number_of = {each: number for number, each in enumerate(self.stamps[::_STAMPS])}
        found = self._number_of.get(name)
        if found is not None:
            self._next = found + 1
        return found

    def noted(self, stamp: array[int]) -> list[Noted]:
        return self.notes.get(stamp[0], [])

    def add(self, stamp: array[int], notes: Iterable[Noted] = ()) -> None:
        self.stamps.extend(stamp)
        if noted := list(notes):
            self.notes[stamp[0]] = noted


def stamp_of(path: str, status: os.stat_result) -> array[int]:
    name = int.from_bytes(blake2b(os.fsencode(path), digest_size=8).digest(), "little", signed=True)
    return array("q", (name, status.st_mtime_ns, status.st_size, status.st_ino & _SIGNED))
