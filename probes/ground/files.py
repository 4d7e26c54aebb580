"""Reading a small file that may be anything: missing, a pipe, a directory, a link that somebody planted, or far too large."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NULL = os.makedev(1, 3)  # /dev/null, which stands in the place of many a file that is to be empty
_PART = 64 * 1024  # bytes read at once, and the longest line


class NotAFileError(OSError):
    """There is something at the path, neither a file nor a directory."""


class TooLargeError(OSError):
    """There is more of it than is read."""


def read_small(path: str | Path, limit: int, *, follow: bool = True) -> bytes:
    """At most `limit` bytes; who must know of more asks for one more. Never waits, as a pipe would make it do.

    `follow`: false where a symbolic link at the path counts as a failure. Raises OSError, or ValueError for a path with a NUL.
    """
    with opened(path, follow=follow) as descriptor:
        parts: list[bytes] = []
        while limit > 0 and (part := os.read(descriptor, min(limit, _PART))):
            parts.append(part)
            limit -= len(part)
        return b"".join(parts)


def lines_of(path: str | Path, limit: int, *, holding: bytes = b"", follow: bool = True) -> Iterator[bytes]:
    """The lines of a file that may be long, of which never more than a part is in memory; perhaps only those near the text `holding`,
    in lower case. One line that is longer than a part is left out.

    Raises OSError as `read_small` does, and `TooLargeError` behind the first `limit` bytes.
    """
    with opened(path, follow=follow) as descriptor:
        rest, too_long = b"", False
        while part := os.read(descriptor, _PART):
            limit -= len(part)
            if limit < 0:
                raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
            whole, newline, last = (rest + part).rpartition(b"\n")
            if newline and too_long:
                whole, too_long = whole.partition(b"\n")[2], False
            if newline and holding in whole.lower():
                yield from whole.splitlines()
            rest = last
            if len(rest) > _PART:
                rest, too_long = b"", True
        if rest and not too_long:
            yield rest


@contextmanager
def opened(path: str | Path, *, follow: bool = True) -> Iterator[int]:
    """A descriptor to read from, of a file and nothing else. Never waits. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW))
    try:
        status = os.fstat(descriptor)
        mode = status.st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode) and not (stat.S_ISCHR(mode) and status.st_rdev == _NULL):
            raise NotAFileError(errno.EINVAL, "not a regular file")
        yield descriptor
    finally:
        os.close(descriptor)


# Path.exists and its like raise where a directory above is closed to us up to Python 3.13, and from 3.14 on say that nothing is there:
# these say the same on each.


def is_there(path: Path) -> bool:
    """Raises OSError where that may not be looked at."""
    return _seen(path) is not None


def is_file(path: Path) -> bool:
    """False where that may not be looked at."""
    return stat.S_ISREG(_mode(path))


def is_folder(path: Path) -> bool:
    """False where that may not be looked at."""
    return stat.S_ISDIR(_mode(path))


def is_link(path: Path) -> bool:
    """False where that may not be looked at."""
    return stat.S_ISLNK(_mode(path, follow=False))


def _mode(path: Path, *, follow: bool = True) -> int:
    try:
        seen = _seen(path, follow=follow)
    except OSError:
        return 0
    return seen.st_mode if seen is not None else 0


def _seen(path: Path, *, follow: bool = True) -> os.stat_result | None:
    """Raises OSError."""
    try:
        return path.stat(follow_symlinks=follow)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:  # a NUL in it
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise
