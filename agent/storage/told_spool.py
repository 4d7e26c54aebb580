"""The directory through which people's words reach the record, `<state_dir>/told/`: 3770, of the group posdiag-told, one small file each.

Whoever is in the group may lay there what he likes, and only his own may he take away again (sticky). So whoever reads it opens nothing
but small plain files with one name, and whoever writes there as root follows no link.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from agent.storage.atomic import make_directory, open_directory, writes_still
from agent.storage.own_file import NotOursError

FOLDER, GROUP = "told", "posdiag-told"
MOST = 100  # files that wait
LARGEST = 2048  # bytes of a file
_DIRECTORY_MODE, _MODE = 0o3770, 0o640
_DRAFT = re.compile(r"\.(\d{1,10})\.[0-9a-f]{8}\.tmp")
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class SpoolFullError(Exception):
    """So many words wait that no more may."""


class Waiting(Struct, frozen=True):
    """A file that may be a word."""

    file: str
    content: bytes


class Refused(Struct, frozen=True):
    """Something that can be none. `why`: in English, of a closed list."""

    file: str
    why: str


class Spool:
    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self.path = state_dir / FOLDER

    def make(self) -> None:
        """The directory, where it is missing, with the rights that we can give it. Raises OSError."""
        make_directory(self._state_dir)
        above = open_directory(self._state_dir)
        try:
            try:
                os.mkdir(FOLDER, 0o700, dir_fd=above)
            except FileExistsError:
                return
            with _opened(above) as made:
                _give(made, above)
        finally:
            os.close(above)

    def put(self, file: str, content: bytes) -> None:
        """Whole or not at all, and synced. Raises OSError, FileNotFoundError without the directory, and `SpoolFullError`."""
        with self._directory() as directory:
            if len(_names(directory)) >= MOST:
                raise SpoolFullError
            _put(directory, file, content)

    def for_a_group(self) -> bool:
        """Whether others than its owner may write there, as with the package; so it is believed to be where it cannot be seen."""
        try:
            return bool(self.path.stat(follow_symlinks=False).st_mode & stat.S_IWGRP)
        except OSError:
            return True

    def anything(self) -> bool:
        """Whether there is anything in it. Raises OSError where it cannot be read; false where it is missing."""
        with suppress(FileNotFoundError), self._directory() as directory, os.scandir(directory) as entries:
            return next(entries, None) is not None
        return False

    def waiting(self) -> tuple[list[Waiting], list[Refused]]:
        """At most `MOST` of each. None where there is no directory. Raises OSError where it cannot be read."""
        found, refused = list[Waiting](), list[Refused]()
        with suppress(FileNotFoundError), self._directory() as directory:
            for name in _names(directory):
                if _left_behind(directory, name):
                    continue
                try:
                    found.append(Waiting(name, _content(directory, name)))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    refused.append(Refused(name, error.strerror or type(error).__name__))
        return found, refused

    def remove(self, file: str) -> bool:
        """Whether it lies there no more."""
        try:
            with self._directory() as directory:
                _remove(directory, file)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def holds(self, file: str) -> bool:
        """Whether it still waits, as far as we may see."""
        with suppress(OSError), self._directory() as directory:
            return stat.S_ISREG(os.stat(file, dir_fd=directory, follow_symlinks=False).st_mode)
        return False

    @contextmanager
    def _directory(self) -> Iterator[int]:
        above = open_directory(self._state_dir, make=False)
        try:
            with _opened(above) as directory:
                yield directory
        finally:
            os.close(above)


@contextmanager
def _opened(above: int) -> Iterator[int]:
    """No link is followed, and none but the owner of the state directory, root or we ourselves made it."""
    try:
        directory = os.open(FOLDER, _FLAGS, dir_fd=above)
    except NotADirectoryError:
        raise NotOursError("no directory, or a symbolic link") from None
    try:
        if os.fstat(directory).st_uid not in (0, os.geteuid(), os.fstat(above).st_uid):
            raise NotOursError("a directory that another user made")
        yield directory
    finally:
        os.close(directory)


def _give(made: int, above: int) -> None:
    """What we may not give it stays as it is: its own user alone can say something then."""
    if os.fstat(made).st_uid != os.geteuid():
        raise NotOursError("a directory that another user made")
    state = os.fstat(above)
    group = _group()
    if os.geteuid() == 0:
        os.fchown(made, state.st_uid, state.st_gid if group is None else group)
    elif group is not None:
        with suppress(OSError):
            os.fchown(made, -1, group)
    told = group is not None and os.fstat(made).st_gid == group
    for mode in (_DIRECTORY_MODE, 0o1770) if told else (0o700,):  # in a sandbox no group may be passed on
        try:
            os.fchmod(made, mode)
        except PermissionError:
            continue
        break


def _group() -> int | None:
    import grp

    try:
        return grp.getgrnam(GROUP).gr_gid
    except KeyError:
        return None


def _put(directory: int, file: str, content: bytes) -> None:
    draft = f".{os.getpid()}.{secrets.token_hex(4)}.tmp"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        try:
            _of_the_group(handle, directory)
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        os.rename(draft, file, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=directory)
        raise
    os.fsync(directory)


def _of_the_group(handle: int, directory: int) -> None:
    of = os.fstat(directory)
    if os.geteuid() == 0:
        os.fchown(handle, of.st_uid, of.st_gid)
    elif os.fstat(handle).st_gid != of.st_gid:
        with suppress(OSError):
            os.fchown(handle, -1, of.st_gid)
    os.fchmod(handle, _MODE)


def _names(directory: int) -> list[str]:
    """As many as may lie there, drafts besides: more are a flood, and wait their turn. A directory takes the place of nothing."""
    names = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    os.rmdir(entry.name, dir_fd=directory)
                continue
            names.append(entry.name)
            if len(names) >= 2 * MOST:
                break
    return names


def _left_behind(directory: int, name: str) -> bool:
    """A draft: one whose writer is gone is removed."""
    draft = _DRAFT.fullmatch(name)
    if draft is None:
        return False
    with suppress(OSError):
        if not writes_still(int(draft[1]), os.stat(name, dir_fd=directory, follow_symlinks=False)):
            os.unlink(name, dir_fd=directory)
    return True


def _content(directory: int, name: str) -> bytes:
    """Never waits, opens no device, and reads no more than a word may have. Raises OSError whose `strerror` says what is wrong."""
    _refuse(os.stat(name, dir_fd=directory, follow_symlinks=False))
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=directory)
    try:
        _refuse(os.fstat(handle))
        content = os.read(handle, LARGEST + 1)
    finally:
        os.close(handle)
    if len(content) > LARGEST:
        raise NotOursError("too large")
    return content


def _refuse(seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise NotOursError("no plain file")
    if seen.st_nlink > 1:
        raise NotOursError("a file that has another name too")
    if seen.st_size > LARGEST:
        raise NotOursError("too large")
    if seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotOursError("writable for others")


def _remove(directory: int, file: str) -> None:
    try:
        os.unlink(file, dir_fd=directory)
    except IsADirectoryError:
        os.rmdir(file, dir_fd=directory)
