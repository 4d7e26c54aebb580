"""One file, or a link, replaced whole: a reader at any moment, and a power cut at any moment, finds the old one or the new one."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from agent.storage.own_file import NotOursError, refuse_planted
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape


class Trouble(StrEnum):
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    NO_DIRECTORY = "no_directory"
    NO_PERMISSION = "no_permission"
    MEDIUM = "medium"
    NO_LINKS = "no_links"
    NOT_OURS = "not_ours"
    OTHER = "other"


class StoreError(Exception):
    """A file could not be written. `trouble` is what stood against it, `text` says so to a person."""

    def __init__(self, trouble: Trouble, path: Path, detail: str) -> None:
        words = _WORDS[trouble]
        self.trouble = trouble
        self.text = Bilingual(
            f"无法写入 {escape(str(path))}：{words.zh}（{escape(detail)}）",
            f"cannot write {escape(str(path))}: {words.en} ({escape(detail)})",
        )
        super().__init__(self.text.en)


_WORDS: dict[Trouble, Bilingual] = {
    Trouble.DISK_FULL: Bilingual("磁盘已满。请腾出空间", "the disk is full. Free some space"),
    Trouble.READ_ONLY: Bilingual(
        "文件系统是只读的。请重新挂载为可写，或把目录配置到可写的地方",
        "the file system is read-only. Remount it, or configure a directory that can be written",
    ),
    Trouble.NO_DIRECTORY: Bilingual("目录不存在，也无法创建。请创建目录", "the directory is missing and cannot be made. Make it"),
    Trouble.NO_PERMISSION: Bilingual(
        "没有权限。请用有权限的用户运行，或更改目录的所有者",
        "not permitted. Run as a user who may, or change the owner of the directory",
    ),
    Trouble.MEDIUM: Bilingual("存储介质报告错误。请更换介质", "the medium reports an error. Replace it"),
    Trouble.NO_LINKS: Bilingual(
        "这个文件系统没有符号链接。请到 agent.status_dir 收取状态文件，或把 agent.state_dir 放到别的文件系统",
        "its file system has no symbolic links. Collect the status file from agent.status_dir, "
        "or put agent.state_dir on another file system",
    ),
    Trouble.NOT_OURS: Bilingual(
        "那里已有别的东西，可能是别人放的，因此不动它。请查看后移走",
        "something else lies there that another user may have planted, so it is left alone. Look at it and move it away",
    ),
    Trouble.OTHER: Bilingual("系统拒绝写入", "the system refuses"),
}

_TROUBLES: dict[int, Trouble] = {
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
    errno.EFBIG: Trouble.DISK_FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.ENOENT: Trouble.NO_DIRECTORY,
    errno.ENOTDIR: Trouble.NO_DIRECTORY,
    errno.EACCES: Trouble.NO_PERMISSION,
    errno.EPERM: Trouble.NO_PERMISSION,
    errno.EIO: Trouble.MEDIUM,
    errno.ENXIO: Trouble.MEDIUM,
}


_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def trouble_of(error: OSError, path: Path) -> StoreError:
    trouble = Trouble.NOT_OURS if isinstance(error, NotOursError) else _TROUBLES.get(error.errno or 0, Trouble.OTHER)
    return StoreError(trouble, path, error.strerror or type(error).__name__)


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replaces the file durably, whatever the umask. A symbolic link at `path` is replaced, never followed.

    Raises `StoreError`; then the old content stands, and nothing of the new one is left behind.
    """
    in_directory(path, lambda directory: _replace(directory, path.name, content, mode))


def link(path: Path, target: Path) -> None:
    """A symbolic link to `target`, which need not exist. Where it stands already nothing is written.

    Raises `StoreError`; then what was at `path` stays.
    """
    in_directory(path, lambda directory: _link(directory, path, str(target)))


def in_directory(path: Path, work: Callable[[int], None]) -> None:
    """Does the work on the directory of `path`, once more where that was removed meanwhile. Raises `StoreError`."""
    try:
        try:
            _opened(path.parent, work)
        except FileNotFoundError:
            _opened(path.parent, work)
    except OSError as error:
        raise trouble_of(error, path) from error


