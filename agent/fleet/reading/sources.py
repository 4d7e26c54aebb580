"""Reading what was named: trees, files, bundles, standard input. What is as it was at the scan before is not read again."""

from __future__ import annotations

import os
import stat
import sys
from typing import IO, Protocol

from agent.fleet.reading.contents import parts_of
from agent.fleet.reading.files import Files, stamp_of
from agent.fleet.reading.flaws import UNREAD, Flaw, Quality
from agent.fleet.reading.rows import MOST
from agent.fleet.reading.tree import files_below, flaw_of, is_document
from probes.ground.text import escape

STDIN = "-"
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class SourceMissing(Exception):
    """`source` is not there, or may not be read: nothing was scanned."""

    def __init__(self, source: str, error: OSError) -> None:
        self.source, self.error = source, error
        super().__init__(f"{escape(source)}: {error}")


class Taker(Protocol):
    """Whoever takes documents, and returns a flaw in the place of what is none; `received`: seconds since the epoch, None where nobody
    knows."""

    quality: Quality

    def take(self, content: bytes, received: int | None, where: str) -> object: ...


class Reader:
    """`before`: the files that the scan before read; `files`: those of this one. `own`: device and inode of a file that is left out of a
    tree, as its reader made it. `as_of`: nobody knows when what is read came in, and its own time stands for that. `documents`: that were
    found so far; a file of lines that is as it was is one."""

    def __init__(self, taker: Taker, *, as_of: bool = False, before: Files | None = None, own: tuple[int, int] | None = None) -> None:
        self.files = Files()
        self.reread = 0
        self.documents = 0
        self._taker, self._as_of, self._before = taker, as_of, before
        self._own = own

    def read(self, source: str) -> None:
        """A source with no document in it is noted. Raises `SourceMissing`."""
        before = self.documents
        self._read(source)
        if self.documents == before:
            self._taker.quality.file = {}
            self._taker.quality.note(Flaw.NOTHING_THERE, source)

    def _read(self, source: str) -> None:
        if source == STDIN:
            self._parts(sys.stdin.buffer, STDIN)
            return
        try:
            status = os.stat(source)  # noqa: PTH116
            mode = status.st_mode
            if stat.S_ISDIR(mode):
                os.scandir(source).close()
            elif not os.access(source, os.R_OK):
                os.close(os.open(source, _FLAGS))
        except OSError as error:
            raise SourceMissing(source, error) from error
        except ValueError as error:  # a NUL in the name
            raise SourceMissing(source, OSError(str(error))) from error
        path = os.path.abspath(source)  # noqa: PTH100 - links stay as they are
        if not stat.S_ISDIR(mode):
            self._file(path, status, one=is_document(path) and status.st_size <= MOST)
            return
        for entry in files_below(path, self._taker.quality.note):
            try:
                seen = entry.stat() if self._before is not None or self._own is not None else None
                if seen is not None and (seen.st_dev, seen.st_ino) == self._own:
                    continue
            except OSError as error:
                self._taker.quality.note(flaw_of(error, entry.path), entry.path)
            else:
                self._file(entry.path, seen, one=is_document(entry.name))

    def _file(self, path: str, status: os.stat_result | None, *, one: bool) -> None:
        """`one`: it is a document, and its receipt the time at which it was last written here."""
        if status is not None and self._before is not None:
            stamp = stamp_of(path, status)
            if self._before.is_as_it_was(stamp):
                notes = self._before.noted(stamp)
                for each in notes:
                    self._taker.quality.note(each.flaw, each.where, each.times)
                self.files.add(stamp, notes)
                self.documents += not (one and any(each.flaw in UNREAD for each in notes))
                return
        quality = self._taker.quality
        quality.file = {}
        self.reread += 1
        try:
            descriptor = os.open(path, _FLAGS)
        except OSError as error:
            quality.note(flaw_of(error, path), path)
            return
        try:
            status = os.fstat(descriptor)
            self._opened(descriptor, status, path, one=one)
        except OSError as error:
            quality.note(flaw_of(error, path), path)
        else:
            if self._before is not None:
                self.files.add(stamp_of(path, status), quality.file.values())
        finally:
            os.close(descriptor)

    def _opened(self, descriptor: int, status: os.stat_result, path: str, *, one: bool) -> None:
        if not stat.S_ISREG(status.st_mode):
            self._taker.quality.note(Flaw.NOT_A_FILE, path)
        elif not one:
            with open(descriptor, "rb", closefd=False) as stream:
                self._parts(stream, path)
        elif status.st_size > MOST:
            self._taker.quality.note(Flaw.TOO_LARGE, path)
        else:
            self._take(os.read(descriptor, MOST + 1), None if self._as_of else int(status.st_mtime), path)

    def _take(self, content: bytes, received: int | None, where: str) -> None:
        self.documents += not isinstance(self._taker.take(content, received, where), Flaw)

    def _parts(self, stream: IO[bytes], path: str) -> None:
        for number, part in enumerate(parts_of(stream), 1):
            if isinstance(part, Flaw):
                self._taker.quality.note(part, f"{path}:{number}")
            elif len(part) > 2 or part.strip():
                self._take(part, None, f"{path}:{number}")
