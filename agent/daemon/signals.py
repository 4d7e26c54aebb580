"""Waits for the signals that end the daemon.

Not by `signal.sigtimedwait`: interrupted by SIGCONT after its time is over, CPython's returns a signal that never came, and a daemon
that was only stopped for a moment would take that for its end.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Sequence
from types import FrameType, TracebackType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """Within it the signals only make `wait` true. For the main thread."""

    def __enter__(self) -> Signals:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before = {number: signal.signal(number, _nothing) for number in SIGNALS}
        self._fd_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._came = False
        return self

    def wait(self, timeout_s: float, others: Sequence[int] = ()) -> bool:
        """Whether one came, now or earlier. `others`: descriptors that end the wait as well, once they can be read."""
        poll = select.poll()
        for descriptor in (self._reader, *others):
            poll.register(descriptor, select.POLLIN)
        if not self._came and self._reader in [descriptor for descriptor, _ in poll.poll(timeout_s * 1000)]:
            came = os.read(self._reader, 64)  # a byte for each signal
            self._came = any(number in came for number in SIGNALS)
        return self._came

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._reader)
        os.close(self._writer)


def _nothing(number: int, frame: FrameType | None) -> None:
    """The byte in the pipe says it all."""
