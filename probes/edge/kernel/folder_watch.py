"""Files that are laid into one directory, told by the kernel (inotify(7)): whole ones, moved there under their name."""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import suppress
from pathlib import Path

_MOVED_TO, _ONLYDIR, _DONT_FOLLOW = 0x80, 0x01000000, 0x02000000
_BUFFER, _AT_ONCE = 4096, 16


class FolderWatch:
    """OSError where nothing can be watched. One whose directory is removed hears nothing more: who waits looks by himself as well."""

    def __init__(self, folder: Path) -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            self._descriptor = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        except AttributeError as error:
            raise OSError(errno.ENOSYS, "no inotify") from error
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        if libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _MOVED_TO | _ONLYDIR | _DONT_FOLLOW) < 0:
            number = ctypes.get_errno()
            self.close()
            raise OSError(number, "not to be watched")

    def fileno(self) -> int:
        return self._descriptor

    def read(self) -> bool:
        """Takes what waits, and tells whether there was anything."""
        seen = False
        with suppress(OSError):
            for _ in range(_AT_ONCE):
                seen = bool(os.read(self._descriptor, _BUFFER)) or seen
        return seen

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)
