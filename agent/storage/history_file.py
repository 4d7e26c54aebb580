"""The record as a file: `<state_dir>/history.ndjson`, appended to and synced, and its predecessor once it has grown.

A power cut leaves every earlier line whole. A torn last line is passed over by whoever reads, and cut off before the next append.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from agent.contract.event import LONGEST, AnyEvent, Lines, line_of, sequence_of
from agent.storage.atomic import in_directory
from agent.storage.own_file import open_own
from probes.ground.files import lines_of, opened

FILE, PREDECESSOR = "history.ndjson", "history.1.ndjson"
SIZE_LIMIT = 2 * 1024 * 1024  # bytes of each
_NEXT = "history.next.ndjson"  # whole and synced, before the file becomes the predecessor
_ANEW = "history.anew.ndjson"  # likewise, before it takes the place of one of them
_MODE = 0o640  # it holds people's words
_PART = 2 * LONGEST
PAGE = 4096

Carry = Callable[[Path], Sequence[AnyEvent]]


def _nothing(_: Path) -> tuple[()]:
    return ()


class HistoryFile:
    """`sequence`: of the last line that is known of. `carry`: what a new file is to begin with, told from the directory of the old ones."""

    def __init__(self, state_dir: Path, *, sequence: int = 0, carry: Carry = _nothing, limit: int = SIZE_LIMIT) -> None:
        self._folder, self._carry, self._limit = state_dir, carry, limit
        self.path = state_dir / FILE
        self.sequence = sequence
        self.flash_bytes = 0  # that were written since it was made: whole pages, as a disk writes them

    def append(self, events: Sequence[AnyEvent]) -> None:
        """All of them or none. Raises `agent.storage.atomic.StoreError`."""
        in_directory(self.path, lambda directory: self._append(directory, events))

    def rewrite(self, holding: bytes, change: Callable[[AnyEvent], AnyEvent]) -> None:
        """Each line in which `holding` stands becomes what `change` makes of it; all others stay, byte by byte, and so does the sequence.
        A reader, and a power cut, finds each file as it was or as it is to be. Raises `agent.storage.atomic.StoreError`."""
        in_directory(self.path, lambda directory: self._rewrite(directory, holding, change))

    def _rewrite(self, directory: int, holding: bytes, change: Callable[[AnyEvent], AnyEvent]) -> None:
        _end_rotation(directory)
        with suppress(FileNotFoundError):
            os.unlink(_ANEW, dir_fd=directory)
        for name in (PREDECESSOR, FILE):
            if not any(holding in line for line in lines_in(self._folder / name)):
                continue
            handle = open_own(directory, _ANEW, os.O_WRONLY | os.O_APPEND, _MODE)
            try:
                with os.fdopen(handle, "wb", closefd=False) as file:
                    file.writelines(_changed(line, holding, change) for line in lines_in(self._folder / name))
                os.fsync(handle)
            finally:
                os.close(handle)
            os.rename(_ANEW, name, src_dir_fd=directory, dst_dir_fd=directory)
            os.fsync(directory)

    def _append(self, directory: int, events: Sequence[AnyEvent]) -> None:
        _end_rotation(directory)
        handle = open_own(directory, FILE, os.O_RDWR | os.O_APPEND, _MODE)
        try:
            size = self._cut(handle, directory)
            lines = self._lines(events)
            if size and size + sum(map(len, lines)) > self._limit:
                self._begin_next(directory)
                os.close(handle)
                handle = open_own(directory, FILE, os.O_RDWR | os.O_APPEND, _MODE)
                size, lines = os.fstat(handle).st_size, self._lines(events)
            self._write(handle, size, b"".join(lines))
            if not size:
                os.fsync(directory)
            self.sequence += len(lines)
        finally:
            os.close(handle)

    def _lines(self, events: Sequence[AnyEvent]) -> list[bytes]:
        return [line_of(event, self.sequence + number) for number, event in enumerate(events, 1)]

    def _write(self, handle: int, size: int, content: bytes) -> None:
        """What was not written to its end is taken back: it will be written again."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fdatasync(handle)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(handle, size)
            raise
        self.flash_bytes += PAGE * ((size + len(content) - 1) // PAGE - size // PAGE + 1)

    def _cut(self, handle: int, directory: int) -> int:
        """The size without a torn last line, which is cut off. Learns the sequence of what is there."""
        size = os.fstat(handle).st_size
        whole = _whole(handle, size)
        if whole < size:
            os.ftruncate(handle, whole)
        found = _last_sequence(handle, whole)
        if not whole:
            with suppress(FileNotFoundError):
                before = os.open(PREDECESSOR, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
                try:
                    found = _last_sequence(before, os.fstat(before).st_size)
                finally:
                    os.close(before)
        self.sequence = max(self.sequence, found)
        return whole

    def _begin_next(self, directory: int) -> None:
        """The file becomes the predecessor. At whatever moment that ends, the next append goes on with it."""
        lines = self._lines(self._carry(self._folder))
        with suppress(FileNotFoundError):
            os.unlink(_NEXT, dir_fd=directory)
        handle = open_own(directory, _NEXT, os.O_RDWR, _MODE)
        try:
            self._write(handle, 0, b"".join(lines))
        finally:
            os.close(handle)
        os.rename(FILE, PREDECESSOR, src_dir_fd=directory, dst_dir_fd=directory)
        os.rename(_NEXT, FILE, src_dir_fd=directory, dst_dir_fd=directory)
        os.fsync(directory)
        self.sequence += len(lines)


def _changed(line: bytes, holding: bytes, change: Callable[[AnyEvent], AnyEvent]) -> bytes:
    """With its newline."""
    event = None
    if holding in line:
        with suppress(ValueError):
            event = Lines().read(line)
    new = event if event is None else change(event)
    return line + b"\n" if new is None or new is event else line_of(new, new.sequence)


def parts(folder: Path) -> list[Path]:
    """The files of the record, the older one first. Between the two renames of a rotation the newer one has another name."""
    newest = folder / FILE
    there = os.path.lexists(newest) or not os.path.lexists(folder / _NEXT)  # what may not be looked at is not there
    return [folder / PREDECESSOR, newest if there else folder / _NEXT]


def torn(path: Path) -> bool:
    """Whether its last line is none, as after a power cut. Raises OSError; false where there is no file."""
    with suppress(FileNotFoundError):
        return not _ends_whole(path)
    return False


def lines_in(path: Path) -> Iterator[bytes]:
    """Every whole line, without its newline. Raises OSError; none where there is no file."""
    with suppress(FileNotFoundError):
        torn = not _ends_whole(path)
        held: bytes | None = None
        for line in lines_of(path, 4 * SIZE_LIMIT, follow=False):
            if held is not None:
                yield held
            held = line
        if held is not None and not torn:
            yield held


def last_lines(path: Path, most: int = 4 * LONGEST) -> list[bytes]:
    """The last whole lines, as many as lie in the last `most` bytes. None where there is no file, or it may not be read."""
    try:
        with opened(path, follow=False) as file:
            size = os.fstat(file).st_size
            content = os.pread(file, most, max(0, size - most))
    except OSError:
        return []
    lines = content.split(b"\n")[:-1]
    return lines[1:] if size > most else lines


def _ends_whole(path: Path) -> bool:
    with opened(path, follow=False) as file:
        size = os.fstat(file).st_size
        return os.pread(file, 1, max(0, size - 1)) in (b"\n", b"")


def _end_rotation(directory: int) -> None:
    """A rotation that was interrupted behind its first rename is ended; one before it has changed nothing."""
    try:
        os.stat(FILE, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        with suppress(FileNotFoundError):
            os.rename(_NEXT, FILE, src_dir_fd=directory, dst_dir_fd=directory)
            os.fsync(directory)


def _whole(handle: int, size: int) -> int:
    """The bytes up to the end of the last whole line."""
    end = size
    while end > 0:
        begin = max(0, end - _PART)
        found = os.pread(handle, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _last_sequence(handle: int, whole: int) -> int:
    """Of the last line that is an event; 0 where none is."""
    begin = max(0, whole - _PART)
    for line in reversed(os.pread(handle, whole - begin, begin).split(b"\n")):
        with suppress(ValueError):
            return sequence_of(line)
    return 0
