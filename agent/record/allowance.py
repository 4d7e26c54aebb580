"""What the record may cost on flash: so much at once, and so much more with time. Below half of it what repeats is told more sparingly,
and nothing is ever refused. Pure."""

from __future__ import annotations

AT_ONCE = 200_000  # bytes
A_DAY = 200_000
_DAY_S = 86400.0


class Allowance:
    """On the clock that nobody sets. `spent`: what was written in the day before, as far as that is known."""

    def __init__(self, now: float, spent: int = 0) -> None:
        self._left, self._at = float(max(0, AT_ONCE - spent)), now

    def spend(self, size: int, now: float) -> None:
        self._grow(now)
        self._left = max(0.0, self._left - size)

    def sparing(self, now: float) -> bool:
        self._grow(now)
        return self._left < AT_ONCE / 2

    def _grow(self, now: float) -> None:
        self._left = min(float(AT_ONCE), self._left + max(0.0, now - self._at) * A_DAY / _DAY_S)
        self._at = now
