"""Processors of other machines: a host, a name server, a device has its own, and is not kept waiting by what this machine does besides."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

_NICENESS = -15


def take_precedence(pid: int | None = None) -> None:
    """The process comes first whenever it has something to do, without one this thread; where that is not permitted, it stays as it is.

    What is examined stays where it is, beside everything else that runs here.
    """
    with suppress(OSError):  # not root
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id() if pid is None else pid, _NICENESS)
