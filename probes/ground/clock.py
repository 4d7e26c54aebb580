"""The clocks of the machine, as one object that is handed down: whoever tells the time by it can be given another one."""

from __future__ import annotations

import time

JUMP_S = 2.0  # less than this is a clock being steered, not set


class Clock:
    """The machine's own. Made once, where a program is put together; a test hands in one that it sets itself."""

    def wall(self) -> float:
        """Seconds since the epoch. People and time servers set it."""
        return time.time()

    def running(self) -> float:
        """Seconds that only ever grow and count through suspend (CLOCK_BOOTTIME), where the system has such a clock."""
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        try:
            return self.monotonic() if clock is None else time.clock_gettime(clock)
        except OSError:
            return self.monotonic()

    def monotonic(self) -> float:
        """Seconds that only ever grow and stand still in suspend: for how long something took."""
        return time.monotonic()


class JumpWatch:
    """Tells by how many seconds the wall clock was set since it was last asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._now()

    def jumped(self) -> float:
        """0.0 for no jump; positive for a clock that was set forward."""
        before, self._offset = self._offset, self._now()
        moved = self._offset - before
        return moved if abs(moved) > JUMP_S else 0.0

    def _now(self) -> float:
        """By how much the wall clock is ahead of the one that runs."""
        return self._clock.wall() - self._clock.running()
