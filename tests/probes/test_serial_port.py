"""Serial ports: real pseudo terminals, and real holders in other processes."""

from __future__ import annotations

import fcntl
import grp
import os
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import PortHolder, SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.as_nobody import examined_by_nobody
from tests.support.parts import holder_of
from tests.support.patience import PATIENCE_S

NOBODY = 65534
CONTAINED = os.readlink("/proc/self/ns/pid") != "pid:[4026531836]"
whole_machine = pytest.mark.skipif(CONTAINED, reason="in a container nobody can be certain that no process outside holds a port")
OPEN = SerialProtocol.OPEN
AGENT = PortOwner.AGENT


def examine(port: str, *, apps: tuple[str, ...] = (), places: Places | None = None, **settings: Any) -> Check[SerialFacts]:
    return serial_port(SerialDevice(name="printer", port=port, **settings), Deadline(PATIENCE_S), apps=apps, places=places)


class Line:
    """A pseudo terminal with nobody at the near end; the test holds the far end, as a device would."""

    def __init__(self) -> None:
        self.far, near = os.openpty()
        self.node = os.ttyname(near)
        os.close(near)

    def received(self) -> bytes:
        os.set_blocking(self.far, False)
        try:
            return os.read(self.far, 100)
        except OSError:  # EIO: nobody is at the near end any more
            return b""


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    os.close(made.far)


Hold = Callable[..., "subprocess.Popen[str]"]

HOLDER = """
import fcntl, os, sys, termios
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
{how}
print("ready", flush=True)
sys.stdin.read()
"""
FLOCK = "fcntl.flock(port, fcntl.LOCK_EX)"
POSIX_LOCK = "fcntl.lockf(port, fcntl.LOCK_EX)"
EXCLUSIVE = "fcntl.ioctl(port, termios.TIOCEXCL)"
NO_LOCK = ""
IN_A_CHILD = """
if os.fork() == 0:
    os.set_inheritable(port, True)
    os.execlp("sh", "sh", "-c", "echo ready; read end")
os.close(port)
os.wait()
sys.exit()
"""


@pytest.fixture
def hold() -> Iterator[Hold]:
    started: list[subprocess.Popen[str]] = []

    def run(node: str, how: str, name: str = "someone") -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", HOLDER.format(how=how), node, name]
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    yield run
    for process in started:
        process.communicate()  # the end of its input ends it, and its child


# --- is it there


def test_a_port_that_does_not_exist() -> None:
    seen = examine("/dev/ttyUSB99", required=True, label="收据打印机")
    assert (seen.id, seen.outcome, seen.symptom) == ("serial:printer", Outcome.FAIL, Symptom.DEVICE_MISSING)
    assert (seen.facts.port, seen.facts.required, seen.facts.label) == ("/dev/ttyUSB99", True, "收据打印机")


def test_a_link_whose_device_is_gone(tmp_path: Path) -> None:
    link = tmp_path / "usb-Prolific-if00-port0"
    link.symlink_to("/dev/ttyUSB99")
    assert examine(str(link)).symptom is Symptom.DEVICE_MISSING


