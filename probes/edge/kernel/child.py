"""A program of somebody else's that is run for what it says: for so long, for so many bytes, and nothing of it is left afterwards."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from subprocess import Popen

_PART = 16 * 1024  # bytes
_LOOK_S = 0.05  # how often it is looked whether it has ended while something of its keeps its output open
_REAPED_S = 0.5  # for the kernel to end what was killed


class Said(Struct, frozen=True, kw_only=True):
    """`status` as waitstatus_to_exitcode(os) tells it, None where it was ended; then it was `late`, or had said too `much`."""

    output: bytes
    status: int | None
    late: bool = False
    much: bool = False


def run(argv: Sequence[str], patience_s: float, limit: int, *, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Said:
    """Its standard output; what it says of errors goes nowhere. `given` over its standard input.

    It has a group of processes of its own, which is killed as a whole at its end: what it started and left behind too.
    Raises OSError where it cannot be started, ImportError where there is no descriptor for that.
    """
    import subprocess

    end = time.monotonic() + patience_s
    process = subprocess.Popen(  # noqa: S603 - no shell; who calls it names the program
        argv,
        stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=None if environment is None else dict(environment),
        start_new_session=True,
    )
    try:
        return _heard(process, end, limit, given)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # not reaped so far: the number is still its own
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_REAPED_S)


def _heard(process: Popen[bytes], end: float, limit: int, given: bytes) -> Said:
    assert process.stdout is not None
    out, came, rest = process.stdout.fileno(), bytearray(), memoryview(given)
    poller = select.poll()
    os.set_blocking(out, False)
    poller.register(out, select.POLLIN)
    if process.stdin is not None:
        os.set_blocking(process.stdin.fileno(), False)
        poller.register(process.stdin, select.POLLOUT)
    over = False
    while not over:
        left = end - time.monotonic()
        if left <= 0:
            return Said(output=bytes(came), status=None, late=True)
        gone = _status(process.pid)  # before the look at its output: all that it said is there by then
        ready = {number for number, _ in poller.poll(0 if gone is not None else min(left, _LOOK_S) * 1000)}
        if process.stdin is not None and not process.stdin.closed and process.stdin.fileno() in ready:
            rest = _written(process, rest, poller)
        if out in ready:
            part = os.read(out, min(_PART, limit + 1 - len(came)))
            came += part
            if len(came) > limit:
                return Said(output=bytes(came[:limit]), status=None, much=True)
            if not part:
                poller.unregister(out)
                over = True
        elif gone is not None:
            over = True
    while (gone := _status(process.pid)) is None and time.monotonic() < end:  # it has closed its output, and ends
        time.sleep(0.001)
    return Said(output=bytes(came), status=gone, late=gone is None)


def _written(process: Popen[bytes], rest: memoryview, poller: select.poll) -> memoryview:
    assert process.stdin is not None
    try:
        rest = rest[os.write(process.stdin.fileno(), rest[:_PART]) :]
    except BlockingIOError:
        return rest
    except OSError:  # it does not read any more
        rest = rest[:0]
    if not rest:
        poller.unregister(process.stdin)
        process.stdin.close()
    return rest


def _status(pid: int) -> int | None:
    """Of one that has ended, which stays to be reaped; else None."""
    try:
        found = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return 0
    if found is None:
        return None
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
