"""Which file holds the configuration, and its text."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from agent.settings.files import NotAFileError, read_file
from agent.settings.problem import Problem, SettingsError
from probes.edge.text import escape

DEFAULT_PATH = "/etc/posdiag/agent.toml"
VARIABLE = "POSDIAG_CONFIG"
SIZE_LIMIT = 1024 * 1024  # bytes; past it the file is something else

_FAULTS = {
    errno.ENOENT: ("a configuration file", "no such file"),
    errno.ENOTDIR: ("a configuration file", "a path that leads through a file, not a directory"),
    errno.EACCES: ("a file that this user may read", "a refusal by the operating system: permission denied"),
    errno.EPERM: ("a file that this user may read", "a refusal by the operating system: not permitted"),
    errno.EISDIR: ("a configuration file", "a directory"),
    errno.ELOOP: ("a configuration file", "symbolic links that lead in a circle"),
    errno.ENAMETOOLONG: ("a configuration file", "a path that is too long"),
    errno.EIO: ("a readable file", "an input/output error of the disk"),
}


def find(path: str | None, environment: Mapping[str, str] | None = None) -> tuple[str | None, str]:
    """The path in use (None: the built-in default) and the file's text. Raises `SettingsError`.

    A named file must be there. The file in /etc may be missing; one that is there and cannot be read is an error,
    never a silent fall back to the default.
    """
    chosen = path if path is not None else (os.environ if environment is None else environment).get(VARIABLE) or None
    if chosen is not None:
        return chosen, _read(chosen)
    if not os.path.lexists(DEFAULT_PATH) and _may_look(Path(DEFAULT_PATH).parent):
        return None, ""
    return DEFAULT_PATH, _read(DEFAULT_PATH)


def _may_look(directory: Path) -> bool:
    return os.access(directory, os.X_OK) or not os.path.lexists(directory)


def _read(path: str) -> str:
    try:
        raw = read_file(path, SIZE_LIMIT + 1)
    except NotAFileError:
        raise _fault(path, "a configuration file", "a device, pipe or socket") from None
    except ValueError:  # a NUL in the name
        raise _fault(path, "a configuration file", "a path with a NUL character") from None
    except OSError as error:
        expected, was = _FAULTS.get(error.errno or 0, ("a readable file", f"the error {os.strerror(error.errno or 0)}"))
        raise _fault(path, expected, was) from None
    if len(raw) > SIZE_LIMIT:
        raise _fault(path, f"a configuration file of at most {SIZE_LIMIT // 1024} KiB", "a larger file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fault(path, "text in UTF-8", f"the byte 0x{raw[error.start]:02x} in line {line}") from None


def _fault(path: str, expected: str, was: str) -> SettingsError:
    return SettingsError((Problem(escape(path), "", expected, was),))
