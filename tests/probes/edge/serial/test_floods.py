"""Devices, servers and programs that never stop talking: so many bytes are taken of them, and no more, and nothing runs on."""

from __future__ import annotations

import contextlib
import os
import pty
import socket
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.edge.serial import modem_manager, talk, url
from probes.edge.serial.enq import enquire
from probes.edge.serial.served import exchange
from probes.edge.serial.talk import Talk
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.patience import PATIENCE_S, until

IAC_NOP = b"\xff\xf1"  # a command of telnet that means nothing
SUBOPTION = b"\xff\xfa" + b"x" * 4000  # one that has no end
PROTOCOLS = [SerialProtocol.ENQ, SerialProtocol.ESCPOS, SerialProtocol.AT]


class Flood:
    """A server that sends without end, as fast as it is read. `sent`: bytes that left it."""

    def __init__(self, what: bytes, first: bytes = b"") -> None:
        self._what, self._first = what * (65536 // len(what)), first
        self.sent = 0
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._pour, args=(client,), daemon=True).start()

    def _pour(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
            client.sendall(self._first)
            while True:
                self.sent += client.send(self._what)

    def close(self) -> None:
        self._server.close()


@pytest.fixture(params=[b"noise ", IAC_NOP, SUBOPTION, b"\xff\xfb\x00"], ids=["data", "commands", "suboption", "negotiation"])
def flood(request: pytest.FixtureRequest) -> Iterator[Flood]:
    serving = Flood(request.param)
    yield serving
    serving.close()


def device(port: str, protocol: SerialProtocol) -> SerialDevice:
    return SerialDevice(name="pad", port=port, protocol=protocol, owner=PortOwner.AGENT)


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_a_server_that_floods_is_read_to_a_limit(flood: Flood, scheme: str) -> None:
    place = f"{scheme}://127.0.0.1:{flood.port}"
    poured = flood.sent
    answer = exchange(device(place, SerialProtocol.ENQ), Deadline(4))
    assert answer.symptom is not None
    until(lambda: not [each for each in threading.enumerate() if place in each.name])
    taken = flood.sent - poured
    assert taken < 1 << 20, taken  # what the kernel's buffers hold is most of it


def test_what_is_read_of_a_connection_has_an_end() -> None:
    serving = Flood(b"noise ")
    port = url.over_telnet(f"rfc2217://127.0.0.1:{serving.port}", 0.5)
    with contextlib.suppress(Exception):
        port.open()
    assert port._read_buffer.qsize() <= url.MOST_BYTES + 1  # and the word for the end
    serving.close()


def test_no_other_exchange_begins_while_one_still_runs() -> None:
    serving = Flood(b"noise ")
    place = f"rfc2217://127.0.0.1:{serving.port}"
    release = threading.Event()
    hanging = threading.Thread(target=release.wait, name=f"serial:{place}", daemon=True)
    hanging.start()
    for _ in range(3):
        answer = exchange(device(place, SerialProtocol.ENQ), Deadline(2))
        assert "another examination" in str(answer)
    assert serving.connections == 0
    release.set()
    hanging.join(PATIENCE_S)
    exchange(device(place, SerialProtocol.ENQ), Deadline(2))
    assert serving.connections == 1
    serving.close()


class Endless:
    """A port that always has more."""

    dsr = cts = True
    in_waiting = 4096

    def __init__(self) -> None:
        self.taken = self.written = 0

    def read(self, size: int = 1, /) -> bytes:
        self.taken += size
        return b"x" * size

    def write(self, data: bytes, /) -> int | None:
        self.written += len(data)
        return len(data)

    def close(self) -> None: ...


def test_a_port_that_always_has_more_is_given_up_and_not_spoken_to() -> None:
    port = Endless()
    line = Talk(port, Deadline(PATIENCE_S))
    for _ in range(5):
        line.ask(b"\x05", lambda _: False, PATIENCE_S)
    line.listen(PATIENCE_S)
    assert line.floods and port.written == 0
    assert port.taken <= talk._FLOOD + 5 * 4096
    assert enquire(Talk(Endless(), Deadline(PATIENCE_S))).symptom is not Symptom.FLOW_STALLED


def test_a_device_that_floods_a_pty_is_given_up() -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    import serial

    stop = threading.Event()

    def pour() -> None:
        os.set_blocking(ours, False)
        while not stop.is_set():
            with contextlib.suppress(BlockingIOError):
                os.write(ours, b"noise " * 500)

    pouring = threading.Thread(target=pour, daemon=True)
    pouring.start()
    try:
        with serial.Serial(os.ttyname(theirs), timeout=0.05) as port:
            line = Talk(port, Deadline(PATIENCE_S))
            until(lambda: line.ask(b"\x05", lambda _: False, PATIENCE_S) and line.floods)
    finally:
        stop.set()
        pouring.join()
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    "program",
    [
        "cat /dev/zero",
        "yes '{\"modem-list\": ['",
        "printf '{\"modem-list\": ['; yes '\"/org/freedesktop/ModemManager1/Modem/1\",'",
        "trap '' TERM; cat /dev/zero & cat /dev/zero",
        """if [ "$1" = -L ]; then
            printf '{"modem-list": ['
            for n in $(seq 1000); do printf '"/org/freedesktop/ModemManager1/Modem/%d",' $n; done
            printf '""]}'
        else
            echo one >> "$0.asked"
            echo '{}'
        fi""",
    ],
)
def test_a_program_in_mmclis_place_that_says_too_much_says_nothing(tmp_path: Path, program: str) -> None:
    mmcli = tmp_path / "mmcli"
    mmcli.write_text(f"#!/bin/sh\n{program}\n")
    mmcli.chmod(0o755)
    (tmp_path / "proc").mkdir()
    with pytest.raises(modem_manager.NotAsked):
        modem_manager.ask("/dev/ttyUSB2", Deadline(PATIENCE_S), str(mmcli), tmp_path / "proc")
    asked = tmp_path / "mmcli.asked"
    assert not asked.exists() or len(asked.read_text().splitlines()) <= 16
