"""Which node a serial device is at, in device trees laid out with the links that the kernel makes."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.edge.serial.find import Others
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.model.facts import SerialPresentFacts
from probes.serial_port import Places, serial_port
from probes.serial_present import list_present
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.as_nobody import examined_by_nobody
from tests.support.patience import PATIENCE_S
from tests.support.trees import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.root
def test_a_device_found_by_what_it_is(machine: Machine) -> None:
    machine.add("ttyUSB0", "067b:2303", unit="1-1")
    node = machine.add("ttyUSB1", "1a86:7523", number="A7", unit="1-2", manufacturer="QinHeng", product="CH340\x1b[0m")
    for seen in (machine.examine(usb="1A86:7523"), machine.examine(usb_serial="A7")):
        facts = seen.facts
        assert (facts.port, facts.usb, facts.usb_serial) == (node, "1a86:7523", "A7")
        assert (facts.maker, facts.model) == ("QinHeng", "CH340\\x1b[0m")


@pytest.mark.root
@pytest.mark.parametrize(
    ("label", "more", "called"),
    [
        ("小票打印机，左边的 USB 口", {"manufacturer": "QinHeng", "product": "CH340"}, "小票打印机，左边的 USB 口"),
        ("", {"manufacturer": "QinHeng", "product": "CH340"}, "QinHeng CH340"),
        ("", {"product": "CH340"}, "CH340"),
        ("", {}, ""),
    ],
)
def test_a_device_is_called_by_its_label_or_by_what_it_says_of_itself(
    machine: Machine, label: str, more: dict[str, str], called: str
) -> None:
    machine.add("ttyUSB0", "1a86:7523", **more)
    assert machine.examine(usb="1a86:7523", label=label).facts.label == called


@pytest.mark.root
@pytest.mark.parametrize(("times", "symptom"), [(2, None), (5, Symptom.USB_UNSTABLE)])
def test_a_usb_port_that_resets_again_and_again(machine: Machine, tmp_path: Path, times: int, symptom: Symptom | None) -> None:
    node = machine.add("ttyUSB0", "067b:2303", unit="1-1")
    now = int(time.monotonic() * 1_000_000)
    (tmp_path / "kmsg").write_text(f"6,1,{now},-;usb 1-1: reset full-speed USB device number 7 using xhci_hcd\n" * times)
    places = Places(sys=machine.sys, dev=machine.dev, kmsg=tmp_path / "kmsg")
    seen = serial_port(SerialDevice(name="printer", port=node), Deadline(PATIENCE_S), places=places)
    assert (seen.symptom, seen.facts.usb_upsets) == (symptom, times if symptom else None)


@pytest.mark.root
@pytest.mark.parametrize("protocol", [SerialProtocol.OPEN, SerialProtocol.ESCPOS])
def test_the_systems_console_is_not_opened(machine: Machine, protocol: SerialProtocol) -> None:
    node = machine.add("ttyS0", type="4")
    seen = machine.examine(port=node, protocol=protocol, owner=PortOwner.AGENT)
    assert seen.outcome is Outcome.PASS and "console" in str(seen.facts.note)


@pytest.mark.root
@pytest.mark.parametrize("protocol", [SerialProtocol.OPEN, SerialProtocol.ESCPOS])
def test_a_node_with_no_driver_behind_it(machine: Machine, protocol: SerialProtocol) -> None:
    node = machine.add("ttyUSB0", "067b:2303")
    seen = machine.examine(port=node, protocol=protocol, owner=PortOwner.AGENT)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.DEVICE_MISSING)


@pytest.mark.root
def test_a_device_that_is_nowhere(machine: Machine) -> None:
    machine.add("ttyUSB0", "067b:2303")
    seen = machine.examine(usb="1a86:7523")
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.DEVICE_MISSING) and "1a86:7523" in str(seen.facts.note)


@pytest.mark.root
def test_the_same_device_at_another_node(machine: Machine) -> None:
    node = machine.add("ttyUSB1", "067b:2303")
    seen = machine.examine(port=str(machine.dev / "ttyUSB0"), usb="067b:2303")
    assert (seen.outcome, seen.symptom, seen.facts.found_at) == (Outcome.FAIL, Symptom.DEVICE_RENUMBERED, node)


@pytest.mark.root
def test_two_devices_that_changed_their_numbers(machine: Machine) -> None:
    wrong, right = machine.add("ttyUSB0", "1a86:7523", unit="1-1"), machine.add("ttyUSB1", "067b:2303", unit="1-2")
    seen = machine.examine(port=wrong, usb="067b:2303")
    assert (seen.symptom, seen.facts.found_at) == (Symptom.DEVICE_RENUMBERED, right)


@pytest.mark.root
def test_another_device_in_its_place(machine: Machine) -> None:
    seen = machine.examine(port=machine.add("ttyUSB0", "1a86:7523"), usb="067b:2303")
    assert seen.symptom is Symptom.DEVICE_MISSING and "another device" in str(seen.facts.note)


@pytest.mark.root
def test_the_port_of_another_configured_device_is_not_this_one_moved(machine: Machine) -> None:
    other = machine.add("ttyUSB1", "067b:2303")
    seen = machine.examine(port=str(machine.dev / "ttyUSB0"), usb="067b:2303", others=Others(ports=(other,)))
    assert seen.symptom is Symptom.DEVICE_MISSING


@pytest.mark.root
@pytest.mark.parametrize(("configured", "may_be"), [("ttyCH343USB0", True), ("ttyXRUSB0", True), ("ttyUSB0", False), ("ttyS1", False)])
def test_a_port_by_the_name_of_a_makers_driver_may_have_the_kernels_name_now(machine: Machine, configured: str, may_be: bool) -> None:
    node = machine.add("ttyACM0", "1a86:55d4")
    seen = machine.examine(port=str(machine.dev / configured))
    assert (seen.symptom, seen.facts.candidates) == (Symptom.DEVICE_MISSING, (node,) if may_be else ())


@pytest.mark.root
def test_which_of_two_alike_it_is_cannot_be_told(machine: Machine) -> None:
    alike = (machine.add("ttyUSB1", "067b:2303", unit="1-1"), machine.add("ttyUSB2", "067b:2303", unit="1-2"))
    seen = machine.examine(port=str(machine.dev / "ttyUSB0"), usb="067b:2303")
    assert (seen.symptom, seen.facts.candidates) == (Symptom.DEVICE_MISSING, alike)


@pytest.mark.root
def test_with_nothing_configured_the_ports_are_listed(machine: Machine) -> None:
    machine.add("ttyUSB10", "067b:2303", unit="1-1")
    machine.add("ttyUSB2", "1a86:7523", unit="1-2", product="CH340")
    machine.add("ttyS0", type="4")
    machine.add("ttyS1", type="0")  # no chip behind it
    (machine.sys / "class/tty/tty1").mkdir()  # a screen
    seen = list_present(Deadline(PATIENCE_S), sys=machine.sys, dev=machine.dev)
    assert (seen.id, seen.outcome) == ("serial:present", Outcome.PASS)
    listed = [(Path(device.node).name, device.usb, device.model, device.console) for device in seen.facts.devices]
    assert listed == [("ttyS0", "", "", True), ("ttyUSB2", "1a86:7523", "CH340", False), ("ttyUSB10", "067b:2303", "", False)]


@pytest.mark.root
def test_of_two_alike_none_is_spoken_to(machine: Machine) -> None:
    """The one that is found first may be a PIN pad that nobody configured."""
    alike = (machine.add("ttyUSB0", "067b:2303", unit="1-1"), machine.add("ttyUSB1", "067b:2303", unit="1-2"))
    seen = machine.examine(usb="067b:2303", protocol=SerialProtocol.ESCPOS, owner=PortOwner.AGENT)
    assert (seen.outcome, seen.facts.candidates) == (Outcome.PASS, alike)
    assert seen.facts.opened is None and "several devices" in str(seen.facts.note)


@pytest.mark.root
def test_two_ports_of_one_device_are_one_device(machine: Machine) -> None:
    machine.add("ttyUSB0", "2c7c:0125", unit="1-1")
    device = machine.sys / "devices/pci0000:00/usb1/1-1"
    port = device / "1-1:1.1/ttyUSB1/tty/ttyUSB1"
    port.mkdir(parents=True)
    (port / "device").symlink_to(device / "1-1:1.1/ttyUSB1")
    (machine.sys / "class/tty/ttyUSB1").symlink_to(port)
    seen = machine.examine(usb="2c7c:0125", protocol=SerialProtocol.OPEN, owner=PortOwner.AGENT)
    assert "No such device" in str(seen.facts.note), "it was not opened"


# --- what may not be looked at


@pytest.fixture
def closed() -> Iterator[Machine]:
    """A machine that an ordinary user reaches, to be closed in parts."""
    with tempfile.TemporaryDirectory(prefix="posdiag-", dir="/dev/shm") as place:
        os.chmod(place, 0o755)
        yield Machine(Path(place))


@pytest.mark.root
@pytest.mark.parametrize("part", [".", "class/tty", "dev/char", "devices"])
def test_without_the_kernels_tree_a_port_is_there_all_the_same(closed: Machine, part: str) -> None:
    node = closed.add("ttyUSB0", "067b:2303")
    (closed.sys / "dev/char").mkdir(parents=True)
    (closed.sys / part).chmod(0)
    seen = examined_by_nobody(SerialDevice(name="printer", port=node), sys_=closed.sys, dev=closed.dev)
    assert (seen.outcome, seen.symptom) == (Outcome.PASS, None)


@pytest.mark.root
@pytest.mark.parametrize("part", [".", "class/tty", "devices"])
def test_without_the_kernels_tree_nobody_can_say_that_a_device_is_unplugged(closed: Machine, part: str) -> None:
    closed.add("ttyUSB0", "067b:2303")
    (closed.sys / part).chmod(0)
    seen = examined_by_nobody(SerialDevice(name="printer", usb="067b:2303"), sys_=closed.sys, dev=closed.dev)
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, Symptom.DENIED) and "the right /sys is missing" in str(seen.because)


@pytest.mark.root
def test_a_port_in_a_place_that_may_not_be_entered_is_not_unplugged() -> None:
    with tempfile.TemporaryDirectory(prefix="posdiag-", dir="/dev/shm") as place:  # mode 0700
        seen = examined_by_nobody(SerialDevice(name="printer", port=f"{place}/pad"))
    assert (seen.outcome, seen.symptom) == (Outcome.UNKNOWN, Symptom.DENIED) and "(r) is missing" in str(seen.because)


@pytest.mark.root
@pytest.mark.parametrize("number", [(5, 0), (5, 1), (5, 2), (4, 1), (4, 63)], ids=["tty", "console", "ptmx", "tty1", "tty63"])
def test_a_screen_is_no_serial_port(machine: Machine, number: tuple[int, int]) -> None:
    os.mknod(machine.dev / "ttyX", stat.S_IFCHR | 0o600, os.makedev(*number))
    seen = machine.examine(port=str(machine.dev / "ttyX"), protocol=SerialProtocol.OPEN, owner=PortOwner.AGENT)
    assert seen.symptom is Symptom.DEVICE_MISSING and "not a serial port" in str(seen.facts.note)


def test_a_machine_without_serial_ports(tmp_path: Path) -> None:
    assert list_present(Deadline(PATIENCE_S), sys=tmp_path).facts == SerialPresentFacts(devices=())


@pytest.mark.root
@pytest.mark.parametrize(
    ("settings", "symptom"),
    [
        ({"port": "ttyUSB3"}, Symptom.PORT_HIDDEN),
        ({"port": "ttyUSB3", "usb": "1a86:7523"}, Symptom.PORT_HIDDEN),
        ({"port": "ttyUSB3", "usb": "067b:2303"}, Symptom.DEVICE_MISSING),
        ({"usb": "1a86:7523"}, Symptom.PORT_HIDDEN),
        ({"port": "ttyUSB0", "usb": "1a86:7523"}, Symptom.PORT_HIDDEN),
        ({"port": "ttyUSB0"}, Symptom.PORT_HIDDEN),
        ({"port": "ttyACM0"}, Symptom.DEVICE_MISSING),
    ],
)
def test_a_port_that_the_kernel_has_and_our_own_directory_of_devices_has_not(
    machine: Machine, settings: dict[str, str], symptom: Symptom
) -> None:
    """As a container or a service with devices of its own sees it."""
    os.unlink(machine.add("ttyUSB3", "1a86:7523"))
    given: dict[str, Any] = settings | ({"port": str(machine.dev / settings["port"])} if "port" in settings else {})
    seen = machine.examine(**given)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, symptom)


@pytest.mark.root
def test_of_two_ports_the_one_that_is_there_may_be_it(machine: Machine) -> None:
    os.unlink(machine.add("ttyUSB3", "1a86:7523", unit="1-1"))
    machine.add("ttyUSB4", "1a86:7523", unit="1-2")
    assert machine.examine(port=str(machine.dev / "ttyUSB0")).symptom is Symptom.DEVICE_MISSING
