"""A serial port that another machine serves, behind `socket://HOST:PORT` or `rfc2217://HOST:PORT`."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import serial

from probes.edge.failures import symptom_of
from probes.edge.serial import line as serial_line
from probes.edge.serial.device_answer import DeviceAnswer, failed, passed
from probes.edge.serial.exchange import LETTER, PROTOCOLS, QUIET_S, explain_silence
from probes.edge.serial.talk import READ_SLICE_S, WRITE_PATIENCE_S, Gone, OpenPort, Stalled, Talk
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.settings import Flow, SerialDevice, SerialProtocol

SCHEMES = ("socket://", "rfc2217://")
_IN_USE = re.compile(rb"port (?:already|is) in use", re.IGNORECASE)  # ser2net's words to whoever comes second


class _InUse(Exception):
    """Somebody else has the port at the serving machine."""


def exchange(device: SerialDevice, deadline: Deadline) -> DeviceAnswer:
    """In a thread of its own, as pyserial's patience with a connection is fixed; at the deadline it is left to end by itself."""
    came: list[DeviceAnswer] = []

    def run() -> None:
        came.append(_named(lambda: _look(device, deadline)))

    thread = threading.Thread(target=run, name=f"serial:{device.name}", daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    return came[0] if came else failed(Symptom.SILENT)


def _named(look: Callable[[], DeviceAnswer]) -> DeviceAnswer:
    try:
        return look()
    except _InUse:
        return failed(Symptom.PORT_BUSY)
    except Stalled:
        return failed(Symptom.FLOW_STALLED, opened=True)
    except Gone:
        return failed(Symptom.DISCONNECTED, opened=True)
    except serial.SerialException as error:
        behind = error.__context__
        if isinstance(behind, socket.gaierror):
            return failed(Symptom.NXDOMAIN)
        return failed((symptom_of(behind) if isinstance(behind, OSError) else None) or Symptom.SILENT)
    except socket.gaierror:
        return failed(Symptom.NXDOMAIN)
    except OSError as error:
        return failed(symptom_of(error) or Symptom.SILENT)


def _look(device: SerialDevice, deadline: Deadline) -> DeviceAnswer:
    if device.protocol is SerialProtocol.OPEN and device.port.startswith("socket://"):
        place = urlsplit(device.port)
        socket.create_connection((place.hostname, place.port), timeout=max(0.01, deadline.remaining())).close()
        return passed(opened=True)
    port = _connect(device, deadline)
    try:
        if device.protocol is SerialProtocol.OPEN:
            return passed(opened=True)
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
        reading = PROTOCOLS[device.protocol](line, device)
    except Gone:
        if _IN_USE.search(line.heard):
            raise _InUse from None
        raise
    if _IN_USE.search(line.heard):
        raise _InUse
    if reading.symptom is not Symptom.NO_REPLY:
        return DeviceAnswer(
            outcome=reading.outcome, symptom=reading.symptom, facts={"opened": True} | reading.facts, because=reading.because
        )
    return explain_silence(failed(Symptom.NO_REPLY, opened=True), _lines(port, device), False, device)


def _lines(port: OpenPort, device: SerialDevice) -> serial_line.Lines | None:
    """As the serving machine reports them; a bare socket has none."""
    if not device.port.startswith("rfc2217://"):
        return None
    try:
        return serial_line.Lines(dsr=bool(port.dsr), cts=bool(port.cts))
    except (serial.SerialException, OSError):
        return None
