"""Two clocks: the wall clock, which people and time servers set, and one that only ever runs, asleep or awake."""

from __future__ import annotations

import time

JUMP_S = 2.0  # less than this is a clock being steered, not set


def wall() -> float:
    return time.time()


def running() -> float:
    """Seconds that count through suspend, unlike `time.monotonic`, where the system has such a clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    try:
        return time.monotonic() if clock is None else time.clock_gettime(clock)
    except OSError:
        return time.monotonic()


class JumpWatch:
    """Tells by how many seconds the wall clock was set since it was last asked."""

    def __init__(self) -> None:
        self._offset = wall() - running()

    def jumped(self) -> float:
        """0.0 for no jump; positive for a clock that was set forward."""
        before, self._offset = self._offset, wall() - running()
        moved = self._offset - before
        return moved if abs(moved) > JUMP_S else 0.0
