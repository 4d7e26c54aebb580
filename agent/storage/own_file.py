"""A file that grows or is locked, and so cannot be replaced whole: opened only where it is our own, whoever else may write beside it.

Whoever owns a directory can lay into it what he likes: a symbolic link, a second name of a file that only root may write, a pipe. A
command of root's that opened such a thing would write to it, lock it, or give it away.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_TRIES = 8  # while others make and remove the file at the same time
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class NotOursError(OSError):
    """What lies at the path cannot be ours and is left as it is; `strerror` says what it is."""

    def __init__(self, what: str) -> None:
        super().__init__(errno.EPERM, what)


def open_own(directory: int, name: str, flags: int, mode: int) -> int:
    """A descriptor of the plain file `name` in the directory. Raises OSError, and `NotOursError` for what somebody else laid there.

    A missing one is made, with this mode whatever the umask. Made by root it is given to the directory's owner: a technician's command
    as root must not shut the daemon's own user out. What was there before keeps its owner and its mode.
    """
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    for _ in range(_TRIES):
        try:
            made = os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
        except FileExistsError:
            found = _found(directory, name, flags)
            if found is not None:
                return found
        else:
            return _given(directory, name, made, mode)
    raise NotOursError("a file that is replaced all the time")


def refuse_planted(path: Path, directory: int) -> None:
    """For a directory just opened by its path: raises `NotOursError` where somebody else led us there.

    That is where the path is a symbolic link of another user's, and where the directory is another user's and lies where everybody
    may make one, as in /tmp. One that root's own hand put into a closed place may be anybody's.
    """
    ours = (0, os.geteuid())
    there = path.lstat()
    if stat.S_ISLNK(there.st_mode):
        if there.st_uid not in ours or there.st_nlink != 1:
            raise NotOursError("a symbolic link that another user made")
        return
    seen = os.fstat(directory)
    if not os.path.samestat(there, seen):
        raise NotOursError("a directory that was replaced meanwhile")
    if seen.st_uid not in ours and path.parent.stat().st_mode & stat.S_IWOTH:
        raise NotOursError("a directory that another user made")


def _given(directory: int, name: str, made: int, mode: int) -> int:
    try:
        if os.geteuid() == 0:
            owner = os.fstat(directory)
            os.fchown(made, owner.st_uid, owner.st_gid)
        os.fchmod(made, mode)
    except BaseException:
        os.close(made)
        os.unlink(name, dir_fd=directory)
        raise
    return made


def _found(directory: int, name: str, flags: int) -> int | None:
    """None where it is gone again. A device is not opened to find out that it is one: that alone can start something."""
    try:
        _refuse(directory, os.stat(name, dir_fd=directory, follow_symlinks=False))
        file = os.open(name, flags, dir_fd=directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # swapped after the look: for a link, for a pipe or a socket
            raise NotOursError("a symbolic link, a pipe or a socket") from error
        raise
    try:
        seen = os.fstat(file)
        if seen.st_nlink > 0:
            _refuse(directory, seen)
            return file
    except BaseException:
        os.close(file)
        raise
    os.close(file)
    return None


def _refuse(directory: int, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise NotOursError(next((what for is_it, what in _KINDS if is_it(seen.st_mode)), "a device"))
    if seen.st_nlink > 1:
        raise NotOursError("a file that has another name too (a hard link)")
    if seen.st_uid not in (0, os.geteuid(), os.fstat(directory).st_uid):
        raise NotOursError("a file of another user's")
