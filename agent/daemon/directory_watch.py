"""Whether the daemon's directories are still its own: looked at in a thread of its own, since a directory may hang."""

from __future__ import annotations

from agent.daemon import mount_watch
from agent.daemon.instance_lock import AlreadyRunning, InstanceLock
from agent.daemon.mount_watch import MountWatch
from agent.outputs.worker import Worker

_PATIENCE_S = 0.2  # a look is over much sooner, but where the directory hangs


class DirectoryWatch:
    """`other`: another daemon has one of them by now."""

    def __init__(self, lock: InstanceLock, mounts: MountWatch) -> None:
        self._lock, self._mounts = lock, mounts
        self.other: AlreadyRunning | None = None
        self._lost = False
        self._worker = Worker("directories", self._look)

    def look(self) -> None:
        """To be called on and on."""
        if self._lock.due or self._mounts.due:
            self._worker.wake()
            self._worker.wait(_PATIENCE_S)

    def lost(self, barred_s: float) -> bool:
        """Whether only a new start sets them right. `barred_s`: for how long something could not be written because its directory is
        away, read-only or closed to us."""
        return self._lost or barred_s > mount_watch.BARRED_S

    def _look(self) -> None:
        try:
            self._lock.keep()
        except AlreadyRunning as error:
            self.other = error
        self._lost = self._lost or self._mounts.lost()