def test_a_file_in_the_place_of_the_device(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").write_text("printed into nowhere")
    seen = examine(str(tmp_path / "ttyUSB0"))
    assert seen.symptom is Symptom.DEVICE_MISSING and "is not a device" in str(seen.facts.note)


@pytest.mark.parametrize("protocol", [SerialProtocol.PRESENCE, OPEN])
def test_a_device_that_is_no_serial_port(protocol: SerialProtocol) -> None:
    seen = examine("/dev/null", protocol=protocol)
    assert seen.symptom is Symptom.DEVICE_MISSING and "not a serial port" in str(seen.facts.note)


def test_presence_is_enough_where_nothing_more_is_asked(line: Line) -> None:
    seen = examine(line.node)
    assert seen.outcome is Outcome.PASS and seen.facts.opened is None and seen.facts.note is None


def test_a_link_to_the_device_is_followed(line: Line, tmp_path: Path) -> None:
    (tmp_path / "printer").symlink_to(line.node)
    seen = examine(str(tmp_path / "printer"))
    assert seen.outcome is Outcome.PASS and seen.facts.node == line.node


# --- does it open


@pytest.mark.root
@whole_machine
@pytest.mark.parametrize("owner", list(PortOwner))
def test_a_free_port_opens_and_keeps_no_trace(line: Line, owner: PortOwner) -> None:
    before = termios.tcgetattr(line.far)
    seen = examine(line.node, protocol=OPEN, owner=owner)
    assert seen.outcome is Outcome.PASS and seen.facts.opened is True and seen.facts.can_tell is True
    assert termios.tcgetattr(line.far) == before
    assert line.received() == b""
    port = os.open(line.node, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where a lock is left behind
    os.close(port)


@pytest.mark.root
@pytest.mark.parametrize("settings", [{"protocol": SerialProtocol.PRESENCE}, {"protocol": OPEN, "reset_on_open": True}, {"protocol": OPEN}])
def test_what_must_not_be_opened_needs_no_permission(line: Line, settings: dict[str, Any]) -> None:
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, **settings))  # the node is root's, mode 0600 or 0620
    assert seen.outcome is Outcome.PASS and seen.facts.opened is None and seen.facts.can_tell is False


@pytest.mark.root
def test_no_permission_names_the_group_and_the_command(line: Line) -> None:
    os.chown(line.node, 0, grp.getgrnam("dialout").gr_gid)
    os.chmod(line.node, 0o660)
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, protocol=OPEN, owner=AGENT))
    assert (seen.outcome, seen.symptom, seen.facts.group) == (Outcome.FAIL, Symptom.PORT_PERMISSION, "dialout")
    assert seen.facts.fix == "usermod -aG dialout nobody"


@pytest.mark.root
def test_where_no_group_may_use_the_port_the_port_is_to_be_changed(line: Line) -> None:
    os.chown(line.node, 0, 0)
    os.chmod(line.node, 0o600)
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, protocol=OPEN, owner=AGENT))
    assert seen.symptom is Symptom.PORT_PERMISSION and seen.facts.group is None
    assert seen.facts.fix == f"chgrp dialout {line.node} && chmod 0660 {line.node}"


# --- who holds it


@pytest.mark.root
@pytest.mark.parametrize("how", [NO_LOCK, FLOCK, POSIX_LOCK, EXCLUSIVE])
@pytest.mark.parametrize("owner", list(PortOwner))
def test_root_names_the_holder_and_does_not_open(line: Line, hold: Hold, how: str, owner: PortOwner) -> None:
    holder = hold(line.node, how)
    seen = examine(line.node, apps=("payapp",), protocol=OPEN, owner=owner)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.PORT_BUSY)
    assert holder_of(seen).pid == holder.pid and "python" in str(holder_of(seen).name)
    assert seen.facts.opened is None


@pytest.mark.root
def test_with_no_application_configured_the_holder_may_be_it(line: Line, hold: Hold) -> None:
    hold(line.node, NO_LOCK)
    seen = examine(line.node)
    assert (seen.outcome, seen.symptom) == (Outcome.WARN, Symptom.PORT_BUSY)


@pytest.mark.root
@pytest.mark.parametrize("how", [NO_LOCK, FLOCK, IN_A_CHILD])
def test_the_application_may_hold_its_port(line: Line, hold: Hold, how: str) -> None:
    hold(line.node, how, "payapp --till=1")
    seen = examine(line.node, apps=("otherapp", r"payapp --till"), protocol=OPEN)
    assert (seen.outcome, seen.symptom) == (Outcome.PASS, None)
    assert (holder_of(seen).name == "sh") is (how == IN_A_CHILD) and seen.facts.opened is None


@pytest.mark.root
def test_a_stranger_beside_the_application_is_a_fault(line: Line, hold: Hold) -> None:
    hold(line.node, NO_LOCK, "payapp")
    stranger = hold(line.node, NO_LOCK)
    seen = examine(line.node, apps=("payapp",))
    assert (seen.symptom, holder_of(seen).pid) == (Symptom.PORT_BUSY, stranger.pid)


