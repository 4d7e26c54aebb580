"""A serial port that another machine serves, behind `socket://HOST:PORT` or `rfc2217://HOST:PORT`."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import serial
from msgspec.structs import replace

from probes.edge.failures import CannotTell, PeerFailed, failure_of, raise_if_ours, raise_if_short_of_descriptors, start
from probes.edge.serial import line as serial_line
from probes.edge.serial.device_answer import DeviceAnswer, answered, failed
from probes.edge.serial.exchange import LETTER, NOT_OUR_TURN, PROTOCOLS, QUIET_S, silent
from probes.edge.serial.recognise import instead
from probes.edge.serial.talk import READ_SLICE_S, WRITE_PATIENCE_S, Gone, OpenPort, Stalled, Talk
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import ExchangeFacts
from probes.settings import Flow, SerialDevice, SerialProtocol

_OPENED = ExchangeFacts(opened=True)
_MARGIN_S = 0.5  # pyserial waits 0.3 s as it closes a socket
READER = "pySerial RFC 2217 reader thread for"  # as pyserial calls it, before the URL
SCHEMES = ("socket://", "rfc2217://")
_IN_USE = re.compile(rb"port (?:already|is) in use", re.IGNORECASE)  # ser2net's words to whoever comes second


class _InUse(Exception):
    """Somebody else has the port at the serving machine."""


def exchange(device: SerialDevice, deadline: Deadline) -> DeviceAnswer:
    """In a thread of its own, as pyserial's patience with a connection is fixed; at the deadline it is left to end by itself.

    Raises CannotTell.
    """
    came: list[DeviceAnswer | CannotTell] = []
    own = deadline.within(max(_MARGIN_S, deadline.remaining() - _MARGIN_S))  # so that what was heard until then is told

    def run() -> None:
        came.append(_named(lambda: _look(device, own)))

    name = f"serial:{device.port}"
    if any(each.name == name or each.name.startswith(f"{READER} {device.port}") for each in threading.enumerate()):
        return NOT_OUR_TURN  # one of ours still hangs in it: another would only hang beside it
    thread = threading.Thread(target=run, name=name, daemon=True)
    start(thread)
    thread.join(deadline.remaining())
    answer = came[0] if came else failed(Symptom.SILENT)
    if isinstance(answer, CannotTell):
        raise answer
    return answer


def _named(look: Callable[[], DeviceAnswer]) -> DeviceAnswer | CannotTell:
    try:
        return look()
    except _InUse:
        return failed(Symptom.PORT_BUSY)
    except Stalled:
        return failed(Symptom.FLOW_STALLED, _OPENED)
    except Gone:
        return failed(Symptom.DISCONNECTED, _OPENED)
    except CannotTell as trouble:
        return trouble
    except serial.SerialException as error:
        # pyserial puts into words what went wrong with a connection; what it was stands behind its exception
        return _not_reached(error.__context__) if error.__context__ else failed(Symptom.SILENT)
    except (OSError, RuntimeError, ImportError, MemoryError) as error:
        return _not_reached(error)


def _not_reached(error: BaseException) -> DeviceAnswer | CannotTell:
    try:
        raise_if_ours(error)
        if isinstance(error, socket.gaierror):
            raise_if_short_of_descriptors()
            return failed(Symptom.NXDOMAIN)
    except CannotTell as trouble:
        return trouble
    if not isinstance(error, OSError) or isinstance(error, serial.SerialException):
        return failed(Symptom.SILENT)
    failure = failure_of(error)
    return failed(failure.symptom) if isinstance(failure, PeerFailed) else failure


def _look(device: SerialDevice, deadline: Deadline) -> DeviceAnswer:
    if device.protocol is SerialProtocol.OPEN and device.port.startswith("socket://"):
        place = urlsplit(device.port)
        socket.create_connection((place.hostname, place.port), timeout=max(0.01, deadline.remaining())).close()
        return answered(_OPENED)
    port = _connect(device, deadline)
    try:
        if device.protocol is SerialProtocol.OPEN:
            return answered(_OPENED)
        return _converse(device, port, deadline)
    finally:
        port.close()


def _connect(device: SerialDevice, deadline: Deadline) -> OpenPort:
    """Raises _InUse where the serving machine says so to whoever comes second."""
    from probes.edge.serial.url import over_telnet, raw

    settings: dict[str, Any] = {
        "baudrate": device.baudrate,
        "bytesize": device.bytesize,
        "parity": LETTER[device.parity],
        "stopbits": device.stopbits,
        "xonxoff": device.flow is Flow.XONXOFF,
        "rtscts": device.flow is Flow.RTSCTS,
        "dsrdtr": device.flow is Flow.DSRDTR,
        "timeout": READ_SLICE_S,
    }
    if not device.port.startswith("rfc2217://"):
        port = raw(device.port, write_timeout=WRITE_PATIENCE_S, **settings)
        port.open()
        return port
    telnet = over_telnet(device.port, deadline.remaining(), **settings)
    try:
        telnet.open()
    except (serial.SerialException, OSError):
        if _IN_USE.search(telnet.heard()):
            raise _InUse from None
        raise
    return telnet


def _converse(device: SerialDevice, port: OpenPort, deadline: Deadline) -> DeviceAnswer:
    line = Talk(port, deadline)
    try:
        line.listen(QUIET_S)
        reading = instead(PROTOCOLS[device.protocol](_UntilItEnds(line), device), line.heard)
    except Gone:
        if _IN_USE.search(line.heard):
            raise _InUse from None
        raise
    if _IN_USE.search(line.heard):
        raise _InUse
    facts = _OPENED.learnt(reading.facts)
    if reading.symptom is not Symptom.NO_REPLY:
        return replace(reading, facts=facts)
    return silent(facts, _lines(port, device), False, device)


class _UntilItEnds:
    """Some printers end the connection with their answer: then that was all of it. One that ends without any has not answered."""

    def __init__(self, line: Talk) -> None:
        self._line, self._answered, self._ended = line, False, False

    def ask(self, question: bytes, enough: Callable[[bytes], bool], patience_s: float) -> bytes:
        try:
            came = b"" if self._ended else self._line.ask(question, enough, patience_s)
        except Gone:
            if not self._answered:
                raise
            self._ended, came = True, b""
        self._answered |= bool(came) and enough(came)
        return came


def _lines(port: OpenPort, device: SerialDevice) -> serial_line.Lines | None:
    """As the serving machine reports them; a bare socket has none."""
    if not device.port.startswith("rfc2217://"):
        return None
    try:
        return serial_line.Lines(dsr=bool(port.dsr), cts=bool(port.cts))
    except (serial.SerialException, OSError):
        return None
