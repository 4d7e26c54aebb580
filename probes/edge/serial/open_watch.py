"""Whether anybody opens a port while it is ours, told by the kernel at once (inotify(7)), without looking through every process."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator

_IN_OPEN = 0x20
_BUFFER = 4096


class OpenWatch:
    """`seen` once there was an opening, and from then on. Deaf where the kernel has no inotify or does not let us watch."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = False

    def seen(self) -> bool:
        self._seen = self._came() or self._seen
        return self._seen

    @contextlib.contextmanager
    def but_for_us(self) -> Iterator[None]:
        """What is opened in here is ours. Openings of others at the same moment go unseen: look for them afterwards."""
        self.seen()
        yield
        self._came()

    def _came(self) -> bool:
        if self._descriptor < 0:
            return False
        try:
            return os.read(self._descriptor, _BUFFER) != b""
        except OSError:  # nothing waits
            return False


@contextlib.contextmanager
def watch_opens(node: str) -> Iterator[OpenWatch]:
    descriptor = -1
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if descriptor >= 0:
            libc.inotify_add_watch(descriptor, os.fsencode(node), _IN_OPEN)
    try:
        yield OpenWatch(descriptor)
    finally:
        if descriptor >= 0:
            os.close(descriptor)
