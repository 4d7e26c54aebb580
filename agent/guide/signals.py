"""Signals while somebody is led: they are heard in the order of things, so that nothing is lost and the terminal is left as it was."""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEARD = (*ENDING, signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)


class Signals:
    """`reading`: becomes readable when one has come. Those that were ignored when we were started stay so."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        for end in (self.reading, self._writing):
            os.set_blocking(end, False)
        self._before: dict[int, object] = {}

    def __enter__(self) -> Signals:
        for number in _HEARD:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        writing, self._writing = self._writing, -1  # a look may end later than we do
        os.close(self.reading)
        os.close(writing)

    def wake(self) -> None:
        """For another thread: something is to be looked at."""
        self._put(0)

    def heard(self) -> list[int]:
        try:
            return [number for number in os.read(self.reading, 256) if number]
        except BlockingIOError:
            return []

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._put(number)

    def _put(self, number: int) -> None:
        try:
            os.write(self._writing, bytes([number]))
        except OSError:  # full: it wakes as well; closed: nobody waits any more
            return
