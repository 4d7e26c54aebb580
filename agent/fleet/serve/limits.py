"""How often somebody may push: a bucket for each token and for each terminal, which fills with time."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

_SWEPT_AT_LEAST = 1000


class Rate(Struct, frozen=True):
    """`burst`: documents at once, as after an outage; `per_s`: in the long run."""

    per_s: float
    burst: float


class Buckets:
    """`running`: seconds of a clock that never goes back."""

    def __init__(self, running: Callable[[], float]) -> None:
        self._running = running
        self._left: dict[str, tuple[float, float]] = {}  # what was left, and when
        self._sweep_at = _SWEPT_AT_LEAST

    def wait_s(self, key: str, rate: Rate, cost: int = 1) -> float:
        """0 where it may, and then it is counted; else the seconds after which it may. What costs more than a whole burst may where the
        bucket is full, and leaves it empty for as long as that takes."""
        now = self._running()
        known = self._left.get(key)
        if known is None:
            left = rate.burst
            if len(self._left) >= self._sweep_at:
                self._sweep(now)
        else:
            left = min(rate.burst, known[0] + (now - known[1]) * rate.per_s)
        wanted = min(float(cost), rate.burst)
        if left < wanted:
            return (wanted - left) / rate.per_s
        self._left[key] = (left - cost, now)
        return 0.0

    def _sweep(self, now: float) -> None:
        """Forgets whoever has not come for an hour: by then every bucket is full, or as good as."""
        self._left = {key: known for key, known in self._left.items() if now - known[1] < 3600}
        self._sweep_at = max(_SWEPT_AT_LEAST, 2 * len(self._left))
