"""What this machine lacked when it could not look, and what to do about it, in words."""

from __future__ import annotations

import errno
import os
import resource
import threading
from collections.abc import Callable

from probes.ground.text import escape

_RESTART = "restart the terminal"


def lacking(error: BaseException | None) -> str | None:
    """Of an error that tells of a shortage of this machine's own: descriptors, memory, buffers, space, threads, a module. None for any
    other, as for one that only says that something is not there or not permitted."""
    if isinstance(error, MemoryError):
        return _memory()
    if isinstance(error, ImportError):
        return f"the program's module {escape(error.name or '', 80)} cannot be loaded ({escape(str(error))}): install posdiag again"
    if isinstance(error, RuntimeError) and _by_starting_a_thread(error):
        return _threads()
    number = number_of(error)
    return _SHORTAGES[number]() if number in _SHORTAGES else None


def in_words(error: BaseException) -> str:
    """As `lacking`; of any other error its own words."""
    known = lacking(error)
    if known is not None:
        return known
    if not isinstance(error, OSError):
        return escape(f"{type(error).__name__}: {error}")
    number = number_of(error)
    if number == errno.EAGAIN:  # of fork(2)
        return _threads()
    said = _said(error, number)
    if number in (errno.EPERM, errno.EACCES):
        return f"this user may not do that: {said}: run it as root, or give its service the right"
    if number in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.ENOSYS):
        return f"this machine has no such connections: {said}: load the driver, or allow them to the service (RestrictAddressFamilies)"
    return f"the system gave an error that says nothing about the other side: {said}: {_RESTART}, and tell this text where it comes again"


def number_of(error: BaseException | None) -> int | None:
    """The errno of an error of the operating system. Those of name lookup, TLS and libraries count by tables of their own: None."""
    return error.errno if isinstance(error, OSError) and type(error).__module__ == "builtins" else None


def _said(error: OSError, number: int | None) -> str:
    """`Permission denied (EACCES), /etc/posdiag/key.pem`."""
    named = f" ({errno.errorcode.get(number, number)})" if number is not None else ""
    where = f", {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes | os.PathLike) else ""
    return escape(f"{error.strerror or error or type(error).__name__}{named}{where}")


def _by_starting_a_thread(error: RuntimeError) -> bool:
    """Python has no type of its own for that: the exception is known by the code from which it comes."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code is threading.Thread.start.__code__


def _allowed(limit: int, unit: int = 1, measure: str = "") -> str:
    """`(64 allowed)`; empty where there is no limit."""
    try:
        soft = resource.getrlimit(limit)[0]
    except (OSError, ValueError):
        return ""
    return "" if soft == resource.RLIM_INFINITY else f" ({soft // unit}{measure} allowed)"


def _descriptors() -> str:
    many = _allowed(resource.RLIMIT_NOFILE)
    return f"no file descriptor is left for this process{many}: restart it, or raise LimitNOFILE of its service"


def _descriptors_of_all() -> str:
    return f"no file descriptor is left on this machine: end the programs that hold many, {_RESTART}, or raise fs.file-max"


def _memory() -> str:
    much = _allowed(resource.RLIMIT_AS, 1 << 20, " MiB")
    return (
        f"no memory is left for this process{much}: end programs that need much, {_RESTART}, or raise MemoryMax of its service (ulimit -v)"
    )


def _buffers() -> str:
    return f"the kernel has no buffer left to send or to receive with: end programs that send much, or {_RESTART}"


def _space() -> str:
    return "no space is left (on the disk, or for the kernel's watches): delete what is not needed, or raise fs.inotify.max_user_watches"


def _quota() -> str:
    return "this user's share of the disk is used up: delete what is not needed, or raise the quota"


def _threads() -> str:
    many = _allowed(resource.RLIMIT_NPROC)
    cure = f"end what runs many or needs much memory, {_RESTART}, or raise TasksMax of its service"
    return f"no further thread or process can be started{many}: {cure}"


_SHORTAGES: dict[int | None, Callable[[], str]] = {
    errno.EMFILE: _descriptors,
    errno.ENFILE: _descriptors_of_all,
    errno.ENOMEM: _memory,
    errno.ENOBUFS: _buffers,
    errno.ENOSPC: _space,
    errno.EDQUOT: _quota,
}
