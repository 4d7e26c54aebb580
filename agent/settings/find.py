"""Which file holds the configuration, and its text."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from agent.settings import cures, permission
from agent.settings.permission import ALLOWED
from agent.settings.problem import Problem, SettingsError
from probes.ground.bilingual import Bilingual, same
from probes.ground.files import NotAFileError, read_small
from probes.ground.text import escape

DEFAULT_PATH = "/etc/posdiag/agent.toml"
VARIABLE = "POSDIAG_CONFIG"
DROP_INS = "agent.d"  # beside the file
SIZE_LIMIT = 1024 * 1024  # bytes; past it the file is something else

_FILE = Bilingual("配置文件", "a configuration file")
_READABLE = Bilingual("能读取的文件", "a readable file")
_FAULTS = {
    errno.ENOENT: (_FILE, Bilingual("没有这个文件", "no such file")),
    errno.ENOTDIR: (_FILE, Bilingual("路径中间有一段是文件，不是目录", "a path that leads through a file, not a directory")),
    errno.EACCES: (ALLOWED, Bilingual("系统拒绝：没有权限", "a refusal by the operating system: permission denied")),
    errno.EPERM: (ALLOWED, Bilingual("系统拒绝：不允许", "a refusal by the operating system: not permitted")),
    errno.EISDIR: (_FILE, Bilingual("目录", "a directory")),
    errno.ELOOP: (_FILE, Bilingual("互相指向的符号链接", "symbolic links that lead in a circle")),
    errno.ENAMETOOLONG: (_FILE, Bilingual("路径太长", "a path that is too long")),
    errno.EIO: (_READABLE, Bilingual("磁盘读写错误", "an input/output error of the disk")),
}


def find(
    path: str | None,
    environment: Mapping[str, str] | None = None,
    *,
    default: str | None = None,
    variable: str = VARIABLE,
    drop_ins: str = DROP_INS,
    limit: int = SIZE_LIMIT,
) -> tuple[str | None, str]:
    """The path in use (None: the built-in default) and the file's text. Raises `SettingsError`.

    A named file must be there. The file in /etc may be missing; one that is there and cannot be read is an error,
    never a silent fall back to the default.
    """
    default = default or DEFAULT_PATH
    chosen = path if path is not None else (os.environ if environment is None else environment).get(variable) or None
    if chosen is not None:
        return chosen, _read(chosen, limit)
    if not os.path.lexists(default) and _may_look(Path(default).parent):
        return (default, "") if drop_ins and beside(default, drop_ins, "*.toml") else (None, "")
    return default, _read(default, limit)


def beside(path: str, directory: str, pattern: str) -> list[tuple[str, str]]:
    """The files of a directory beside the configuration, by name, with their texts. Raises `SettingsError` for one that cannot be read."""
    folder = Path(path).parent / directory
    _listed(folder)
    return [(str(each), _read(str(each))) for each in sorted(folder.glob(pattern)) if not each.name.startswith(".")]


def _listed(folder: Path) -> None:
    """A directory that may not be listed is a fault: to a pattern it would look empty."""
    try:
        next(folder.iterdir(), None)
    except PermissionError as error:
        raise _fault(str(folder), ALLOWED, _FAULTS[error.errno or errno.EACCES][1], permission.cure(str(folder))) from None
    except (OSError, ValueError):
        return


def _may_look(directory: Path) -> bool:
    return os.access(directory, os.X_OK) or not os.path.lexists(directory)


def _read(path: str, limit: int = SIZE_LIMIT) -> str:
    try:
        raw = read_small(path, limit + 1)
    except NotAFileError:
        raise _fault(path, _FILE, Bilingual("设备、管道或套接字", "a device, pipe or socket")) from None
    except ValueError:  # a NUL in the name
        raise _fault(path, _FILE, Bilingual("含 NUL 字符的路径", "a path with a NUL character")) from None
    except OSError as error:
        expected, was = _FAULTS.get(error.errno or 0, (_READABLE, _error(error)))
        raise _fault(path, expected, was, permission.cure(path) if expected is ALLOWED else None) from None
    if len(raw) > limit:
        size = limit // 1024
        wanted = Bilingual(f"不超过 {size} KiB 的配置文件", f"a configuration file of at most {size} KiB")
        raise _fault(path, wanted, Bilingual("更大的文件", "a larger file"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = f"0x{raw[error.start]:02x}"
        was = Bilingual(f"第 {line} 行的字节 {byte}", f"the byte {byte} in line {line}")
        raise _fault(path, Bilingual("UTF-8 编码的文字", "text in UTF-8"), was, cures.of_bytes(raw, escape(path))) from None


def _error(error: OSError) -> Bilingual:
    reason = os.strerror(error.errno or 0)
    return Bilingual(f"错误：{reason}", f"the error {reason}")


def _fault(path: str, expected: Bilingual, was: Bilingual, cure: Bilingual | None = None) -> SettingsError:
    return SettingsError((Problem(escape(path), same(""), expected, was, cure=cure),))
