"""Question and answer over an open serial port, local or served; pyserial's exceptions become two of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import serial

from probes.edge.failures import raise_if_ours
from probes.ground.deadline import Deadline

READ_SLICE_S = 0.05  # the port's read timeout: how often a deadline is looked at
WRITE_PATIENCE_S = 0.5
_MOST = 4096  # bytes of one answer; whoever sends more talks without end
_FLOOD = 32 * 1024  # bytes that come unasked: at the fastest baud rate of ordinary lines a quarter of a second
_BEGINNING = 64  # bytes


class Stalled(Exception):
    """The bytes of a question cannot leave."""


class Gone(Exception):
    """The device vanished, or the connection to the machine that serves it ended."""


class Joined(Exception):
    """Another program opened the port: nothing more is said or read, as what comes may be for it."""


class Asks(Protocol):
    """What a protocol needs of a line."""

    def ask(self, question: bytes, enough: Callable[[bytes], bool], patience_s: float) -> bytes: ...


class OpenPort(Protocol):
    """What the serial ports of pyserial have in common, local or served."""

    @property
    def dsr(self) -> bool: ...
    @property
    def cts(self) -> bool: ...
    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int = 1, /) -> bytes: ...
    def write(self, data: bytes, /) -> int | None: ...
    def close(self) -> None: ...


class Talk:
    """`heard` is the beginning of everything that came, answers or not."""

    def __init__(self, port: OpenPort, deadline: Deadline, joined: Callable[[], bool] = lambda: False) -> None:
        self._port = port
        self._deadline = deadline
        self._joined = joined
        self.heard = b""
        self.floods = False  # it talks without end: nothing more is asked

    def ask(self, question: bytes, enough: Callable[[bytes], bool], patience_s: float) -> bytes:
        """What came until it was enough or patience ended. Raises Joined, Stalled, Gone and CannotTell; what came before Gone counts
        first."""
        deadline = self._deadline.within(patience_s)
        came = b""
        try:
            unasked = self._discard(deadline)
            if self.floods or deadline.passed():
                return unasked  # it never stops talking
            self._alone()
            self._port.write(question)
            while not deadline.passed() and len(came) < _MOST:
                self._alone()
                came += self._read(1)
                if came and (more := self._port.in_waiting):
                    came += self._read(more)
                if came and enough(came):
                    break
        except serial.SerialTimeoutException:
            raise Stalled from None
        except (serial.SerialException, OSError) as error:
            if came and enough(came):
                return came
            raise_if_ours(error, error.__context__)
            raise Gone from None
        return came

    def listen(self, seconds: float) -> None:
        """What is said unasked goes to `heard`. Raises Gone and CannotTell."""
        deadline = self._deadline.within(seconds)
        try:
            while not deadline.passed() and not self.floods:
                self._read(1)  # what pyserial had read before an error would be lost
        except (serial.SerialException, OSError) as error:
            raise_if_ours(error, error.__context__)
            raise Gone from None

    def _alone(self) -> None:
        if self._joined():
            raise Joined

    def _discard(self, deadline: Deadline) -> bytes:
        """What a device said unasked is no answer: the last of it. Nobody else waits for it while the port is ours alone."""
        came, discarded = b"", 0
        while (more := self._port.in_waiting) and not deadline.passed() and not self.floods:
            self._alone()
            came = self._read(more)
            discarded += len(came)
            self.floods = discarded >= _FLOOD
        return came

    def _read(self, most: int) -> bytes:
        came = bytes(self._port.read(min(most, _MOST)))
        self.heard = (self.heard + came)[:_BEGINNING]
        return came
