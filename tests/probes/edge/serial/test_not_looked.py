"""A serial port in a process that runs out of descriptors, threads, processes or watches: no device is to blame for that."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.edge.serial import line as serial_line
from probes.settings import SerialProtocol
from tests.support.few_descriptors import NO_PROCESSES, NOT_LOOKED, made_with_few, states
from tests.support.servers.far_end import Answer, FarEnd, far_end
from tests.support.servers.modem import Modem
from tests.support.servers.pinpad import PinPad
from tests.support.servers.printer import Printer
from tests.support.trees import Machine

IMPORTS = """
from pathlib import Path
from probes.ground.deadline import Deadline
from probes.serial_port import Places, serial_port
from probes.serial_present import list_present
from probes.settings import PortOwner, SerialDevice, SerialProtocol
"""
PASSED = ("pass", None)
AS_NOBODY = ("setpriv", "--reuid=65533", "--regid=65533", "--clear-groups")
HOLDER = "import os, sys; port = os.open({node!r}, os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"


def call(port: str, protocol: SerialProtocol, apps: tuple[str, ...] = (), places: str = "None", more: str = "") -> str:
    device = f"SerialDevice(name='device', port={port!r}, protocol=SerialProtocol({protocol.value!r}), owner=PortOwner.AGENT{more})"
    return f"serial_port({device}, Deadline(6), apps={apps!r}, places={places})"


@pytest.fixture
def pad() -> Iterator[FarEnd]:
    with far_end(PinPad()) as device:
        yield device


@pytest.mark.parametrize(
    ("protocol", "device", "looked"),
    [
        (SerialProtocol.PRESENCE, PinPad(), PASSED),
        (SerialProtocol.OPEN, PinPad(), PASSED),
        (SerialProtocol.ENQ, PinPad(), PASSED),
        (SerialProtocol.ESCPOS, Printer(), PASSED),
        (SerialProtocol.ESCPOS, Printer(paper_end=True), ("fail", "paper_out")),
        (SerialProtocol.EXPECT, PinPad(), PASSED),
    ],
)
def test_with_every_number_of_descriptors_it_is_the_truth_or_nothing(
    protocol: SerialProtocol, device: Answer, looked: tuple[str, str | None]
) -> None:
    """And the line is left as it was found, wherever it ended."""
    with far_end(device) as there:
        before = serial_line.settings(there.far)
        seen = made_with_few(IMPORTS, call(there.node, protocol), most=12)
        assert serial_line.settings(there.far) == serial_line.keeping_lines(before)
    assert (states(seen)[0], states(seen)[-1]) == (NOT_LOOKED, looked)
    assert set(states(seen)) == {NOT_LOOKED, looked}
    assert all("no file descriptor is left" in check["because"] for check in seen if check["outcome"] == "unknown")


@pytest.mark.root
def test_whoever_holds_the_port_is_seen_or_not_looked_for(pad: FarEnd) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER.format(node=pad.node)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        strange = made_with_few(IMPORTS, call(pad.node, SerialProtocol.ENQ, ("payapp",)), most=5)
        own = made_with_few(IMPORTS, call(pad.node, SerialProtocol.ENQ, ("import os, sys",)), most=5)
        holder.communicate()
    assert set(states(strange)) == {NOT_LOOKED, ("fail", "port_busy")} and states(strange)[0] == NOT_LOOKED
    assert set(states(own)) == {NOT_LOOKED, PASSED} and states(own)[0] == NOT_LOOKED
    assert pad.heard == b""


def test_a_device_that_is_not_there_is_missing_all_the_same() -> None:
    """What a name leads to is found without a descriptor."""
    assert set(states(made_with_few(IMPORTS, call("/dev/ttyUSB99", SerialProtocol.ENQ), most=2))) == {("fail", "device_missing")}


@pytest.mark.root
def test_a_usb_device_whose_tree_could_not_be_read_is_not_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.add("ttyUSB0", "067b:2303")
    places = f"Places(sys=Path({str(machine.sys)!r}), dev=Path({str(machine.dev)!r}))"
    seen = made_with_few(IMPORTS, call("", SerialProtocol.PRESENCE, places=places, more=", usb='067b:2303'"), most=2)
    assert (states(seen)[0], states(seen)[-1]) == (NOT_LOOKED, PASSED)
    listed = made_with_few(IMPORTS, f"list_present(Deadline(3), sys=Path({str(machine.sys)!r}), dev=Path({str(machine.dev)!r}))", most=2)
    assert (states(listed)[0], states(listed)[-1]) == (NOT_LOOKED, PASSED)


# --- watches, threads, processes


@pytest.mark.root
@pytest.mark.parametrize("limit", ["max_inotify_instances", "max_inotify_watches"])
def test_where_nobody_who_opens_it_meanwhile_would_be_seen_nothing_is_said(pad: FarEnd, limit: str) -> None:
    """The kernel counts them for each user namespace (namespaces(7))."""
    shell = f'echo 0 > /proc/sys/user/{limit}; exec "$@"'
    by = ("unshare", "--user", "--map-root-user", "sh", "-ec", shell, "sh")
    os.chmod(pad.node, 0o666)
    seen = made_with_few(IMPORTS, call(pad.node, SerialProtocol.ENQ), by=by)
    assert set(states(seen)) == {NOT_LOOKED} and pad.heard == b""
    assert "inotify" in seen[-1]["because"] or "watches" in seen[-1]["because"]


@pytest.mark.root
@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_a_served_port_for_which_no_thread_can_be_started(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        seen = made_with_few(IMPORTS, call(url, SerialProtocol.OPEN), prepare=NO_PROCESSES, most=6, by=AS_NOBODY)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert set(states(seen)) == {NOT_LOOKED}
    assert "no further thread or process can be started" in seen[-1]["because"]


@pytest.mark.parametrize(
    ("place", "looked"),
    [("127.0.0.1", PASSED), ("localhost", PASSED), ("nowhere.invalid", ("fail", "nxdomain"))],
)
def test_a_served_port_without_a_descriptor_to_reach_it(place: str, looked: tuple[str, str | None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"socket://{place}:{server.getsockname()[1]}"
        seen = made_with_few(IMPORTS, call(url, SerialProtocol.OPEN), most=8)
    assert (states(seen)[0], states(seen)[-1]) == (NOT_LOOKED, looked)
    assert set(states(seen)) == {NOT_LOOKED, looked}


@pytest.mark.root
def test_a_modem_manager_that_cannot_be_asked_for_want_of_processes(tmp_path: Path) -> None:
    program, manager = tmp_path / "mmcli", tmp_path / "ModemManager"
    program.write_text("#!/bin/sh\nexit 1\n")
    for place in (tmp_path, *tmp_path.parents[:3]):
        place.chmod(place.stat().st_mode | 0o055)
    program.chmod(0o755)
    shutil.copy(shutil.which("sleep") or "", manager)
    places = f"Places(mmcli={str(program)!r})"
    with far_end(Modem()) as device, subprocess.Popen([manager, "60"]) as running:
        os.chmod(device.node, 0o666)
        while Path(f"/proc/{running.pid}/comm").read_text() != "ModemManager\n":
            os.sched_yield()
        seen = made_with_few(IMPORTS, call(device.node, SerialProtocol.AT, places=places), prepare=NO_PROCESSES, by=AS_NOBODY)
        running.kill()
    assert set(states(seen)) == {NOT_LOOKED} and device.heard == b""
    assert "no further thread or process can be started" in seen[-1]["because"]
