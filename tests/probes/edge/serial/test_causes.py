"""Every cause of printers, PIN pads and modems on serial ports, each made in at least two ways, and judged."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial.rfc2217

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from probes.assess import modem
from probes.edge.serial.modem_manager import read_modem
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, check_of
from probes.model.devices import ModemState
from probes.model.facts import SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import Flow, PortOwner, SerialDevice, SerialProtocol
from tests.support.as_nobody import examined_by_nobody
from tests.support.patience import PATIENCE_S
from tests.support.servers.far_end import Answer, far_end, leaving_after_a_byte, taking_no_bytes
from tests.support.servers.modem import Modem
from tests.support.servers.modem_manager import WITHOUT_MODEMS
from tests.support.servers.printer import Printer
from tests.support.trees import Machine, write

ESCPOS, ENQ, AT, OPEN = SerialProtocol.ESCPOS, SerialProtocol.ENQ, SerialProtocol.AT, SerialProtocol.OPEN
NOBODY = 65534
Made = Callable[[Path], Check[SerialFacts]]


def examine(
    port: str, protocol: SerialProtocol = SerialProtocol.PRESENCE, places: Places | None = None, **settings: Any
) -> Check[SerialFacts]:
    device = SerialDevice(name="device", port=port, protocol=protocol, **{"owner": PortOwner.AGENT} | settings)
    return serial_port(device, Deadline(PATIENCE_S), apps=("payapp",), places=places or Places(mmcli=WITHOUT_MODEMS))


def says(answer: Answer, protocol: SerialProtocol) -> Made:
    def made(_: Path) -> Check[SerialFacts]:
        with far_end(answer) as device:
            return examine(device.node, protocol)

    return made


def managed(state: str, registration: str = "--", **generic: Any) -> Made:
    """What mmcli tells; the real one is asked in tests/probes/edge/serial/test_modem_manager.py."""

    def made(_: Path) -> Check[SerialFacts]:
        told = {"modem": {"generic": {"state": state, **generic}, "3gpp": {"registration-state": registration}}}
        answer = read_modem(told)
        assert isinstance(answer.told, ModemState)
        meant = modem.assess(answer.told)
        return check_of(SerialFacts().learnt(answer.facts), meant.outcome, meant.symptom, meant.because, name="device")

    return made


def gone(_: Path) -> Check[SerialFacts]:
    return examine("/dev/ttyUSB99", ENQ)


def dangling(folder: Path) -> Check[SerialFacts]:
    (folder / "usb-printer").symlink_to("/dev/ttyUSB99")
    return examine(str(folder / "usb-printer"))


def gone_in_the_middle(_: Path) -> Check[SerialFacts]:
    with leaving_after_a_byte() as node:
        return examine(node, ENQ)


def moved(folder: Path) -> Check[SerialFacts]:
    machine = Machine(folder)
    machine.add("ttyUSB1", "067b:2303")
    return machine.examine(port=str(machine.dev / "ttyUSB0"), usb="067b:2303")


def without_port(driver: str, port: str, **settings: Any) -> Made:
    """On the bus, and nothing below its interface; `driver`: what has that."""

    def made(folder: Path) -> Check[SerialFacts]:
        unit = "sys/bus/usb/devices/1-1"
        write(folder, {f"{unit}/idVendor": "1a86", f"{unit}/idProduct": "7523", f"{unit}/1-1:1.0/bInterfaceClass": "ff"})
        if driver:
            (folder / unit / "1-1:1.0/driver").symlink_to(f"../../../drivers/{driver}")
        return examine(port, places=Places(sys=folder / "sys", dev=folder / "dev"), **settings)

    return made


def swapped(folder: Path) -> Check[SerialFacts]:
    machine = Machine(folder)
    wrong = machine.add("ttyUSB0", "1a86:7523", unit="1-1")
    machine.add("ttyUSB1", "067b:2303", number="A1", unit="1-2")
    return machine.examine(port=wrong, usb_serial="A1")


def taken(lock: Callable[[int], object]) -> Made:
    def made(_: Path) -> Check[SerialFacts]:
        far, near = os.openpty()
        node = os.ttyname(near)
        program = f"import os,sys; p = os.open({node!r}, os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            lock(near)
            os.close(near)
            seen = examine(node, OPEN)
            holder.communicate()
        os.close(far)
        return seen

    return made


def forbidden(mode: int) -> Made:
    def made(_: Path) -> Check[SerialFacts]:
        with far_end(lambda _: b"") as device:
            os.chmod(device.node, mode)
            port = SerialDevice(name="device", port=device.node, protocol=ENQ, owner=PortOwner.AGENT)
            return examined_by_nobody(port)

    return made


@contextlib.contextmanager
def silent_behind_lines(dsr: bool, cts: bool) -> Iterator[int]:
    """A port behind RFC 2217 whose modem lines stand so: a pseudo terminal has none."""

    class Behind:
        baudrate = bytesize = stopbits = 9600
        parity, rtscts, xonxoff, dtr, rts, ri, cd = "N", False, False, True, True, False, False

        def __init__(self) -> None:
            self.dsr, self.cts, self.timeout = dsr, cts, 0

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_: None

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError), server.accept()[0] as client:

                class Connection:
                    def write(self, data: bytes) -> None:
                        client.sendall(data)

                behind: Any = Behind()
                connection: Any = Connection()
                manager = serial.rfc2217.PortManager(behind, connection)
                while came := client.recv(1024):
                    list(manager.filter(came))
                    manager.check_modem_lines()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(PATIENCE_S)


def silent_with_lines(dsr: bool, cts: bool, protocol: SerialProtocol) -> Made:
    def made(_: Path) -> Check[SerialFacts]:
        with silent_behind_lines(dsr, cts) as port:
            return examine(f"rfc2217://127.0.0.1:{port}", protocol)

    return made


def stalled(_: Path) -> Check[SerialFacts]:
    with taking_no_bytes() as node:
        return examine(node, ENQ, flow=Flow.XONXOFF)


WAYS: dict[Cause, tuple[Made, ...]] = {
    Cause.PAPER_OUT: (says(Printer(paper_end=True), ESCPOS), says(Printer(paper_end=True, answers_1a_when_empty=True), ESCPOS)),
    Cause.PAPER_LOW: (says(Printer(near_end=True), ESCPOS), says(Printer(near_end=True, silent_on=(2, 3)), ESCPOS)),
    Cause.COVER_OPEN: (says(Printer(cover_open=True), ESCPOS), says(Printer(cover_open=True, paper_end=True), ESCPOS)),
    Cause.PRINTER_FAULT: (
        says(Printer(cutter_jam=True), ESCPOS),
        says(Printer(unrecoverable=True), ESCPOS),
        says(Printer(switched_offline=True), ESCPOS),
    ),
    Cause.DEVICE_UNPLUGGED: (gone, dangling, gone_in_the_middle),
    Cause.PORT_RENUMBERED: (moved, swapped),
    Cause.PORT_DRIVER_MISSING: (
        without_port("usbfs", "/dev/ttyUSB97"),
        without_port("", "/dev/ttyUSB97", usb="1a86:7523"),
    ),
    Cause.PORT_BUSY: (
        taken(lambda _: None),
        taken(lambda port: fcntl.flock(port, fcntl.LOCK_SH)),
        taken(lambda port: fcntl.ioctl(port, termios.TIOCEXCL)),
    ),
    Cause.PORT_PERMISSION: (forbidden(0o600), forbidden(0o660)),
    Cause.POWER_OFF: (silent_with_lines(False, False, ENQ), silent_with_lines(False, False, ESCPOS)),
    Cause.DEVICE_NOT_RESPONDING: (says(lambda _: b"", ENQ), says(lambda _: b"", ESCPOS), silent_with_lines(True, True, ENQ), stalled),
    Cause.SERIAL_MISCONFIGURED: (
        says(lambda _: b"\xf8\x00\xfe", ESCPOS),
        says(lambda _: b"\xe0\x1c\x00", ENQ),
        says(Modem(), ENQ),
        says(lambda came: came, ESCPOS),
    ),
    Cause.SIM_MISSING: (
        says(Modem(cpin="+CME ERROR: 10"), AT),
        says(Modem(cpin="+CME ERROR: 13"), AT),
        managed("failed", **{"state-failed-reason": "sim-missing"}),
    ),
    Cause.SIM_LOCKED: (
        says(Modem(cpin="+CPIN: SIM PIN"), AT),
        says(Modem(cpin="+CPIN: SIM PUK"), AT),
        managed("locked", **{"unlock-required": "sim-pin"}),
    ),
    Cause.RADIO_OFF: (says(Modem(cfun=4), AT), says(Modem(cfun=0), AT), managed("disabled")),
    Cause.DATA_PLAN_STOPPED: (
        says(Modem(stats={"CREG": 3}), AT),
        says(Modem(attached=0), AT),
        managed("enabled", "denied"),
    ),
    Cause.NOT_REGISTERED: (says(Modem(stats={"CREG": 2}), AT), says(Modem(stats={"CREG": 0}), AT), managed("searching", "searching")),
    Cause.WEAK_SIGNAL: (says(Modem(csq=1), AT), managed("registered", "home", **{"signal-quality": {"value": "6"}})),
}


# to make a device node, and to be somebody else than the owner of one
NEED_ROOT = (Cause.PORT_RENUMBERED, Cause.PORT_PERMISSION)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:serial.rfc2217")
@pytest.mark.parametrize(
    ("cause", "made"),
    [
        pytest.param(cause, made, id=f"{cause}-{number}", marks=[pytest.mark.root] if cause in NEED_ROOT else [])
        for cause, ways in WAYS.items()
        for number, made in enumerate(ways, 1)
    ],
)
def test_a_cause_made_is_the_cause_judged(cause: Cause, made: Made, tmp_path: Path) -> None:
    seen = made(tmp_path)
    assert [finding.code for finding in diagnose([seen]).findings] == [cause], seen


def test_each_is_made_in_two_ways() -> None:
    of_devices = {cause for cause in Cause if cause.layer is Layer.SERIAL}
    assert set(WAYS) >= of_devices
    assert min(map(len, WAYS.values())) >= 2
