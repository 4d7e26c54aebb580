"""A printer of USB's printer class (`/dev/usb/lp0`, driver usblp): no serial line, and no settings to put back.

The driver lets one program in at a time: while we have it, the application's own opening fails (EBUSY). So it is held for as long as one
byte of status takes, and for a question of ESC/POS only where that is asked for; no answer is waited for longer than a printer needs.

`LPGETSTATUS` (`include/uapi/linux/lp.h`) has the driver ask GET_PORT_STATUS (USB Printer Class 1.1, section 4.2.2), one byte: 0x20 paper
end, 0x10 selected, 0x08 no error. Many printers always say 0x18, and some 0x00: they tell nothing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
from collections.abc import Callable, Iterator
from typing import Protocol

from probes.edge.failures import raise_if_ours
from probes.edge.serial import enq, escpos
from probes.edge.serial.device_answer import DeviceAnswer, answered, failed, not_asked
from probes.edge.serial.opening import NotOpened
from probes.edge.serial.recognise import instead
from probes.edge.serial.talk import Gone, Joined, OpenPort, Stalled, Talk
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.devices import Paper, PrinterStatus
from probes.model.facts import ExchangeFacts
from probes.settings import SerialDevice, SerialProtocol

LPGETSTATUS = 0x060B
PAPER_END, SELECTED, NO_ERROR = 0x20, 0x10, 0x08
SPOKEN = (SerialProtocol.OPEN, SerialProtocol.ESCPOS, SerialProtocol.ENQ, SerialProtocol.EXPECT)
_SAYS_NOTHING = (0x00, SELECTED | NO_ERROR)
_KNOWN = PAPER_END | SELECTED | NO_ERROR
_PATIENCE_S = 0.4  # an answer comes over the same cable within some milliseconds, and meanwhile the application is shut out
_WRITE_S = 0.3  # a printer without paper may take no more bytes
_GONE = (errno.ENODEV, errno.ENOENT, errno.ENXIO, errno.EPROTO)
_REFUSED = {
    errno.EBUSY: Symptom.PORT_BUSY,
    errno.EACCES: Symptom.PORT_PERMISSION,
    errno.EPERM: Symptom.PORT_PERMISSION,
    **dict.fromkeys(_GONE, Symptom.DEVICE_MISSING),
}
_OPENED = ExchangeFacts(opened=True)
BUSY = not_asked("another program opened the printer in this moment")


class Printer(OpenPort, Protocol):
    """The node, once it is open."""

    def status(self) -> int | None: ...


class Node:
    """An open `/dev/usb/lp*`. Raises OSError."""

    dsr = cts = False  # it has no modem lines

    def __init__(self, port: int) -> None:
        self.port = port
        self._came = b""

    def status(self) -> int | None:
        """The byte of GET_PORT_STATUS; None where the printer or its driver does not tell."""
        answer = bytearray(4)
        try:
            fcntl.ioctl(self.port, LPGETSTATUS, answer)
        except OSError as error:
            if error.errno in _GONE:
                raise
            return None
        return answer[0]

    @property
    def in_waiting(self) -> int:
        if not self._came:
            self._fill(0)
        return len(self._came)

    def read(self, size: int = 1, /) -> bytes:
        """What comes within 50 ms, at most `size` bytes."""
        if not self._came:
            self._fill(50)
        came, self._came = self._came[:size], self._came[size:]
        return came

    def write(self, data: bytes, /) -> int | None:
        waiting = select.poll()
        waiting.register(self.port, select.POLLOUT)
        if not waiting.poll(_WRITE_S * 1000):
            raise Stalled
        try:
            return os.write(self.port, data)
        except BlockingIOError:
            raise Stalled from None

    def close(self) -> None:
        os.close(self.port)

    def _fill(self, wait_ms: int) -> None:
        waiting = select.poll()
        waiting.register(self.port, select.POLLIN)
        if waiting.poll(wait_ms):
            with contextlib.suppress(BlockingIOError):
                self._came += os.read(self.port, 512)


def exchange(device: SerialDevice, node: str, deadline: Deadline) -> DeviceAnswer:
    """The status that the kernel asks for, and the answers of the protocol where the printer gives any. Raises NotOpened and CannotTell."""
    try:
        with _opened(node) as printer:
            return look(device, printer, deadline)
    except (Gone, OSError) as error:
        raise_if_ours(error)
        return failed(Symptom.DISCONNECTED, _OPENED)
    except NotOpened as refusal:
        if refusal.symptom is Symptom.PORT_BUSY:  # a program that prints has it for as long as that takes, and no longer
            return BUSY
        raise


@contextlib.contextmanager
def _opened(node: str) -> Iterator[Node]:
    try:
        port = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise_if_ours(error)
        raise NotOpened(_REFUSED.get(error.errno or 0), error.strerror or type(error).__name__) from None
    printer = Node(port)
    try:
        yield printer
    finally:
        printer.close()


def look(device: SerialDevice, printer: Printer, deadline: Deadline) -> DeviceAnswer:
    """Raises Gone, OSError and CannotTell. What the printer says itself counts for more than the one byte."""
    byte = printer.status()
    opened = _OPENED if byte is None else _OPENED.with_(status={"port": f"{byte:02x}"})
    state = state_of(byte)
    kernel = answered(opened) if state is None else DeviceAnswer(told=state, facts=opened.learnt(state.facts()))
    if device.protocol is SerialProtocol.OPEN:
        return kernel
    talk = Talk(printer, deadline.within(_PATIENCE_S * 3))
    try:
        said = instead(_ask(device, _Patient(talk)), talk.heard)
    except (Stalled, Joined):
        return kernel if state is not None else failed(Symptom.FLOW_STALLED, opened)
    if said.symptom is Symptom.NO_REPLY:  # many of them never answer, and print all the same
        return kernel
    return DeviceAnswer(symptom=said.symptom, because=said.because, told=said.told, facts=opened.learnt(said.facts))


def _ask(device: SerialDevice, line: _Patient) -> DeviceAnswer:
    match device.protocol:
        case SerialProtocol.ENQ:
            return enq.enquire(line)
        case SerialProtocol.EXPECT:
            return enq.expect(line, device.expect)
    return escpos.status(line)


class _Patient:
    """Waits no longer than a printer on USB needs."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def ask(self, question: bytes, enough: Callable[[bytes], bool], patience_s: float) -> bytes:
        return self._talk.ask(question, enough, min(patience_s, _PATIENCE_S))


def state_of(byte: int | None) -> PrinterStatus | None:
    """None where the byte says nothing: printers that know no better send 0x18 or 0x00, and one with other bits is of no known form."""
    if byte is None or byte in _SAYS_NOTHING or byte & ~_KNOWN:
        return None
    return PrinterStatus(
        online=bool(byte & SELECTED),
        cover_open=False,
        feed_key=False,
        stopped=not byte & NO_ERROR,
        paper=Paper.OUT if byte & PAPER_END else Paper.UNKNOWN,
        errors=(),
        status={"port": f"{byte:02x}"},
    )
