"""The real service at a world's terminal, on a clock whose quiet spans are cut out at the word of whoever plays the month.

Run inside the world. A line of standard input is a command, and each is answered by one line; every examination is a line of the file
of looks, in seconds that go on over starts of the machine: since this machine's start, and what was cut out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import thread
from pathlib import Path
from types import FrameType
from typing import Any

from agent.contract.document import Status
from agent.contract.times import parse
from agent.daemon import signals
from agent.daemon.service import run
from agent.examination.result import Examination
from agent.outputs import worker
from agent.outputs.registry import TABLE
from agent.outputs.seam import Context, Output
from agent.settings.load import Loaded, load
from agent.settings.model import Settings
from probes.ground.clock import Clock
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S

EVENT_S = 0.5  # within it an event of the kernel has begun a look
SMALLEST_S = 0.02


class MonthClock(LaterClock):
    """`booted_s`: when the machine was started, in the seconds of the month."""

    def __init__(self, by_s: float, ahead_s: float, booted_s: float) -> None:
        super().__init__()
        self.by_s, self.ahead, self._booted_s = by_s, ahead_s, booted_s

    def running(self) -> float:
        return super().running() - self._booted_s

    def monotonic(self) -> float:
        """What is cut out is as if the machine slept, and this clock stands still in sleep."""
        return Clock.monotonic(self)

    def month(self) -> float:
        return super().running()


class Seat:
    """`begun`, `ended`: examinations; `told`: of how many the document is out."""

    name, slow = "seat", False

    def __init__(self, clock: MonthClock, looks: Path, start: int) -> None:
        from agent.examination.examine import examine

        self._examine, self._clock, self._looks, self._start = examine, clock, looks, start
        self._turn = threading.Condition()
        self.begun = self.ended = self.told = 0
        self._due = float("inf")
        self._said: dict[str, Any] = {}

    def examine(self, loaded: Loaded, **how: Any) -> Examination:
        with self._turn:
            self.begun += 1
            began = self._clock.month()
            self._turn.notify_all()
        try:
            return self._examine(loaded, **how)
        finally:
            with self._turn:
                self.ended += 1
                line = {"start": self._start, "began": began, "ended": self._clock.month(), "wall": self._clock.wall()}
                with self._looks.open("a") as file:
                    file.write(json.dumps(line) + "\n")

    def outputs(self, settings: Settings, context: Context) -> Sequence[Output]:
        return [self]

    def document(self, status: Status) -> None:
        with self._turn:
            self.told = self.ended
            now, until = parse(status.generated_at), parse(status.valid_until)
            self._due = self._clock.running() + ((until - now) / 3 if now is not None and until is not None else 60.0)
            self._said = {"state": status.state.value, "cause": status.cause and status.cause.value, "pending": status.pending is not None}
            self._turn.notify_all()

    def answer(self, line: str) -> dict[str, Any]:
        word, _, rest = line.partition(" ")
        if word == "step":
            self._step(float(rest))
        elif word == "look":  # something was done that the kernel may tell of
            with self._turn:
                seen = self.begun
                self._turn.wait_for(lambda: self.begun > seen or self.ended < self.begun, EVENT_S)
                self._settled()
        elif word == "wall":
            self._clock.ahead += float(rest)
            self._due = self._clock.running() + 5.0  # a clock that was set is looked at soon
            self._wake()
        elif word == "do":  # in this process's mounts
            subprocess.run(["sh", "-euc", rest], check=True)
        return {**self._said, "next_s": self._due - self._clock.running(), "by_s": self._clock.by_s, "looks": self.ended}

    def _step(self, seconds: float) -> None:
        """So many seconds are cut out while nobody looks; where the next look is due by then, it is waited for."""
        with self._turn:
            self._settled()
            seen = self.begun
            self._clock.by_s += max(SMALLEST_S, seconds)
            due = self._clock.running() >= self._due
            self._wake()
            if due:
                self._turn.wait_for(lambda: self.begun > seen, PATIENCE_S / 4)
                self._settled()

    def _settled(self) -> None:
        """Nobody looks, all that was seen is told, the service waits, and its scheduler takes its work as done: it would let go of a look
        that came sooner."""
        end = self._clock.monotonic() + PATIENCE_S
        while self._clock.monotonic() < end:
            self._turn.wait_for(lambda: self.begun == self.ended == self.told and self.begun > 0, PATIENCE_S)
            frames = sys._current_frames()
            main = frames[threading.main_thread().ident or 0].f_code  # it compares two clocks, which must not move between
            if main.co_filename == signals.__file__ and not any(map(_at_work, frames.values())):
                return
            self._turn.wait(0.005)
        raise AssertionError("it looks and looks")

    def _wake(self) -> None:
        """The service asks its clock now, and not only half a second later."""
        os.kill(os.getpid(), signal.SIGUSR1)


_WORK = {(thread.__file__, "run"), (worker.__file__, "_run")}


def _at_work(frame: FrameType | None) -> bool:
    """Whether this thread is one of the scheduler's that has something to do, or one that writes."""
    while frame is not None:
        if (frame.f_code.co_filename, frame.f_code.co_name) in _WORK:
            return True
        frame = frame.f_back
    return False


def _commands(seat: Seat) -> None:
    rest = b""
    try:
        while came := os.read(0, 4096):
            *lines, rest = (rest + came).split(b"\n")
            for line in lines:
                os.write(1, json.dumps(seat.answer(line.decode().strip())).encode() + b"\n")
    except BaseException:
        traceback.print_exc()
        os._exit(70)  # whoever plays the month sees its end


def main(config: str, by_s: float, ahead_s: float, booted_s: float, looks: str, start: int) -> int:
    signal.signal(signal.SIGUSR1, lambda *_: None)
    clock = MonthClock(by_s, ahead_s, booted_s)
    seat = Seat(clock, Path(looks), start)
    threading.Thread(target=_commands, args=(seat,), name="commands", daemon=True).start()
    return run(load(config), once=False, timeout_s=15, examine=seat.examine, clock=clock, table=(*TABLE, seat.outputs))


def now() -> float:
    """Of the clock that the month goes by, before anything was cut out."""
    return Clock().running()


if __name__ == "__main__":
    config, by, ahead, booted, looks, start = sys.argv[1:]
    sys.exit(main(config, float(by), float(ahead), float(booted), looks, int(start)))
