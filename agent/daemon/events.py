"""What happens to the way out and to serial devices is looked at when it happens, not when the next cycle comes.

Where the system tells of no such thing, only cycles find it, as they would without this.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from probes.ground.clock import Clock

SETTLE_S = 0.15  # one plug, one cable makes several events
STEP_S = 2.0
PATIENT = 8  # examinations in a row, before they come less and less often
LONGEST_S = 30.0
CALM_S = 10.0  # without an event, after which a row is over

Examine = Callable[[Callable[[], bool]], None]


class Source(Protocol):
    def fileno(self) -> int: ...
    def read(self) -> bool: ...
    def close(self) -> None: ...


class Allowance:
    """Two examinations at once, for a plug pulled and put back, then one every 2 s, for what resets or flaps again and again.

    In a long row they come ever later: a device may reset because it is examined.
    """

    def __init__(self) -> None:
        self._row = 0
        self._restored_at = float("-inf")

    def spend(self, now: float) -> float:
        """One examination is over; the seconds until the next may begin."""
        self._row = 1 if now >= self._restored_at + CALM_S else self._row + 1
        step = min(LONGEST_S, STEP_S * 2.0 ** max(0, min(self._row - PATIENT, 10)))
        self._restored_at = max(self._restored_at, now) + step
        return max(0.0, self._restored_at - STEP_S - now)


class Events:
    """`examine` makes an examination. Right before, it calls what it is given, which tells whether something happened to the way out.

    One thread waits; it costs nothing while nothing happens.
    """

    def __init__(self, way_out: Sequence[Source], devices: Sequence[Source], examine: Examine, clock: Clock) -> None:
        self._sources, self._way_out, self._examine, self._clock = [*way_out, *devices], tuple(way_out), examine, clock
        self._stop: int | None = None

    def start(self) -> None:
        if self._sources:
            stopped, self._stop = os.pipe()
            threading.Thread(target=self._watch, args=(stopped,), name="events", daemon=True).start()

    def stop(self) -> None:
        """Waits for no examination. The thread sees the end of the pipe, and closes what it has."""
        if self._stop is not None:
            os.close(self._stop)
            self._stop = None

    def _watch(self, stopped: int) -> None:
        try:
            allowance = Allowance()
            while self._sources:
                if not self._wait(stopped):
                    return
                told = self._read()
                if not told:
                    continue
                if _ended(stopped, SETTLE_S):
                    return
                self._examine(partial(self._happened, told))
                if _ended(stopped, allowance.spend(self._clock.monotonic())):
                    return
        finally:
            for source in self._sources:
                source.close()
            os.close(stopped)

    def _wait(self, stopped: int) -> bool:
        """False at the end."""
        poll = select.poll()
        for descriptor in (stopped, *(source.fileno() for source in self._sources)):
            poll.register(descriptor, select.POLLIN)
        return all(descriptor != stopped for descriptor, _ in poll.poll())

    def _happened(self, told: list[Source]) -> bool:
        """Whether any of what happened until now, which the examination that begins will see, concerns the way out."""
        return any(source in self._way_out for source in [*told, *self._read()])

    def _read(self) -> list[Source]:
        """Those that tell of something. One that fails is given up."""
        told = []
        for source in tuple(self._sources):
            try:
                if source.read():
                    told.append(source)
            except OSError:
                source.close()
                self._sources.remove(source)
        return told


def _ended(stopped: int, within_s: float) -> bool:
    poll = select.poll()
    poll.register(stopped, select.POLLIN)
    return bool(poll.poll(within_s * 1000))
