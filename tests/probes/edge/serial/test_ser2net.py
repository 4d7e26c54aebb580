"""Devices that another machine serves: the real ser2net, raw and by RFC 2217."""

from __future__ import annotations

import socket
import termios
import threading
from pathlib import Path
from typing import Any

import pytest

from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import SerialFacts
from probes.serial_port import serial_port
from probes.settings import Parity, PortOwner, SerialDevice, SerialProtocol
from tests.support.patience import PATIENCE_S
from tests.support.servers.far_end import Answer, far_end
from tests.support.servers.modem import Modem
from tests.support.servers.pinpad import PinPad
from tests.support.servers.printer import Printer
from tests.support.servers.ser2net import PROGRAM, ser2net

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="ser2net is not installed"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:serial.rfc2217"),
]
SCHEMES = ["socket", "rfc2217"]
ESCPOS, ENQ, AT = SerialProtocol.ESCPOS, SerialProtocol.ENQ, SerialProtocol.AT


def examine(url: str, protocol: SerialProtocol, **settings: Any) -> Check[SerialFacts]:
    device = SerialDevice(name="device", port=url, protocol=protocol, owner=PortOwner.AGENT, **settings)
    return serial_port(device, Deadline(PATIENCE_S))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("device", "protocol", "outcome", "symptom"),
    [
        (PinPad(), ENQ, Outcome.PASS, None),
        (Printer(), ESCPOS, Outcome.PASS, None),
        (Printer(paper_end=True), ESCPOS, Outcome.FAIL, Symptom.PAPER_OUT),
        (Modem(), AT, Outcome.PASS, None),
        (Modem(cpin="+CME ERROR: 10"), AT, Outcome.FAIL, Symptom.SIM_MISSING),
        (lambda _: b"\xf8\x00\xe0\xff\xff", ENQ, Outcome.FAIL, Symptom.GARBLED),
    ],
)
def test_a_served_device(
    device: Answer, protocol: SerialProtocol, outcome: Outcome, symptom: Symptom | None, scheme: str, tmp_path: Path
) -> None:
    with far_end(device) as there, ser2net(there.node, tmp_path, telnet=scheme == "rfc2217") as port:
        seen = examine(f"{scheme}://127.0.0.1:{port}", protocol)
        assert (seen.outcome, seen.symptom, seen.facts.opened) == (outcome, symptom, True)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_served_device_that_says_nothing(scheme: str, tmp_path: Path) -> None:
    with far_end(lambda _: b"") as there, ser2net(there.node, tmp_path, telnet=scheme == "rfc2217") as port:
        seen = examine(f"{scheme}://127.0.0.1:{port}", ENQ)
    assert seen.outcome is Outcome.FAIL and seen.symptom in (Symptom.NO_REPLY, Symptom.NO_REPLY_LINES_LOW)


def test_the_line_is_set_at_the_serving_machine(tmp_path: Path) -> None:
    seen_there: list[int] = []
    with far_end(lambda _: b"\x06") as there:

        def answer(_: bytes) -> bytes:
            seen_there.append(termios.tcgetattr(there.far)[5])
            return b"\x06"

        there.answer = answer
        with ser2net(there.node, tmp_path, telnet=True) as port:
            seen = examine(f"rfc2217://127.0.0.1:{port}", ENQ, baudrate=57600, parity=Parity.EVEN)
    assert (seen.outcome, seen_there) == (Outcome.PASS, [termios.B57600])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_port_that_somebody_uses_through_the_serving_machine(scheme: str, tmp_path: Path) -> None:
    with (
        far_end(PinPad()) as there,
        ser2net(there.node, tmp_path, telnet=scheme == "rfc2217") as port,
        socket.create_connection(("127.0.0.1", port)) as user,
    ):
        user.settimeout(PATIENCE_S)
        user.sendall(b"\x05")
        while b"\x06" not in user.recv(100):
            pass
        heard = there.heard
        seen = examine(f"{scheme}://127.0.0.1:{port}", ENQ)
        assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.PORT_BUSY)
        assert there.heard == heard


def test_a_serving_machine_that_ends_in_the_middle() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            client, _ = server.accept()
            with client:
                client.recv(1)

        thread = threading.Thread(target=once)
        thread.start()
        seen = examine(f"socket://127.0.0.1:{server.getsockname()[1]}", ENQ)
        thread.join()
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.DISCONNECTED)
