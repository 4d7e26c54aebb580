"""What was received, one line each, written before it is acknowledged.

A line is `{"received":…,"token":…,"from":…,"document":…}`, with the document as it came. Files are named by the time of their beginning
and only ever appended to; a new one is begun at every start, so that what a crash left of a last line stays where it is, and after
`SEGMENT_BYTES` or `SEGMENT_S`.

What is acknowledged has been handed to the kernel: it outlives the end of this process, `kill -9` too. A power cut costs what came after
the last sync, `sync_s` ago at most (and what a medium loses that lies about syncing). With `sync_s = 0` the answer waits for the sync,
which many share.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from agent.storage.atomic import open_directory
from agent.storage.own_file import open_own
from probes.ground.clock import Clock

FOLDER = "journal"
SUFFIX = ".ndjson"
SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_S = 3600.0
MODE = 0o600  # where shops are, and what is wrong there
AGAIN_S = 1.0  # after a write that failed; until then nothing is tried
WAITING_BYTES = 64 * 1024 * 1024  # of what waits to be written; past it nothing more is taken on


class JournalFull(Exception):
    """More waits to be written than may: the disk does not keep up."""


class _Part:
    """What was given to be written together, and who waits for it."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.size = 0


class Journal:
    """Appended to by a thread of its own, a part at a time: whatever has come while the last part was written."""

    def __init__(self, store: Path, loop: asyncio.AbstractEventLoop, *, sync_s: float, clock: Clock) -> None:
        """Makes the first file. Raises OSError."""
        self._folder = store / FOLDER
        self._loop, self._sync_s, self._clock = loop, sync_s, clock
        self._part, self._lock, self._more = _Part(), threading.Lock(), threading.Event()
        self._ended = False
        self._waiting_bytes = 0
        self.bytes = 0  # written since the start
        self.trouble: OSError | None = None  # the newest write's, none where it succeeded
        self._unsynced = False
        self._sync_due = self._segment_due = self._again_at = 0.0
        self._last = 0  # the newest name
        self._handle, self._size, self._path = -1, 0, self._folder
        self._begin()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, lines: Sequence[bytes]) -> asyncio.Future[None]:
        """Done once they are written; fails with OSError where they are not, none of them. Raises `JournalFull`."""
        size = sum(map(len, lines))
        done: asyncio.Future[None] = self._loop.create_future()
        with self._lock:
            if self._waiting_bytes and self._waiting_bytes + size > WAITING_BYTES:
                raise JournalFull
            self._waiting_bytes += size
            part = self._part
            part.lines += lines
            part.size += size
            part.waiting.append(done)
            first = len(part.waiting) == 1
        if first:
            self._more.set()
        return done

    def end(self) -> None:
        """What waits is written and synced before this returns."""
        self._ended = True
        self._more.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._more.wait(max(0.0, self._sync_due - self._clock.monotonic()) if self._unsynced else None)
            self._more.clear()
            with self._lock:
                part, self._part = self._part, _Part()
            if part.waiting:
                self._write(part)
            elif self._ended:
                break
            if self._unsynced and self._clock.monotonic() >= self._sync_due:
                with suppress(OSError):
                    self._sync()
        with suppress(OSError):
            self._sync()
            os.close(self._handle)

    def _write(self, part: _Part) -> None:
        error = None
        try:
            if self.trouble is not None and self._clock.monotonic() < self._again_at:
                raise self.trouble
            if self._handle < 0 or self._size >= SEGMENT_BYTES or self._clock.monotonic() >= self._segment_due:
                self._begin()
            self._append(b"".join(part.lines))
            if not self._sync_s:
                self._sync()
        except OSError as failed:
            error = failed
            if failed is not self.trouble:
                self._again_at = self._clock.monotonic() + AGAIN_S
        self.trouble = error
        with self._lock:
            self._waiting_bytes -= part.size
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            self._loop.call_soon_threadsafe(_tell, part.waiting, error)

    def _append(self, content: bytes) -> None:
        """Whole or not at all: where it fails, what was written of it is cut off again, and the file left, for it may have been read."""
        begin, rest = self._size, memoryview(content)
        try:
            while rest:
                count = os.write(self._handle, rest)
                self._size += count
                rest = rest[count:]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._handle, begin)
            self._leave()
            if begin == 0:
                with suppress(OSError):
                    self._path.unlink()
            raise
        self.bytes += len(content)
        if not self._unsynced:
            self._unsynced, self._sync_due = True, self._clock.monotonic() + self._sync_s

    def _sync(self) -> None:
        """A file whose sync failed may have lost what it held, and a second sync would not say so: it is left, and the next one begun."""
        if self._handle < 0:
            return
        self._unsynced = False
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            self.trouble = error
            self._leave()
            raise

    def _leave(self) -> None:
        with suppress(OSError):
            os.close(self._handle)
        self._handle = -1

    def _begin(self) -> None:
        if self._handle >= 0:
            with suppress(OSError):
                self._sync()
            self._leave()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = open_directory(self._folder)
        try:
            name = self._next_name()
            self._handle, self._path = open_own(directory, name, os.O_WRONLY | os.O_APPEND, MODE), self._folder / name
            os.fsync(directory)
        finally:
            os.close(directory)
        self._size, self._segment_due = 0, self._clock.monotonic() + SEGMENT_S

    def _next_name(self) -> str:
        """Later than every one that is there, whatever the clock says."""
        last = max((int(path.stem) for path in segments(self._folder)), default=0)
        self._last = max(int(self._clock.wall() * 1000), last + 1, self._last + 1)
        return f"{self._last:015d}{SUFFIX}"


def _tell(waiting: Sequence[asyncio.Future[None]], error: OSError | None) -> None:
    for done in waiting:
        if done.done():  # whoever waited is gone
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)


def segments(folder: Path) -> list[Path]:
    """In the order in which they were written."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal())
