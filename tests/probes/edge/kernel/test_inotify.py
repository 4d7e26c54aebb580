"""Events of the kernel as they come, and as nobody should send them."""

from __future__ import annotations

import os
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.edge.kernel.inotify import InotifyWatch, events
from probes.edge.kernel.uevents import Uevent, Uevents, parse
from tests.support import machine_wide

PLUGGED = b"add@/devices/usb1/1-1/ttyUSB0\0ACTION=add\0DEVPATH=/devices/usb1/1-1/ttyUSB0\0SUBSYSTEM=tty\0DEVNAME=ttyUSB0\0SEQNUM=9\0"


def test_a_plug_is_understood() -> None:
    assert parse(PLUGGED) == Uevent("add", "tty", "ttyUSB0")


@pytest.mark.parametrize(
    ("message", "concerns"),
    [
        (PLUGGED, True),
        (PLUGGED.replace(b"add", b"remove"), True),
        (PLUGGED.replace(b"add", b"change"), False),
        (PLUGGED.replace(b"=tty\0", b"=block\0"), False),
    ],
)
def test_only_a_port_that_comes_or_goes_concerns_us(message: bytes, concerns: bool) -> None:
    found = parse(message)
    assert found is not None
    assert found.concerns_serial is concerns


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0",
        b"add",
        b"add@\0",
        b"add@devices\0SUBSYSTEM=tty\0",
        PLUGGED[:-1],
        b"add@/devices/x\0",
        b"add@/devices/x\0SUBSYSTEM\0",
        PLUGGED.replace(b"ACTION=add", b"ACTION=remove"),
        b"libudev\0\xfe\xed\xca\xfe" + PLUGGED,
    ],
)
def test_what_is_no_event_of_the_kernel_is_none(message: bytes) -> None:
    assert parse(message) is None


@given(st.binary(max_size=400) | st.integers(0, len(PLUGGED)).map(lambda cut: PLUGGED[cut:] + PLUGGED[:cut]))
def test_garbage_is_harmless(message: bytes) -> None:
    parse(message)
    list(events(message))


@pytest.fixture
def ear() -> Iterator[Uevents]:
    with machine_wide.alone(machine_wide.SERIAL_EVENTS):
        made = Uevents()
        yield made
        made.close()


@pytest.mark.root
def test_another_program_is_not_believed(ear: Uevents) -> None:
    ear.read()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15) as stranger:
        stranger.bind((0, 0))
        own = socket.socket(fileno=os.dup(ear.fileno()))
        with own:
            stranger.sendto(PLUGGED, (own.getsockname()[0], 0))
    assert not ear.read()


@pytest.mark.root
@pytest.mark.skipif(not os.access("/sys/class/tty/ttyS0/uevent", os.W_OK), reason="this kernel has no port whose event can be asked for")
@pytest.mark.parametrize(("action", "seen"), [("add", True), ("change", False)])
def test_the_kernel_is_heard(ear: Uevents, action: str, seen: bool) -> None:
    ear.read()
    Path("/sys/class/tty/ttyS0/uevent").write_text(action)  # the same message as at a plug; the write waits until it is sent
    assert ear.read() is seen


@pytest.mark.root
@pytest.mark.skipif(not os.access("/sys/class/mem/null/uevent", os.W_OK), reason="this kernel has no device whose event can be asked for")
def test_a_flood_that_was_lost_counts_as_an_event(ear: Uevents) -> None:
    ear.read()
    with socket.socket(fileno=os.dup(ear.fileno())) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
    for _ in range(50):
        Path("/sys/class/mem/null/uevent").write_text("change")
    assert ear.read()
    assert not ear.read()


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    (tmp_path / "dev").mkdir()
    return tmp_path / "dev"


def test_names_of_ports_are_seen_and_others_are_not(dev: Path) -> None:
    watch = InotifyWatch([], dev)
    for name, seen in (("ttyUSB0", True), ("tty1", False), ("loop7", False), ("ttyACM1", True)):
        (dev / name).touch()
        assert watch.read() is seen, name
        assert not watch.read()
    (dev / "ttyUSB0").chmod(0o600)
    assert watch.read(), "the rights come after the node"
    (dev / "ttyUSB0").rename(dev / "gone")
    assert watch.read()
    watch.close()


def test_a_link_is_followed_through_directories_that_come_and_go(dev: Path) -> None:
    link = dev / "serial" / "by-id" / "usb-Prolific"
    watch = InotifyWatch([str(link)], dev)
    for _ in range(3):
        link.parent.mkdir(parents=True)
        assert watch.read()
        watch.read()
        link.symlink_to("../../ttyUSB0")
        assert watch.read()
        (link.parent / "usb-other").touch()
        assert not watch.read(), "another device has another name"
        link.unlink()
        assert watch.read()
        shutil.rmtree(dev / "serial")
        assert watch.read()
        watch.read()
    watch.close()


def test_the_node_behind_a_link_is_watched_too(dev: Path, tmp_path: Path) -> None:
    node = tmp_path / "pts" / "7"
    node.parent.mkdir()
    node.touch()
    (dev / "pinpad").symlink_to(node)
    watch = InotifyWatch([str(dev / "pinpad")], dev)
    node.unlink()
    assert watch.read()
    node.touch()
    assert watch.read()
    (node.parent / "8").touch()
    assert not watch.read()
    watch.close()


def test_more_than_the_kernel_keeps_counts_as_an_event(dev: Path) -> None:
    watch = InotifyWatch([], dev)
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for number in range(most // 2 + 50):  # made and removed are two
        (dev / f"x{number}").touch()
        (dev / f"x{number}").unlink()
    reads = [watch.read() for _ in range(10)]
    assert any(reads)
    assert not reads[-1]
    watch.close()


def test_where_no_directory_can_be_watched_it_says_so(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="no directory"):
        InotifyWatch(["/nowhere/at/all"], tmp_path / "missing")
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_event_that_is_cut_off_is_left_out() -> None:
    whole = struct.pack("=iIII", 1, 0x100, 0, 16) + b"ttyUSB0".ljust(16, b"\0")
    assert list(events(whole + whole[:20])) == [(1, 0x100, "ttyUSB0")]
