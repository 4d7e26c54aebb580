"""Whether the files that the configuration names can be read and hold what they should."""

from __future__ import annotations

import errno
import os

from agent.settings.permission import ALLOWED
from agent.settings.problem import found
from probes.ground.bilingual import Bilingual
from probes.ground.files import NotAFileError, read_small

CERTIFICATE = Bilingual("证书", "certificate")
PRIVATE_KEY = Bilingual("私钥", "private key")
_MARKS = {CERTIFICATE: (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----"), PRIVATE_KEY: (b"PRIVATE KEY-----",)}
_FILE = Bilingual("文件", "a file")
_LIMIT = 8 * 1024 * 1024  # bytes; a system's whole bundle has less than half a MiB


def pem_fault(path: str, kind: Bilingual) -> tuple[Bilingual, Bilingual] | None:
    """None where the file can be read and holds such a thing in PEM form; else what was expected and what was found."""
    if not path.startswith("/"):
        return Bilingual("绝对路径（以 / 开头）", "an absolute path"), found(path)
    try:
        content = read_small(path, _LIMIT)
    except NotAFileError:
        return _FILE, _but(path, "是设备、管道或套接字", ", which is a device, pipe or socket")
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else errno.EINVAL
        if number == errno.EISDIR:
            return _FILE, _but(path, "是目录", ", which is a directory")
        if number in (errno.EACCES, errno.EPERM):
            return ALLOWED, _but(path, "没有权限", ": permission denied")
        if number in (errno.ENOENT, errno.ENOTDIR):
            return Bilingual("存在的文件", "a file that exists"), _but(path, "没有这个文件", ": no such file")
        reason = os.strerror(number or 0)
        return Bilingual("能读取的文件", "a readable file"), _but(path, reason, f": {reason}")
    if not any(mark in content for mark in _MARKS[kind]):
        return Bilingual(f"PEM 格式的{kind.zh}", f"a {kind.en} in PEM form"), _but(path, f"里面没有{kind.zh}", " without one")
    return None


def _but(path: str, zh: str, en: str) -> Bilingual:
    """The path, and what is the matter with it."""
    shown = found(path)
    return Bilingual(f"{shown.zh}：{zh}", f"{shown.en}{en}")
