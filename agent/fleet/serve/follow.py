"""The journal, read from where one was: by the judging process while it grows, and all that is left of it after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.fleet.serve.journal import segments
from agent.storage.atomic import write
from probes.ground.files import read_small

_PART = 4 * 1024 * 1024  # bytes read at one time
_POSITION = "position.json"
LONGEST = 2 * 1024 * 1024  # of a line; what is longer was never written


class Position(Struct, frozen=True):
    """All of the files before, and so many bytes of this one."""

    file: str = ""
    offset: int = 0


class Line(Struct, frozen=True):
    """`sender`: the address that it came from."""

    received: int
    token: str
    sender: str = msgspec.field(name="from")
    document: msgspec.Raw = msgspec.Raw()


_decoder = msgspec.json.Decoder(Line)


class Follower:
    """`damaged`: lines that could not be read, as a power cut leaves them."""

    def __init__(self, folder: Path, position: Position) -> None:
        self._folder = folder
        self.position = position
        self.damaged = 0

    def lines(self) -> Iterator[Line]:
        """Those that are there and were not read before. The last one of the last file only once it is whole."""
        files = [path for path in segments(self._folder) if path.name >= self.position.file]
        for number, path in enumerate(files):
            if path.name != self.position.file:
                self.position = Position(path.name, 0)
            yield from self._of_one(path, finished=number + 1 < len(files))

    def _of_one(self, path: Path, *, finished: bool) -> Iterator[Line]:
        try:
            file = path.open("rb")
        except OSError:  # an empty one that was taken away again
            return
        with file:
            file.seek(self.position.offset)
            rest = b""
            while part := file.read(_PART):
                whole, end, tail = (rest + part).rpartition(b"\n")
                if end:
                    yield from self._decoded(whole.split(b"\n"))
                    self.position = Position(path.name, self.position.offset + len(whole) + 1)
                rest = tail
                if len(rest) > LONGEST:  # no line of ours: the rest of the file is given up
                    break
        if rest and (finished or len(rest) > LONGEST):
            self.damaged += 1
            self.position = Position(path.name, path.stat().st_size)

    def _decoded(self, lines: list[bytes]) -> Iterator[Line]:
        for line in lines:
            try:
                yield _decoder.decode(line)
            except (msgspec.MsgspecError, RecursionError):
                self.damaged += 1


def position_of(folder: Path) -> Position:
    """As far as what is kept goes; the beginning where nobody says."""
    try:
        return msgspec.json.decode(read_small(folder / _POSITION, _PART), type=Position)
    except (OSError, ValueError, msgspec.MsgspecError):
        return Position()


def write_position(folder: Path, position: Position) -> None:
    """After what was read up to there is kept: one that is too early only reads it again. Raises `StoreError`."""
    write(folder / _POSITION, msgspec.json.encode(position), mode=0o600)


def drop(folder: Path, position: Position) -> int:
    """Takes away the files that are wholly before the position; how many."""
    old = [path for path in segments(folder) if path.name < position.file]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
