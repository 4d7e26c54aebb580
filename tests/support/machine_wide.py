"""What concerns the whole machine, such as an event of its kernel, is made by one test at a time, while those are not under way that it
would reach. Tests run beside each other, and beside those of other checkouts.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERIAL_EVENTS = "serial-events"


def turn(what: str, *, alone: bool) -> int:
    """A descriptor; until it is closed, by whoever has it last, those that want to be alone wait, and where this one is, all others."""
    path = Path(tempfile.gettempdir(), f"posdiag-tests-{what}.lock")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # whoever made it: where all may write, O_CREAT is refused for another's
    except FileNotFoundError:
        handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    return handle


@contextmanager
def alone(what: str) -> Iterator[None]:
    handle = turn(what, alone=True)
    try:
        yield
    finally:
        os.close(handle)