def _opened(parent: Path, work: Callable[[int], None]) -> None:
    directory = open_directory(parent)
    try:
        work(directory)
    finally:
        os.close(directory)


def open_directory(directory: Path, *, make: bool = True) -> int:
    """A descriptor of the directory, which may be made where it is missing. Raises OSError, also where another user led us there."""
    try:
        handle = os.open(directory, _DIRECTORY)
    except FileNotFoundError:
        if not make:
            raise
        make_directory(directory)
        handle = os.open(directory, _DIRECTORY)
    try:
        refuse_planted(directory, handle)
    except BaseException:
        os.close(handle)
        raise
    return handle


def make_directory(directory: Path, mode: int = 0o755) -> None:
    """With its parents, each with the mode that it is to have, whatever the umask. What root makes in another's directory is that one's, as
    the service has to write there. One that is there stays as it is. Raises OSError."""
    try:
        directory.mkdir(mode=mode)
    except FileExistsError:
        return
    except FileNotFoundError:
        if directory.parent == directory:
            raise
        make_directory(directory.parent)
        directory.mkdir(mode=mode, exist_ok=True)
    with suppress(OSError):  # not to be opened under the strangest of umasks, but by root
        handle = os.open(directory, _DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(handle).st_uid == os.geteuid():
                os.fchmod(handle, mode)
                above = directory.parent.stat()
                if os.geteuid() == 0 != above.st_uid:
                    os.fchown(handle, above.st_uid, above.st_gid)
        finally:
            os.close(handle)


def sweep(path: Path) -> None:
    """Removes what writers of this file left behind when they were killed; those that still run keep theirs. Our
    own number counts as gone: before this process has written, it can only be from one that had the number before."""
    leftover = re.compile(re.escape(f".{path.name}.") + r"(\d{1,10})\.[0-9a-f]{8}\.tmp")
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return
    for name in names:
        found = leftover.fullmatch(name)
        if found and (int(found[1]) == os.getpid() or not _written(path.parent / name, int(found[1]))):
            _forget(path.parent / name)


def _written(draft: Path, pid: int) -> bool:
    try:
        return writes_still(pid, draft.lstat())
    except OSError:
        return False


def _draft(name: str) -> str:
    return f".{name}.{os.getpid()}.{secrets.token_hex(4)}.tmp"


def _link(directory: int, path: Path, target: str) -> None:
    try:
        if os.readlink(path.name, dir_fd=directory) == target:
            return
    except OSError:  # nothing, or no link
        pass
    draft = _draft(path.name)
    try:
        os.symlink(target, draft, dir_fd=directory)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):  # symlink(2): EPERM is the file system's, EACCES the user's
            raise StoreError(Trouble.NO_LINKS, path, error.strerror or type(error).__name__) from error
        raise
    _move(directory, draft, path.name)


def _replace(directory: int, name: str, content: bytes, mode: int) -> None:
    draft = _draft(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(draft, flags, 0o600, dir_fd=directory)
    try:
        try:
            os.fchmod(file, stat.S_IMODE(mode))
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        finally:
            os.close(file)
    except BaseException:
        _forget(Path(draft), directory)
        raise
    _move(directory, draft, name)


def _move(directory: int, draft: str, name: str) -> None:
    try:
        os.rename(draft, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        _forget(Path(draft), directory)
        raise
    os.fsync(directory)


def _forget(path: Path, directory: int | None = None) -> None:
    try:
        os.unlink(path, dir_fd=directory)
    except OSError:
        return


def writes_still(pid: int, draft: os.stat_result) -> bool:
    """Whether the process with the number of a draft's writer may be its writer: after a power cut the numbers begin anew, and another
    program, which then runs for years, may have it. A draft belongs to the user that its writer acts as."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # another user's
    try:
        acts_as = re.search(rb"^Uid:\t\d+\t(\d+)", Path(f"/proc/{pid}/status").read_bytes(), re.MULTILINE)
    except OSError:  # /proc is closed to us, or it has just ended
        return True
    return acts_as is None or int(acts_as[1]) == draft.st_uid
