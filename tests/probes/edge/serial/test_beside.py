"""Others at the same port: a second examination, an application that comes in the middle, a holder under another root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from probes.edge.serial.talk import Talk
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.parts import holder_of
from tests.support.patience import PATIENCE_S, until
from tests.support.servers.far_end import FarEnd, far_end
from tests.support.servers.modem import Modem
from tests.support.servers.modem_manager import WITHOUT_MODEMS

AT, ENQ, OPEN = SerialProtocol.AT, SerialProtocol.ENQ, SerialProtocol.OPEN
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
EXAMINATION = f"""
import sys
import msgspec
sys.path.insert(0, sys.argv[2])
from probes import serial_port as probe
from probes.ground.deadline import Deadline
from probes.serial_port import Places, serial_port
from probes.settings import SerialDevice
probe.TURN_S = {PATIENCE_S}
device = msgspec.json.decode(sys.argv[1], type=SerialDevice)
print(msgspec.json.encode(serial_port(device, Deadline({PATIENCE_S}), apps=("payapp",), places=Places(mmcli={WITHOUT_MODEMS!r}))).decode())
"""


def examine(
    node: str, protocol: SerialProtocol = ENQ, places: Places | None = None, apps: tuple[str, ...] = ("payapp",)
) -> Check[SerialFacts]:
    device = SerialDevice(name="device", port=node, protocol=protocol, owner=PortOwner.AGENT)
    return serial_port(device, Deadline(PATIENCE_S), apps=apps, places=places or Places(mmcli=WITHOUT_MODEMS))


def slowly(answer: Callable[[bytes], bytes], seconds: float) -> Callable[[bytes], bytes]:
    def answered(came: bytes) -> bytes:
        time.sleep(seconds)
        return answer(came)

    return answered


@pytest.fixture
def modem() -> Iterator[FarEnd]:
    with far_end(slowly(Modem(), 0.1)) as device:
        yield device


# --- `posdiag --check` beside the daemon


@pytest.mark.root
@pytest.mark.parametrize("user", [[], AS_NOBODY], ids=["root", "nobody"])
def test_a_second_examination_waits_for_its_turn(modem: FarEnd, user: list[str], tmp_path: Path) -> None:
    program = tmp_path / "posdiag"  # what tells an examination from a stranger is its name
    program.write_text(EXAMINATION)
    for place in (tmp_path, *tmp_path.parents[:3]):
        place.chmod(place.stat().st_mode | 0o055)
    os.chmod(modem.node, 0o666)
    device = msgspec.json.encode(SerialDevice(name="device", port=modem.node, protocol=AT, owner=PortOwner.AGENT)).decode()
    argv = [*user, sys.executable, str(program), device, os.getcwd()]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as first:
        until(lambda: modem.heard)
        second = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
        seen = [msgspec.json.decode(text, type=Check[SerialFacts]) for text in (first.communicate()[0], second.stdout)]
    assert [(check.outcome, check.facts.operator) for check in seen] == [(Outcome.PASS, "CHINA MOBILE")] * 2, seen
    assert modem.heard.count(b"AT+CPIN?") == 2


@pytest.mark.parametrize("waited_for", [False, True], ids=["a zombie", "gone"])
def test_one_that_has_ended_since_it_was_seen_holds_nothing(modem: FarEnd, monkeypatch: pytest.MonkeyPatch, waited_for: bool) -> None:
    """Else an examination that ends while another looks is a stranger for it, as nobody can tell any more what it was."""
    with subprocess.Popen([sys.executable, "-IS", "-c", ""]) as other:
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        if waited_for:
            other.wait()
        monkeypatch.setattr("probes.edge.serial.holder._open_files", lambda *_: ([other.pid], True))
        seen = examine(modem.node, AT)
    assert (seen.outcome, seen.symptom, seen.facts.holder) == (Outcome.PASS, None, None), seen


@pytest.mark.root
def test_an_examination_that_does_not_end_is_no_stranger(modem: FarEnd, tmp_path: Path) -> None:
    program = tmp_path / "posdiag"
    program.write_text(f"import os, sys; p = os.open({modem.node!r}, os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()")
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        seen = examine(modem.node, AT)
        other.communicate()
    assert (seen.outcome, holder_of(seen).pid, modem.heard) == (Outcome.SKIP, other.pid, b"")


# --- the payment application comes in the middle


@pytest.mark.parametrize("protocol", [AT, ENQ, SerialProtocol.ESCPOS])
def test_who_opens_the_port_in_the_middle_has_it(protocol: SerialProtocol) -> None:
    """Nothing more is said, and what the device says to the application is not read.

    It is opened by this process, which the table of processes leaves out: the kernel alone tells of it.
    """
    with far_end(slowly(Modem(), 0.4) if protocol is AT else lambda _: b"") as device:
        answer, came = device.answer, list[tuple[bytes, int]]()

        def application_comes(said: bytes) -> bytes:
            """As soon as the device hears something."""
            if not came:
                came.append((device.heard, os.open(device.node, os.O_RDWR | os.O_NOCTTY)))
            return answer(said)

        device.answer = application_comes
        seen = examine(device.node, protocol)
        heard, port = came[0]
        assert (seen.outcome, seen.symptom, device.heard) == (Outcome.SKIP, None, heard)
        assert "another program opened the port" in str(seen.because)
        os.close(port)


# --- holders that are not where one looks for them


@pytest.mark.root
@pytest.mark.parametrize("name", [None, "port"], ids=["its own /dev", "given to a container"])
def test_a_holder_under_another_root_is_seen(modem: FarEnd, tmp_path: Path, name: str | None) -> None:
    """The path of its file is another one: `/srv/pay/dev/0` for `/dev/pts/0`."""
    place = tmp_path / "dev"
    place.mkdir()
    inside = place / Path(modem.node).name
    if name:
        place, inside = tmp_path / Path(modem.node).name, tmp_path / Path(modem.node).name
        inside.touch()
    source = modem.node if name else str(Path(modem.node).parent)
    hold = f"p=$(mktemp); mount --bind {source} {place} && exec 3<>{inside} && rm $p && echo && read end"
    with subprocess.Popen(["unshare", "--mount", "sh", "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        seen = examine(modem.node, OPEN)
        holder.communicate()
    assert (seen.symptom, holder_of(seen).pid) == (Symptom.PORT_BUSY, holder.pid)


@pytest.mark.root
def test_a_modem_whose_connection_is_up_is_not_in_strange_hands(modem: FarEnd, tmp_path: Path) -> None:
    program = tmp_path / "pppd"
    shutil.copy(shutil.which("sleep") or "", program)
    with open(modem.node, "r+b", buffering=0) as port, subprocess.Popen([program, "3600"], stdin=port) as holder:
        port.close()
        until(lambda: Path(f"/proc/{holder.pid}/comm").read_text() == "pppd\n")
        seen = examine(modem.node, AT)
        holder.kill()
    assert (seen.outcome, holder_of(seen).name, modem.heard) == (Outcome.PASS, "pppd", b"")


# --- ModemManager that cannot be asked


@pytest.mark.root
@pytest.mark.parametrize("mmcli", ["exec sleep 30", "exit 1", "echo '[1'", None])
def test_a_modem_is_not_opened_behind_the_back_of_a_modem_manager_that_cannot_be_asked(
    modem: FarEnd, tmp_path: Path, mmcli: str | None
) -> None:
    program, manager = tmp_path / "mmcli", tmp_path / "ModemManager"
    if mmcli:
        program.write_text(f"#!/bin/sh\n{mmcli}\n")
        program.chmod(0o755)
    shutil.copy(shutil.which("sleep") or "", manager)
    with subprocess.Popen([manager, "3600"]) as running:
        until(lambda: Path(f"/proc/{running.pid}/comm").read_text() == "ModemManager\n")
        seen = examine(modem.node, AT, Places(mmcli=str(program)))
        running.kill()
    assert (seen.outcome, modem.heard) == (Outcome.UNKNOWN, b"") and "ModemManager" in str(seen.because)
    assert seen.facts.opened is None


# --- a device that never stops talking


class Babbling:
    """Faster than it can be read."""

    dsr = cts = True
    in_waiting = 100

    def __init__(self) -> None:
        self.written = b""

    def read(self, size: int = 1, /) -> bytes:
        return b"\x1b" * size

    def write(self, data: bytes, /) -> int:
        self.written += data
        return len(data)

    def close(self) -> None:
        return None


def test_a_device_that_never_pauses_is_not_silent() -> None:
    port = Babbling()
    assert Talk(port, Deadline(PATIENCE_S)).ask(b"\x05", lambda _: False, 0.1) == b"\x1b" * 100
    assert port.written == b""
