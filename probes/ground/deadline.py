"""One budget of time for everything that one probe does, and what it spends of the line meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from probes.ground.bytes_spent import BytesSpent


class Deadline:
    """A moment on the monotonic clock; wall-clock jumps do not move it. `spent`: counts the bytes of all that is done under it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic, spent: BytesSpent | None = None) -> None:
        self.spent = BytesSpent() if spent is None else spent
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def passed(self) -> bool:
        return self.remaining() <= 0.0

    def within(self, seconds: float) -> Deadline:
        """A deadline at most `seconds` away and never later than this one, which counts where this one does."""
        return Deadline(min(seconds, self.remaining()), self._clock, self.spent)