@pytest.mark.root
@pytest.mark.parametrize("how", [FLOCK, POSIX_LOCK])
def test_an_ordinary_user_learns_of_locks(line: Line, hold: Hold, how: str) -> None:
    holder = hold(line.node, how)
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node), ("payapp",))
    assert (seen.outcome, seen.symptom, holder_of(seen).pid) == (Outcome.FAIL, Symptom.PORT_BUSY, holder.pid)


@pytest.mark.root
def test_an_ordinary_user_is_refused_by_an_exclusive_holder(line: Line, hold: Hold) -> None:
    os.chmod(line.node, 0o666)
    hold(line.node, EXCLUSIVE)
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, protocol=OPEN, owner=AGENT), ("payapp",))
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.PORT_BUSY)
    assert seen.facts.holder == PortHolder(name=None, pid=None) and seen.facts.can_tell is False


@pytest.mark.root
@pytest.mark.parametrize(("owner", "opened"), [(PortOwner.APP, False), (PortOwner.AGENT, True)])
def test_an_ordinary_user_cannot_see_a_holder_without_a_lock(line: Line, hold: Hold, owner: PortOwner, opened: bool) -> None:
    os.chmod(line.node, 0o666)
    hold(line.node, NO_LOCK)
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, protocol=OPEN, owner=owner), ("payapp",))
    assert (seen.outcome, seen.facts.can_tell) == (Outcome.PASS, False)
    assert seen.facts.opened is (opened or None)


@pytest.mark.root
def test_a_lock_whose_taker_ended_still_holds(line: Line, hold: Hold) -> None:
    """A child inherits the lock; the kernel goes on naming the parent."""
    child = "fcntl.flock(port, fcntl.LOCK_EX)\nif os.fork(): os._exit(0)"
    holder = hold(line.node, child)
    holder.wait()
    seen = examined_by_nobody(SerialDevice(name="printer", port=line.node, protocol=OPEN, owner=AGENT), ("payapp",))
    assert (seen.outcome, seen.facts.holder, seen.facts.can_tell) == (Outcome.PASS, PortHolder(name=None, pid=None), False)
    assert seen.facts.opened is None


@pytest.mark.parametrize("form", ["{:10d}\n", "{:10d} payapp root\n", "{}"])
def test_a_lock_file_of_a_living_process(line: Line, hold: Hold, tmp_path: Path, form: str) -> None:
    other = hold("/dev/null", NO_LOCK)
    (tmp_path / f"LCK..{Path(line.node).name}").write_text(form.format(other.pid))
    seen = examine(line.node, apps=("payapp",), places=Places(locks=(tmp_path,)))
    assert (seen.symptom, holder_of(seen).pid) == (Symptom.PORT_BUSY, other.pid)


def test_a_lock_file_in_binary_under_another_name_of_the_port(line: Line, hold: Hold, tmp_path: Path) -> None:
    other = hold("/dev/null", NO_LOCK)
    (tmp_path / "printer").symlink_to(line.node)
    (tmp_path / "LCK..printer").write_bytes(other.pid.to_bytes(4, sys.byteorder))
    seen = examine(str(tmp_path / "printer"), apps=("payapp",), places=Places(locks=(tmp_path,)))
    assert (seen.symptom, holder_of(seen).pid) == (Symptom.PORT_BUSY, other.pid)


@pytest.mark.parametrize("content", [b"", b"nobody", b"         0\n", b"        -1\n", b"\xff\xff\xff\xff", b"9" * 60, "ended"])
def test_a_lock_file_that_holds_nothing(line: Line, tmp_path: Path, content: bytes | str) -> None:
    if content == "ended":
        with subprocess.Popen(["true"]) as ended:
            pass
        content = f"{ended.pid:10d}\n".encode()
    assert isinstance(content, bytes)
    (tmp_path / f"LCK..{Path(line.node).name}").write_bytes(content)
    seen = examine(line.node, apps=("payapp",), places=Places(locks=(tmp_path,)))
    assert seen.outcome is Outcome.PASS and seen.facts.holder is None


def test_a_lock_file_that_is_a_pipe_holds_up_nobody(line: Line, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"LCK..{Path(line.node).name}")
    seen = examine(line.node, places=Places(locks=(tmp_path,)))
    assert seen.outcome is Outcome.PASS
