"""How often `guide` and `watch` may call on the acquirers' hosts: one visit in 10 s, for all of them on this machine together.

When the last one was stands in a small file under a lock, on the clock that nobody sets, before the visit is made: a program that is
killed in the middle costs a visit, never the host's patience. It is of the agent's own user or of root's, like the record of messages;
whatever else lies in its place counts as a visit just now. Who may not write it makes no visit while the service looks by itself, and
else so rarely that several of them are no burden. What came of a visit stands behind it, for the others who wait for their turn.
"""

from __future__ import annotations

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.messages.record import NotKept, homes
from agent.storage.atomic import open_directory
from agent.storage.own_file import open_own
from probes.ground.clock import Clock

FILE = "visits"
APART_S = 10.0
ALONE_S = 30.0  # without the file
MOST = 64 * 1024  # bytes of what is told
_LENGTH = 80  # bytes
_MODE = 0o600  # whoever may read a file can lock it


class Visits:
    """One process's turns. `state_dir`, or where it is renewed more often than flash likes, `memory_dir`."""

    def __init__(self, state_dir: str, boot_id: str, clock: Clock, *, memory_dir: str = "") -> None:
        self._state_dir, self._memory_dir = state_dir, memory_dir
        self._boot_id, self._clock = boot_id, clock
        self._own_s = clock.running() - ALONE_S + APART_S + random.uniform(0, ALONE_S - APART_S)  # noqa: S311 - without the file

    def take(self, *, served: bool) -> bool:
        """Whether a visit may be made now, and then it is on record. `served`: the service looks by itself."""
        with suppress(NotKept):
            for folder in self._folders():
                granted = self._take(folder)
                if granted is not None:
                    return granted
        now = self._clock.running()
        if served or now - self._own_s < ALONE_S:
            return False
        self._own_s = now
        return True

    def tell(self, found: bytes) -> None:
        """What came of a visit."""
        with suppress(NotKept):
            for folder in self._folders():
                with suppress(OSError), _opened(folder) as file:
                    if len(found) <= MOST:
                        os.pwrite(file, found, _LENGTH + 1)
                        os.ftruncate(file, _LENGTH + 1 + len(found))
                    return

    def told(self) -> bytes:
        """What came of the last visit, anybody's; empty where nothing is known of one in this boot."""
        with suppress(NotKept):
            for folder in self._folders():
                with suppress(OSError), _opened(folder) as file:
                    last = _read(file)
                    known = last is not None and last[0] == self._boot_id
                    return os.pread(file, MOST, _LENGTH + 1) if known else b""
        return b""

    def _folders(self) -> Iterator[Path]:
        """The best place first. Raises `NotKept` where there is none left."""
        if self._memory_dir and self._memory_dir != self._state_dir and os.access(self._memory_dir, os.W_OK | os.X_OK):
            yield Path(self._memory_dir)
        yield from homes(self._state_dir)

    def _take(self, folder: Path) -> bool | None:
        """None where it cannot be put down here."""
        try:
            with _opened(folder) as file:
                now = self._clock.running()
                last = _read(file)
                if last is None:  # new, or not ours to read
                    apart = os.fstat(file).st_size == 0
                elif last[0] != self._boot_id:
                    apart = now >= APART_S
                else:
                    apart = now - last[1] >= APART_S
                    if not apart and last[1] <= now:
                        return False
                _write(file, f"{self._boot_id} {now:.3f}")  # one from later than now counts from now on
                return apart
        except BlockingIOError:  # another takes its turn in this moment
            return False
        except OSError:
            return None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Nobody else reads or writes it meanwhile. Raises OSError, BlockingIOError where another does."""
    directory = open_directory(folder, make=False)
    try:
        file = open_own(directory, FILE, os.O_RDWR, _MODE)
    finally:
        os.close(directory)
    try:
        if os.fstat(file).st_mode & 0o022:
            raise PermissionError
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    finally:
        os.close(file)


def _read(file: int) -> tuple[str, float] | None:
    """The boot, and the seconds on its clock. None where nothing of the kind stands there."""
    try:
        boot, _, seconds = os.pread(file, _LENGTH, 0).split(b"\n")[0].decode("ascii").strip().rpartition(" ")
        return boot, float(seconds)
    except (UnicodeError, ValueError):
        return None


def _write(file: int, text: str) -> None:
    """In place, in one piece and always of one length: nothing here is worth a new file each time."""
    os.pwrite(file, f"{text:<{_LENGTH}}\n".encode("ascii"), 0)
