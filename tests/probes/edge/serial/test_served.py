"""Serial ports behind TCP, served by real servers on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import serial
import serial.rfc2217

from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import SerialFacts
from probes.serial_port import serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.patience import PATIENCE_S, until

Serve = Callable[[Callable[[socket.socket], None]], int]

OPEN = SerialProtocol.OPEN
AGENT = PortOwner.AGENT


def opening(port: str, deadline: Deadline | None = None, **settings: Any) -> Check[SerialFacts]:
    return serial_port(SerialDevice(name="pad", port=port, **settings), deadline or Deadline(PATIENCE_S))


@pytest.fixture
def served() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def serve(behaviour: Callable[[socket.socket], None]) -> int:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def run() -> None:
                with contextlib.suppress(OSError), server.accept()[0] as client:
                    behaviour(client)

            thread = threading.Thread(target=run)
            thread.start()
            stack.callback(thread.join, PATIENCE_S)
            stack.callback(server.shutdown, socket.SHUT_RDWR)
            port: int = server.getsockname()[1]
            return port

        yield serve


def rfc2217(client: socket.socket) -> None:
    """The server that pyserial brings along, with a looped-back port behind it."""

    class Connection:
        def write(self, data: bytes) -> None:
            client.sendall(data)

    behind: Any = serial.serial_for_url("loop://", timeout=0)
    connection: Any = Connection()
    manager = serial.rfc2217.PortManager(behind, connection)
    while data := client.recv(1024):
        list(manager.filter(data))


def swallow(client: socket.socket) -> None:
    while client.recv(1024):
        pass


def test_a_port_behind_rfc2217_opens(served: Serve) -> None:
    seen = opening(f"rfc2217://127.0.0.1:{served(rfc2217)}", protocol=OPEN, owner=AGENT)
    assert (seen.outcome, seen.facts.opened) == (Outcome.PASS, True)


def test_a_server_that_does_not_speak_rfc2217(served: Serve) -> None:
    seen = opening(f"rfc2217://127.0.0.1:{served(swallow)}", Deadline(0.5), protocol=OPEN, owner=AGENT)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.SILENT)


def test_a_port_behind_a_socket_opens_and_nothing_is_sent(served: Serve) -> None:
    sent: list[bytes] = []
    port = served(lambda client: sent.append(client.recv(100)))
    assert opening(f"socket://127.0.0.1:{port}", protocol=OPEN, owner=AGENT).facts.opened is True
    until(lambda: sent)
    assert sent == [b""]


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_nobody_serves_the_port(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    seen = opening(f"{scheme}://127.0.0.1:{port}", protocol=OPEN, owner=AGENT)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.REFUSED)


@pytest.mark.parametrize("settings", [{}, {"protocol": OPEN}, {"protocol": OPEN, "owner": AGENT, "reset_on_open": True}])
def test_a_served_port_that_must_not_be_opened_is_not_connected_to(settings: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        seen = opening(f"socket://127.0.0.1:{server.getsockname()[1]}", **settings)
        assert seen.outcome is Outcome.PASS and "served elsewhere" in str(seen.facts.note)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("first", "outcome", "symptom"),
    [
        (b"\x12", Outcome.PASS, None),
        (b"\x1a", Outcome.FAIL, Symptom.PRINTER_OFFLINE),
        (b"", Outcome.FAIL, Symptom.DISCONNECTED),
        (b"port already in use\r\n", Outcome.FAIL, Symptom.PORT_BUSY),
    ],
)
def test_a_printer_that_ends_the_connection_with_its_answer(served: Serve, first: bytes, outcome: Outcome, symptom: Symptom | None) -> None:
    def once(client: socket.socket) -> None:
        client.recv(16)
        client.sendall(first)

    seen = opening(f"socket://127.0.0.1:{served(once)}", protocol=SerialProtocol.ESCPOS, owner=AGENT)
    assert (seen.outcome, seen.symptom) == (outcome, symptom)
