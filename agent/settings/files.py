"""Whether the files that the configuration names can be read and hold what they should. What is wrong with one may have come about since
it was installed: that is a finding of its gateway, and no look ends for it (`of_a_file`)."""

from __future__ import annotations

import errno
import os

from agent.settings.permission import ALLOWED
from agent.settings.problem import Problem, found
from probes.ground.bilingual import Bilingual
from probes.ground.files import NotAFileError, read_small

CERTIFICATE = Bilingual("证书", "certificate")
PRIVATE_KEY = Bilingual("私钥", "private key")
_MARKS = {CERTIFICATE: (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----"), PRIVATE_KEY: (b"PRIVATE KEY-----",)}
_FILE = Bilingual("文件", "a file")
_EXISTS = Bilingual("存在的文件", "a file that exists")
_READABLE = Bilingual("能读取的文件", "a readable file")
_PEM = {kind: Bilingual(f"PEM 格式的{kind.zh}", f"a {kind.en} in PEM form") for kind in _MARKS}
_WHOLE = {kind: Bilingual(f"完整的 PEM 格式{kind.zh}", f"a whole {kind.en} in PEM form") for kind in _MARKS}
WITH_KEY = Bilingual("文件，因为 client_cert_file 里没有私钥", "a file, as client_cert_file is given and holds no private key")
_SECRET = Bilingual("里面有口令的文件", "a file with the secret in it")
_OF_A_FILE = (_SECRET, ALLOWED, _FILE, _EXISTS, _READABLE, *_PEM.values(), *_WHOLE.values(), WITH_KEY)
_BEGIN, _END = b"-----BEGIN ", b"-----END "
_LIMIT = 8 * 1024 * 1024  # bytes; a system's whole bundle has less than half a MiB


def pem_fault(path: str, kind: Bilingual) -> tuple[Bilingual, Bilingual] | None:
    """None where the file can be read and holds such a thing in PEM form; else what was expected and what was found."""
    if not path.startswith("/"):
        return Bilingual("绝对路径（以 / 开头）", "an absolute path"), found(path)
    content = _content(path)
    if isinstance(content, tuple):
        return content
    if not any(mark in content for mark in _MARKS[kind]):
        return _PEM[kind], _but(path, f"里面没有{kind.zh}", " without one")
    if content.count(_BEGIN) != content.count(_END):
        return _WHOLE[kind], _but(path, "不完整，被截断了", ", which is cut off")
    return None


def secret_fault(path: str) -> tuple[Bilingual, Bilingual] | None:
    """None where the file can be read and holds a line of text; else what was expected and what was found."""
    content = _content(path)
    if isinstance(content, tuple):
        return content
    return None if content.strip() else (_SECRET, _but(path, "是空的", ", which is empty"))


def _content(path: str) -> bytes | tuple[Bilingual, Bilingual]:
    """What it holds; or what was expected and what was found, where it cannot be read."""
    try:
        return read_small(path, _LIMIT)
    except NotAFileError:
        return _FILE, _but(path, "是设备、管道或套接字", ", which is a device, pipe or socket")
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else errno.EINVAL
        if number == errno.EISDIR:
            return _FILE, _but(path, "是目录", ", which is a directory")
        if number in (errno.EACCES, errno.EPERM):
            return ALLOWED, _but(path, "没有权限", ": permission denied")
        if number in (errno.ENOENT, errno.ENOTDIR):
            return _EXISTS, _but(path, "没有这个文件", ": no such file")
        reason = os.strerror(number or 0)
        return _READABLE, _but(path, reason, f": {reason}")


def of_a_file(problem: Problem) -> bool:
    """It tells of the file that the configuration names, and not of the configuration."""
    return problem.expected in _OF_A_FILE


def _but(path: str, zh: str, en: str) -> Bilingual:
    """The path, and what is the matter with it."""
    shown = found(path)
    return Bilingual(f"{shown.zh}：{zh}", f"{shown.en}{en}")
