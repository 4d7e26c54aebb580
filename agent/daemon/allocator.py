"""Keeps the C library's memory in one piece.

glibc gives each new thread an arena of its own. Every examination runs its probes in new threads, and what TLS leaves scattered over
many arenas is never given back: in a thousand examinations some 20 MiB. One arena costs a process that mostly waits nothing.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # mallopt(3)


def one_arena() -> None:
    """To be called before there are threads. A C library without arenas (musl, Android's) has nothing to be told."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
