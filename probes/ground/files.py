"""Reading a small file that may be anything: missing, a pipe, a directory, a link that somebody planted, or far too large."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NotAFileError(OSError):
    """There is something at the path, neither a file nor a directory."""


def read_small(path: str | Path, limit: int, *, follow: bool = True) -> bytes:
    """At most `limit` bytes; who must know of more asks for one more. Never waits, as a pipe would make it do.

    `follow`: false where a symbolic link at the path counts as a failure. Raises OSError, or ValueError for a path with a NUL.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise NotAFileError(errno.EINVAL, "not a regular file")
        parts: list[bytes] = []
        while limit > 0 and (part := os.read(descriptor, min(limit, 65536))):
            parts.append(part)
            limit -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
