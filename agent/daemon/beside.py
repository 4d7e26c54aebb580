"""The terminals beside this machine, one after another, beside the cycle: in a thread that is there only while one is looked at.

Loaded only where there are any. One that hangs costs the others its time, which is bounded; the cycle it costs nothing.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial

from agent.daemon.beside_terminal import BesideTerminal
from agent.daemon.own_faults import OwnFaults
from agent.examination.adb_servers import AdbServers
from agent.outputs.outputs import Outputs
from agent.outputs.worker import Worker
from agent.settings.load import Loaded
from probes.ground.clock import Clock

AGAIN_S = 5.0  # where the system starts no thread, or nothing could be made


class BesideWatch:
    """`from_s`: on the running clock, before which none is looked at. `once`: each is looked at once."""

    def __init__(self, loaded: Loaded, outputs: Outputs, clock: Clock, timeout_s: float, from_s: float, *, once: bool) -> None:
        self._loaded, self._clock = loaded, clock
        self._adb = AdbServers(loaded.settings.agent.state_dir, service=True)
        self._made = partial(BesideTerminal, loaded, outputs, clock, timeout_s, once=once, adb=self._adb)
        self._own_faults = OwnFaults(outputs.notifier, "beside")
        self._terminals: dict[str, BesideTerminal] = {}
        self._look_at = max(from_s, clock.running())
        self._stopping = threading.Event()
        self._worker = Worker("beside", self._work)

    @property
    def within_s(self) -> float:
        """Until `look` has something to do."""
        return max(0.05, self._look_at - self._clock.running())

    def look(self) -> None:
        """To be called on and on. Returns at once."""
        for each in list(self._terminals.values()):
            each.listen()
        if self._clock.running() >= self._look_at and not self._stopping.is_set():
            self._look_at = float("inf")
            if not self._worker.wake():
                self._look_at = self._clock.running() + AGAIN_S

    @property
    def wakers(self) -> tuple[int, ...]:
        """Descriptors that become readable when `look` has something to listen to."""
        return tuple(waker for each in list(self._terminals.values()) for waker in each.wakers)

    def clock_moved(self, by: float) -> None:
        """Returns at once."""
        for each in list(self._terminals.values()):
            each.clock_moved(by)
            self._look_at = min(self._look_at, each.due)

    def once(self) -> None:
        """Looks at each of them, and ends."""
        self._work()
        self._close(write=True, stopped=False)

    def tell_stopping(self) -> None:
        """No other look begins."""
        self._stopping.set()

    def close(self, patience_s: float, *, write: bool, stopped: bool) -> None:
        """What is known by now is written within the time, or not at all: a look may go on, and a disk may hang."""
        self.tell_stopping()
        thread = threading.Thread(target=self._close, kwargs={"write": write, "stopped": stopped}, name="beside stopped", daemon=True)
        with suppress(RuntimeError):  # no thread is left: the documents' time runs out by itself
            thread.start()
            thread.join(patience_s)

    def _close(self, *, write: bool, stopped: bool) -> None:
        for each in list(self._terminals.values()):
            each.close(write=write, stopped=stopped)
        self._adb.close()

    def _work(self) -> None:
        """Never raises."""
        again_at = self._clock.running() + AGAIN_S
        try:
            self._make()
            again_at = min(self._round(), again_at if self._lacking else float("inf"))
        finally:
            self._look_at = again_at

    @property
    def _lacking(self) -> bool:
        return len(self._terminals) < len(self._loaded.settings.beside)

    def _make(self) -> None:
        for each in self._loaded.settings.beside if self._lacking else ():
            if each.name not in self._terminals and not self._stopping.is_set():
                with self._own_faults.said(each.name):
                    self._terminals[each.name] = self._made(each)

    def _round(self) -> float:
        """On the running clock, when the next of them is due."""
        for each in sorted(self._terminals.values(), key=lambda one: one.due):
            if each.due <= self._clock.running() and not self._stopping.is_set():
                each.look(sum(one.took_s for one in self._terminals.values()))
        return min((each.due for each in self._terminals.values()), default=float("inf"))
