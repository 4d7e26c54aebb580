"""One look into a local serial port, or one exchange over it: locked, quiet first, put back afterwards."""

from __future__ import annotations

import contextlib
import errno
import termios
import time
from collections.abc import Callable
from pathlib import Path

import serial
from msgspec.structs import replace

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.sysfs import other_kind
from probes.edge.serial import at, enq, escpos, usb_printer
from probes.edge.serial import line as serial_line
from probes.edge.serial.device_answer import DeviceAnswer, answered, failed, not_asked
from probes.edge.serial.open_watch import OpenWatch, watch_opens
from probes.edge.serial.opening import NotOpened, OpenedPort, opened
from probes.edge.serial.recognise import instead
from probes.edge.serial.talk import READ_SLICE_S, WRITE_PATIENCE_S, Asks, Gone, Joined, Stalled, Talk
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import ExchangeFacts
from probes.settings import Flow, Parity, SerialDevice, SerialProtocol

QUIET_S = 0.05  # how long a line is listened to before something is said on it
LETTER = {Parity.NONE: "N", Parity.EVEN: "E", Parity.ODD: "O", Parity.MARK: "M", Parity.SPACE: "S"}
PROTOCOLS: dict[SerialProtocol, Callable[[Asks, SerialDevice], DeviceAnswer]] = {
    SerialProtocol.ESCPOS: lambda line, _: escpos.status(line),
    SerialProtocol.ENQ: lambda line, _: enq.enquire(line),
    SerialProtocol.AT: lambda line, _: at.ask(line),
    SerialProtocol.EXPECT: lambda line, device: enq.expect(line, device.expect),
}
_VANISHED = (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO)
BUSY = not_asked("bytes are moving on the port: it is examined when it is quiet")
JOINED = not_asked("another program opened the port in this moment")
NOT_OUR_TURN = not_asked("another examination by posdiag has the port")
_OPENED = ExchangeFacts(opened=True)


def speakable(device: SerialDevice, node: str) -> bool:
    """Whether a node that is no serial line can be asked all the same: a printer of USB's printer class, in a printer's protocol."""
    return other_kind(Path(node).name) == "lp" and device.protocol in usb_printer.SPOKEN


def in_use(node: str, proc: Path = Path("/proc")) -> bool:
    """Whether bytes move on the port right now, by counters that can be read without opening it. Raises CannotTell."""
    before = serial_line.counters_unopened(node, proc)
    if before is None:
        return False
    time.sleep(QUIET_S)
    return serial_line.counters_unopened(node, proc) != before


def exchange(device: SerialDevice, node: str, deadline: Deadline, others: Callable[[], bool], *, certain: bool) -> DeviceAnswer:
    """Raises NotOpened and CannotTell. `certain`: it is known that nobody else had the port open; else what came is perhaps for another."""
    if other_kind(Path(node).name):
        return usb_printer.exchange(device, node, deadline)
    with opened(node, others) as mine:
        if device.protocol is SerialProtocol.OPEN:
            return answered(_OPENED)
        return _ours_for_now(device, node, mine, deadline, others, certain)


def _ours_for_now(
    device: SerialDevice, node: str, mine: OpenedPort, deadline: Deadline, others: Callable[[], bool], certain: bool
) -> DeviceAnswer:
    with watch_opens(node) as joined:
        try:
            if others():
                return JOINED
            if _moving(mine.port, certain):
                return BUSY
            return _converse(device, node, mine, deadline, joined, others)
        except Joined:
            return JOINED
        except Stalled:
            return _silence(failed(Symptom.FLOW_STALLED, _OPENED), mine, device)
        except (Gone, OSError) as error:
            raise_if_ours(error)
            # reading beside another program looks as if the device were gone
            return JOINED if joined.seen() else failed(Symptom.DISCONNECTED, _OPENED)


def _moving(port: int, certain: bool) -> bool:
    """Bytes that leave are somebody else's, as we have sent none; bytes that come are, unless nobody else is there."""
    before = serial_line.counters(port)
    time.sleep(QUIET_S)
    after = serial_line.counters(port)
    if before is not None and after is not None and (before.sent != after.sent or (before.received != after.received and not certain)):
        return True
    return not certain and serial_line.waiting(port) > 0


def _converse(
    device: SerialDevice, node: str, mine: OpenedPort, deadline: Deadline, joined: OpenWatch, others: Callable[[], bool]
) -> DeviceAnswer:
    if joined.seen():
        raise Joined
    try:
        with joined.but_for_us():
            port = _set_up(device, node)
    except (serial.SerialException, ValueError, OSError, termios.error) as error:
        with contextlib.suppress(OSError, termios.error):
            mine.set_for_exchange()  # as far as it came, the line is set, and is to be put back
        raise_if_ours(error, error.__context__)
        if _number(error) in _VANISHED:
            raise Gone from None
        raise NotOpened(None, f"its line cannot be set as configured: {error}") from None
    before = serial_line.counters(mine.port)
    try:
        mine.set_for_exchange()
        if others():
            raise Joined
        talk = Talk(port, deadline, joined.seen)
        reading = instead(PROTOCOLS[device.protocol](talk, device), talk.heard)
    finally:
        port.close()
    after = serial_line.counters(mine.port)
    facts = _OPENED.learnt(reading.facts)
    if before is not None and after is not None and after.framing != before.framing:
        facts = facts.with_(line_errors=after.framing - before.framing)
    return _silence(replace(reading, facts=facts), mine, device)


def _set_up(device: SerialDevice, node: str) -> serial.Serial:
    """A second opening, so that neither it nor its closing moves a modem line."""
    return serial.Serial(
        node,
        baudrate=device.baudrate,
        bytesize=device.bytesize,
        parity=LETTER[device.parity],
        stopbits=device.stopbits,
        xonxoff=device.flow is Flow.XONXOFF,
        rtscts=device.flow is Flow.RTSCTS,
        dsrdtr=device.flow is Flow.DSRDTR,
        timeout=READ_SLICE_S,
        write_timeout=WRITE_PATIENCE_S,
    )


def _number(error: Exception) -> int | None:
    first = error.args[0] if error.args else None
    return error.errno if isinstance(error, OSError) else first if isinstance(first, int) else None


def _silence(reading: DeviceAnswer, mine: OpenedPort, device: SerialDevice) -> DeviceAnswer:
    """What the modem lines and the output queue say about a device that said nothing."""
    if reading.symptom not in (Symptom.NO_REPLY, Symptom.FLOW_STALLED):
        return reading
    seen = serial_line.lines(mine.port)
    stalled = reading.symptom is Symptom.FLOW_STALLED or serial_line.unsent(mine.port) > 0
    return silent(reading.facts, seen, stalled, device)


def silent(facts: ExchangeFacts, seen: serial_line.Lines | None, stalled: bool, device: SerialDevice) -> DeviceAnswer:
    """`stalled`: the bytes of the question did not leave."""
    if seen is not None:
        facts = facts.with_(dsr=seen.dsr, cts=seen.cts, flow=device.flow.value)
    return failed(Symptom.FLOW_STALLED if stalled else Symptom.NO_REPLY, facts)
