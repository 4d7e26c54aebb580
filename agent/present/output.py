"""Writing to a stream that may be closed, full, gone, or of any encoding."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from agent.present import encoding
from agent.present.journal import Level, marked
from probes.ground.bilingual import Bilingual, same

_WHY = {
    errno.ENOSPC: Bilingual("磁盘满了", "the disk is full"),
    errno.EDQUOT: Bilingual("这个用户的磁盘配额用完了", "this user's share of the disk is used up"),
    errno.EFBIG: Bilingual("文件太大，超过了限制", "the file would be larger than allowed"),
    errno.EROFS: Bilingual("磁盘是只读的", "the disk is read-only"),
    errno.ENOENT: Bilingual("没有这个目录", "there is no such directory"),
    errno.ENOTDIR: Bilingual("路径里有一段不是目录", "a part of the path is no directory"),
    errno.EISDIR: Bilingual("那里是一个目录", "a directory lies there"),
    errno.EACCES: Bilingual("当前用户没有权限", "this user may not"),
    errno.EPERM: Bilingual("系统不允许", "the system does not allow it"),
    errno.ENAMETOOLONG: Bilingual("名字太长", "the name is too long"),
    errno.EIO: Bilingual("读写出错", "reading or writing fails"),
}


def why_not(error: OSError) -> Bilingual:
    """Why something could not be written, for people."""
    return _WHY.get(error.errno or 0, same(error.strerror or type(error).__name__))


class CannotWrite(Exception):
    """The output could not be written; `text` says why."""

    def __init__(self, error: OSError) -> None:
        why = why_not(error)
        self.text = Bilingual(
            f"结果没有写出去：{why.zh}。请写到别处再试", f"The result could not be written: {why.en}. Write it elsewhere."
        )
        super().__init__(why.en)


def prepare() -> None:
    """From here on neither stream raises over a character."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=encoding.encoding_of(stream), errors="backslashreplace")


_own: TextIO | None = None


def stdout() -> TextIO | None:
    """The standard output that we were started with."""
    return _own or sys.stdout


def keep_stdout() -> None:
    """From here on nobody but `say` and `say_bytes` writes to it: what others print in this process goes nowhere."""
    global _own
    if _own is not None or sys.stdout is None:
        return
    sys.stdout.flush()
    descriptor = sys.stdout.fileno()
    _own = os.fdopen(os.dup(descriptor), "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)
    _nowhere(descriptor)


def say(lines: Iterable[str]) -> None:
    _write(stdout(), "".join(f"{line}\n" for line in lines))


def complain(lines: Iterable[str]) -> None:
    """To the error stream; a failure there has nobody left to be told."""
    try:
        _write(sys.stderr, "".join(f"{line}\n" for line in marked(lines, Level.ERROR, sys.stderr)))
    except CannotWrite:
        return


def say_bytes(data: bytes) -> None:
    """Bytes as they are, whatever the encoding of the terminal (JSON is UTF-8)."""
    stream = stdout()
    if stream is None:
        return
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except OSError as error:
        silence(stream)
        raise CannotWrite(error) from error


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(encoding.stand_in(text, encoding.encoding_of(stream)))
        stream.flush()
    except BrokenPipeError:  # the reader has seen enough
        silence(stream)
    except OSError as error:
        silence(stream)
        raise CannotWrite(error) from error


def silence(stream: TextIO) -> None:
    """Whatever is still buffered goes nowhere, so that leaving the program does not fail over it."""
    _nowhere(stream.fileno())


def _nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
