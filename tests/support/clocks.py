"""Clocks that a test sets, for whoever tells the time by the clock that it is given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from probes.ground.clock import Clock


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    """The time zone of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        try:
            yield
        finally:
            patch.undo()
            time.tzset()


class SetClock(Clock):
    """It stands at `now`, until the test says otherwise; the wall clock is `ahead` of that by seconds."""

    def __init__(self, now: float = 1_780_000_000.0) -> None:
        self.now, self.ahead = now, 0.0

    def wall(self) -> float:
        return self.now + self.ahead

    def running(self) -> float:
        return self.now

    monotonic = running


class LaterClock(Clock):
    """The machine's own, and `by_s` seconds later; the wall clock is `ahead` of that by seconds."""

    def __init__(self) -> None:
        self.by_s, self.ahead = 0.0, 0.0

    def wall(self) -> float:
        return super().wall() + self.by_s + self.ahead

    def running(self) -> float:
        return super().running() + self.by_s

    def monotonic(self) -> float:
        return super().monotonic() + self.by_s


class LookedAtClock(Clock):
    """`step_s` pass with each look at the monotonic one."""

    def __init__(self, step_s: float) -> None:
        self._step_s, self.looks = step_s, 0

    def monotonic(self) -> float:
        self.looks += 1
        return (self.looks - 1) * self._step_s
