"""Whether the files that the configuration names can be read and hold what they should."""

from __future__ import annotations

import errno
import os
import stat

from agent.settings.problem import found

CERTIFICATE = "certificate"
PRIVATE_KEY = "private key"
_MARKS = {CERTIFICATE: (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----"), PRIVATE_KEY: (b"PRIVATE KEY-----",)}
_LIMIT = 8 * 1024 * 1024  # bytes; a system's whole bundle has less than half a MiB


class NotAFileError(OSError):
    """There is something at the path, neither a file nor a directory."""


def read_file(path: str, limit: int) -> bytes:
    """At most `limit` bytes. Raises OSError, or ValueError for a path with a NUL. Never waits, as a pipe would make it do."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise NotAFileError
        parts = []
        while limit > 0 and (part := os.read(descriptor, min(limit, 65536))):
            parts.append(part)
            limit -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def pem_fault(path: str, kind: str) -> tuple[str, str] | None:
    """None where the file can be read and holds such a thing in PEM form; else what was expected and what was found."""
    if not path.startswith("/"):
        return "an absolute path", found(path)
    try:
        content = read_file(path, _LIMIT)
    except NotAFileError:
        return "a file", f"{found(path)}, which is a device, pipe or socket"
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else errno.EINVAL
        if number == errno.EISDIR:
            return "a file", f"{found(path)}, which is a directory"
        if number in (errno.EACCES, errno.EPERM):
            return "a file that this user may read", f"{found(path)}: permission denied"
        if number in (errno.ENOENT, errno.ENOTDIR):
            return "a file that exists", f"{found(path)}: no such file"
        return "a readable file", f"{found(path)}: {os.strerror(number or 0)}"
    if not any(mark in content for mark in _MARKS[kind]):
        return f"a {kind} in PEM form", f"{found(path)} without one"
    return None
