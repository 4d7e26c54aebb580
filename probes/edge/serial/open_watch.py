"""Whether anybody opens a port while it is ours, told by the kernel at once (inotify(7)), without looking through every process."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Iterator

from probes.edge.failures import CannotTell, raise_if_ours, raise_if_short_of_descriptors

_NO_INSTANCE = (
    "the kernel gives this user no further inotify instance, by which somebody who opens the port meanwhile would be seen: "
    "end programs that watch many files, or raise fs.inotify.max_user_instances"
)
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
    """Raises CannotTell where the kernel would watch, and has none to give us now."""
    descriptor = _watching(node)
    try:
        yield OpenWatch(descriptor)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _watching(node: str) -> int:
    """-1 where the kernel has no inotify or does not let us watch. Raises CannotTell."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        descriptor = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    except (AttributeError, OSError):
        return -1
    if descriptor >= 0 and libc.inotify_add_watch(descriptor, os.fsencode(node), _IN_OPEN) >= 0:
        return descriptor
    refused = ctypes.get_errno()
    if descriptor >= 0:
        os.close(descriptor)
    if refused == errno.EMFILE:  # inotify_init(2): no descriptor, or no instance
        raise_if_short_of_descriptors()
        raise CannotTell(_NO_INSTANCE)
    raise_if_ours(OSError(refused, os.strerror(refused)))
    return -1
