"""One daemon to a state directory: the documents of two would alternate in one file, and nobody could trust it.

What counts is flock(2) on a file of its own: the kernel lets go of it when the process ends, however that ends, so a file that was left
behind stands in nobody's way. The PID in it is only for people. It is held open for reading only: one that is open for writing would
bar the machine from making the file system read-only.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.storage.atomic import open_directory
from agent.storage.own_file import open_own
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape

FILE = "run.lock"  # 0600: a lock on the directory could be held by anybody who may read it
PATIENCE_S = 5.0  # with one that is about to end, as in a restart
LOOK_S = 20.0  # between looks whether the file that we hold still lies in the directory
_PAUSE_S = 0.1


class AlreadyRunning(Exception):
    """Another daemon has the directory; `text` says so to a person, and what to do."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        place = escape(str(folder))
        zh, en = (f"（进程 {pid}）", f" (process {pid})") if pid else ("", "")
        stop = f"systemctl stop posdiag / kill {pid}" if pid else "systemctl stop posdiag"
        self.text = Bilingual(
            f"另一个 posdiag{zh}正在使用 {place}，两个同时运行会互相覆盖状态文件。只想现在检查一遍：posdiag --check（不需要服务）；"
            f"要在这里运行，先停掉那一个：{stop}",
            f"another posdiag{en} works in {place}, and two would overwrite each other's status. To examine now, without the service: "
            f"posdiag --check. To run here, stop the other first: {stop}",
        )
        super().__init__(self.text.en)


class InstanceLock:
    """Where the lock cannot be had for another reason (read-only, no directory, no such locks), the daemon works without it."""

    def __init__(self, directories: Sequence[str | Path], clock: Clock) -> None:
        self._clock = clock
        self._held: dict[Path, int | None] = {Path(each): None for each in directories}
        self._look_at = 0.0

    def begin(self, wait: Callable[[float], bool]) -> bool:
        """False where `wait` says that it is to end. Raises `AlreadyRunning`, after some patience."""
        end = self._clock.monotonic() + PATIENCE_S
        self._look_at = self._clock.running() + LOOK_S
        for folder in self._held:
            while not self._ours(folder):
                try:
                    self._held[folder] = _taken(folder, make=True)
                    break
                except AlreadyRunning:
                    if self._clock.monotonic() > end:
                        raise
                if wait(_PAUSE_S):
                    return False
        return True

    @property
    def due(self) -> bool:
        """For another look at the directories."""
        return self._clock.running() >= self._look_at

    def keep(self) -> None:
        """To be called on and on: follows a directory that was replaced, or that can be written by now. Raises `AlreadyRunning`."""
        if not self.due:
            return
        self._look_at = self._clock.running() + LOOK_S
        for folder, handle in self._held.items():
            fresh = None if self._ours(folder) else _taken(folder, make=False)
            if fresh is not None:
                self._held[folder] = fresh
                if handle is not None:
                    os.close(handle)

    def _ours(self, folder: Path) -> bool:
        """Whether a lock that we hold lies there: two of the directories may be one and the same."""
        return any(handle is not None and _lies_in(folder, handle) for handle in self._held.values())


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Within it no daemon works in the directory, and no other command as one. False where the lock cannot be had. Raises
    `AlreadyRunning`, at once."""
    handle = _taken(folder, make=False)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _taken(folder: Path, *, make: bool) -> int | None:
    """A descriptor that holds the lock, for as long as it is open; None where there is none to be had. Raises `AlreadyRunning`."""
    try:
        directory = open_directory(folder, make=make)
    except (OSError, ValueError):
        return None
    try:
        return _locked(folder, directory)
    finally:
        os.close(directory)


def _locked(folder: Path, directory: int) -> int | None:
    try:
        handle = open_own(directory, FILE, os.O_RDONLY, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sign(directory, handle)
    except OSError as error:
        holder = _holder(handle) if error.errno == errno.EWOULDBLOCK else None
        os.close(handle)
        if error.errno == errno.EWOULDBLOCK:
            raise AlreadyRunning(folder, holder) from None
        return None
    return handle


def _sign(directory: int, held: int) -> None:
    """Always as long, so that a full disk has room for it; where it cannot be written, nothing stands there rather than another's.
    Nothing is written to a file that was put in the place of the one we hold."""
    with suppress(OSError):
        handle = os.open(FILE, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
        try:
            if os.path.samestat(os.fstat(handle), os.fstat(held)):
                _write_pid(handle)
        finally:
            os.close(handle)


def _write_pid(handle: int) -> None:
    try:
        os.pwrite(handle, b"%10d\n" % os.getpid(), 0)
    except OSError:
        os.ftruncate(handle, 0)


def _holder(handle: int) -> int | None:
    with suppress(OSError, ValueError):
        return int(os.pread(handle, 32, 0))
    from probes.edge.failures import CannotTell
    from probes.edge.serial.holder import kernel_locks

    try:
        return next(filter(None, kernel_locks(os.fstat(handle), Path("/proc"))), None)
    except CannotTell:
        return None  # who it is only helps the person who has to stop it


def _lies_in(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat((folder / FILE).lstat(), os.fstat(handle))
    except OSError:
        return False
