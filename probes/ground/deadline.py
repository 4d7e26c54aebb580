"""One budget of time for everything that one probe does, the clock it tells the time by, and what it spends of the line meanwhile."""

from __future__ import annotations

from probes.ground.bytes_spent import BytesSpent
from probes.ground.clock import Clock


class Deadline:
    """A moment on the monotonic clock; wall-clock jumps do not move it. `clock`: by which all that is done under it tells the time;
    `spent`: counts its bytes."""

    def __init__(self, seconds: float, clock: Clock | None = None, spent: BytesSpent | None = None) -> None:
        self.clock = Clock() if clock is None else clock
        self.spent = BytesSpent() if spent is None else spent
        self._end = self.clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self.clock.monotonic())

    def passed(self) -> bool:
        return self.remaining() <= 0.0

    def within(self, seconds: float) -> Deadline:
        """A deadline at most `seconds` away and never later than this one, by the same clock, which counts where this one does."""
        return Deadline(min(seconds, self.remaining()), self.clock, self.spent)
