"""What an examination does to a port and to whoever uses it: nothing that lasts, and nothing at all while it is held."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from probes.assess import no_answer
from probes.edge.kernel import usb_trouble
from probes.edge.serial import line as serial_line
from probes.edge.serial.exchange import in_use, silent
from probes.edge.serial.line import Lines, counters_unopened
from probes.edge.serial.opening import opened
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import ExchangeFacts, SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S
from tests.support.servers import bystander
from tests.support.servers.far_end import FarEnd, far_end
from tests.support.servers.modem_manager import WITHOUT_MODEMS
from tests.support.servers.pinpad import PinPad

OPEN, ENQ = SerialProtocol.OPEN, SerialProtocol.ENQ
SPEAKING = [SerialProtocol.OPEN, SerialProtocol.ESCPOS, SerialProtocol.ENQ, SerialProtocol.AT]


@pytest.fixture
def pad() -> Iterator[FarEnd]:
    with far_end(PinPad()) as device:
        yield device


def examine(node: str, protocol: SerialProtocol = ENQ, places: Places | None = None, **settings: Any) -> Check[SerialFacts]:
    device = SerialDevice(name="pad", port=node, protocol=protocol, **{"owner": PortOwner.AGENT} | settings)
    return serial_port(device, Deadline(PATIENCE_S), apps=("payapp",), places=places or Places(mmcli=WITHOUT_MODEMS))


def odd_settings(far: int) -> list[Any]:
    """Nothing as it is by default, with a speed that has no constant, and hanging up at the last close."""
    wanted = bytearray(serial_line.settings(far))
    flags = struct.unpack_from("=4I", wanted)
    modes = (flags[2] & ~termios.CBAUD) | 0o010000 | termios.HUPCL | termios.CSTOPB  # BOTHER
    struct.pack_into("=4I", wanted, 0, flags[0] | termios.IXOFF, flags[1], modes, flags[3] & ~termios.ECHO)
    wanted[17 + termios.VTIME] = 7
    struct.pack_into("=2I", wanted, 36, 12345, 12345)
    serial_line.put_settings(far, bytes(wanted))
    assert serial_line.settings(far) == bytes(wanted)
    return list(wanted)


@pytest.mark.parametrize("protocol", SPEAKING)
def test_every_setting_is_as_found_but_that_closing_drops_no_line(pad: FarEnd, protocol: SerialProtocol) -> None:
    odd_settings(pad.far)
    before = serial_line.settings(pad.far)
    assert examine(pad.node, protocol).facts.opened is True
    assert serial_line.settings(pad.far) == serial_line.keeping_lines(before) != before


def test_where_somebody_else_has_the_port_hanging_up_is_theirs_again(pad: FarEnd) -> None:
    odd_settings(pad.far)
    before = serial_line.settings(pad.far)
    with opened(pad.node, lambda: True):
        pass
    assert serial_line.settings(pad.far) == before


def test_settings_that_somebody_else_made_meanwhile_stay(pad: FarEnd) -> None:
    with opened(pad.node, lambda: False):
        odd_settings(pad.far)
        made = serial_line.settings(pad.far)
    assert serial_line.settings(pad.far) == made


@pytest.mark.parametrize("protocol", SPEAKING)
def test_the_port_is_free_and_unlocked_afterwards(pad: FarEnd, protocol: SerialProtocol) -> None:
    examine(pad.node, protocol)
    port = os.open(pad.node, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where the lock was left
    assert not serial_line.is_exclusive(port)
    os.close(port)


@pytest.mark.parametrize("protocol", [SerialProtocol.PRESENCE, OPEN])
def test_no_byte_is_written_to_see_whether_it_opens(pad: FarEnd, protocol: SerialProtocol) -> None:
    assert examine(pad.node, protocol).outcome is Outcome.PASS
    assert pad.heard == b""


@pytest.mark.parametrize("protocol", SPEAKING)
def test_a_device_that_resets_when_it_is_opened_never_is(pad: FarEnd, protocol: SerialProtocol) -> None:
    seen = examine(pad.node, protocol, reset_on_open=True)
    assert seen.outcome is Outcome.PASS and "resets" in str(seen.facts.note)
    assert seen.facts.opened is None and pad.heard == b""


@pytest.mark.parametrize("protocol", SPEAKING)
def test_where_a_holder_cannot_be_ruled_out_the_applications_port_is_not_opened(
    pad: FarEnd, protocol: SerialProtocol, tmp_path: Path
) -> None:
    """As an ordinary user, and in a container: the table of processes does not show everybody."""
    seen = examine(pad.node, protocol, Places(proc=tmp_path), owner=PortOwner.APP)
    assert seen.outcome is Outcome.PASS and seen.facts.can_tell is False and "CAP_SYS_PTRACE" in str(seen.facts.note)
    assert pad.heard == b""


@pytest.mark.parametrize("lock", ["none", "flock", "exclusive"])
@pytest.mark.root
def test_the_owner_of_a_port_sees_nothing_of_us(lock: str) -> None:
    assert bystander.examined(60, lock) == bystander.Seen(0, 0, 0, 0)


@pytest.mark.root
def test_the_owner_would_see_it() -> None:
    """What the test above counts is counted."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.servers.bystander", "own", "none"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = os.open(process.stdout.readline().strip(), os.O_RDWR | os.O_NOCTTY)
        wanted = termios.tcgetattr(port)
        wanted[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(port, termios.TCSANOW, wanted)
        os.write(port, b"\x05")
        os.close(port)
        rest, _ = process.communicate()
    seen = msgspec.json.decode(rest, type=bystander.Seen)
    assert seen.accesses >= 2 and seen.bytes_at_device == 1 and seen.settings_changed == 1


# --- bytes that move


def test_bytes_that_wait_for_somebody_are_left_to_them(pad: FarEnd, tmp_path: Path) -> None:
    """Nobody holds the port that we know of, and we do not see everybody."""
    near = os.open(pad.node, os.O_RDWR | os.O_NOCTTY)
    wanted = termios.tcgetattr(near)
    wanted[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(near, termios.TCSANOW, wanted)
    os.write(pad.far, b"approved")
    seen = examine(pad.node, places=Places(proc=tmp_path))
    assert (seen.outcome, pad.heard) == (Outcome.SKIP, b"") and "bytes are moving" in str(seen.because)
    assert os.read(near, 100) == b"approved"
    os.close(near)


DRIVERS = """/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
serial               /dev/ttyS       4 64-67 serial
usbserial            /dev/ttyUSB   188 0-511 serial
"""


def test_counters_of_the_kernel_without_opening(tmp_path: Path) -> None:
    (tmp_path / "tty/driver").mkdir(parents=True)
    (tmp_path / "tty/drivers").write_text(DRIVERS)
    (tmp_path / "tty/driver/serial").write_text(
        "serinfo:1.0 driver revision:\n0: uart:16550A port:000003F8 irq:4 tx:12 rx:7 RTS|CTS|DTR|DSR\n1: uart:unknown port:000002F8\n"
    )
    (tmp_path / "tty/driver/usbserial").write_text('usbserinfo:1.0 driver:2.0\n0: module:pl2303 name:"pl2303" vendor:067b product:2303\n')
    told = counters_unopened("/dev/ttyS0", tmp_path)
    assert told is not None and (told.received, told.sent) == (7, 12)
    assert [counters_unopened(node, tmp_path) for node in ("/dev/ttyS1", "/dev/ttyUSB0", "/dev/pts/3")] == [None, None, None]


def test_a_driver_without_a_file_of_counters_is_not_looked_up_by_its_path(tmp_path: Path) -> None:
    """`/dev/console` would be opened and read, and hold the examination up until somebody types."""
    pipe = tmp_path / "console"
    os.mkfifo(pipe)
    (tmp_path / "tty").mkdir()
    (tmp_path / "tty/drivers").write_text(f"{pipe} /dev/console 5 1 system:console\n")
    assert counters_unopened("/dev/console", tmp_path) is None


@pytest.mark.parametrize("moving", [True, False])
def test_a_payment_in_flight_is_seen_before_the_port_is_opened(tmp_path: Path, moving: bool) -> None:
    folder = tmp_path / "tty/driver"
    folder.mkdir(parents=True)
    (tmp_path / "tty/drivers").write_text(DRIVERS)

    def count(number: int) -> None:
        (folder / "next").write_text(f"0: uart:16550A port:000003F8 irq:4 tx:{number} rx:7\n")
        (folder / "next").replace(folder / "serial")

    count(0)
    done = threading.Event()

    def talk() -> None:
        number = 0
        while not done.wait(0.001):
            number += moving
            count(number)

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        assert in_use("/dev/ttyS0", tmp_path) is moving
    finally:
        done.set()
        talking.join()


# --- silence told apart by the modem lines


@pytest.mark.parametrize(
    ("lines", "stalled", "symptom"),
    [
        (None, False, Symptom.NO_REPLY),
        (None, True, Symptom.FLOW_STALLED),
        (Lines(dsr=True, cts=True), False, Symptom.NO_REPLY),
        (Lines(dsr=False, cts=True), False, Symptom.NO_REPLY),
        (Lines(dsr=True, cts=False), True, Symptom.FLOW_STALLED),
        (Lines(dsr=False, cts=False), False, Symptom.NO_REPLY_LINES_LOW),
        (Lines(dsr=False, cts=False), True, Symptom.NO_REPLY_LINES_LOW),
    ],
)
def test_what_the_lines_say_of_a_silent_device(lines: Lines | None, stalled: bool, symptom: Symptom) -> None:
    device = SerialDevice(name="pad", port="/dev/ttyS9", protocol=ENQ)
    seen = silent(ExchangeFacts(opened=True), lines, stalled, device)
    assert seen.symptom is not None
    meant = no_answer.assess(seen.symptom, seen.facts)
    assert (meant.outcome, meant.symptom, seen.facts.opened) == (Outcome.FAIL, symptom, True)


# --- a USB port that resets again and again


def record(seconds: float, text: str, priority: int = 6) -> str:
    return f"{priority},100,{int(seconds * 1_000_000)},-;{text}\n SUBSYSTEM=usb\n"


RESET, GONE = "usb 1-1.2: reset full-speed USB device number 7 using xhci_hcd", "usb 1-1.2: USB disconnect, device number 7"


@pytest.mark.parametrize(
    ("log", "count"),
    [
        ("", 0),
        (record(5000, RESET) + record(5001, GONE) + record(5002, "usb 1-1.2: new full-speed USB device number 8 using xhci_hcd"), 2),
        (record(4000, RESET), 0),  # long ago
        (record(5000, RESET.replace("1-1.2", "1-1.20")), 0),  # another port
        (record(5000, RESET, priority=12), 0),  # a program's words, not the kernel's
        ("nonsense\n6,1\n;\n" + record(5000, RESET), 1),
    ],
)
def test_the_kernels_log_of_one_usb_port(tmp_path: Path, log: str, count: int) -> None:
    (tmp_path / "kmsg").write_text(log)
    assert usb_trouble.upsets("/sys/devices/usb1/1-1/1-1.2", Deadline(PATIENCE_S, SetClock(5100)), kmsg=tmp_path / "kmsg") == count


def test_a_log_that_may_not_be_read(tmp_path: Path) -> None:
    assert usb_trouble.upsets("/sys/devices/usb1/1-1", Deadline(PATIENCE_S), kmsg=tmp_path / "kmsg") is None


@pytest.mark.root
def test_the_log_of_this_machine_can_be_read() -> None:
    assert usb_trouble.upsets("/sys/devices/none/99-9", Deadline(PATIENCE_S)) == 0
