"""Devices on USB whose node is no serial port: printers of the printer class (usblp), HID devices (hidraw)."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.edge.serial.find import Others
from probes.model import Outcome, Symptom
from probes.settings import PortOwner, SerialProtocol
from tests.support.trees import Machine, write

pytestmark = pytest.mark.root  # nodes are made

PRESENCE = SerialProtocol.PRESENCE
KINDS = [("usbmisc", "lp0", "lp1"), ("hidraw", "hidraw0", "hidraw4")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def gone(node: str, name: str) -> str:
    """The path that the device had before."""
    return str(Path(node).with_name(name))


@pytest.mark.parametrize(("group", "name", "other"), KINDS)
def test_a_device_at_its_node_is_present(machine: Machine, group: str, name: str, other: str) -> None:
    node = machine.add_other(group, name, "04b8:0202", number="A1")
    machine.add_other(group, other, "0fe6:811e", unit="1-2")
    for usb, number in (("", ""), ("04b8:0202", ""), ("", "A1")):
        seen = machine.examine(port=node, protocol=PRESENCE, usb=usb, usb_serial=number)
        assert (seen.outcome, seen.facts.node, seen.facts.usb) == (Outcome.PASS, node, "04b8:0202"), seen


@pytest.mark.parametrize(("group", "name", "other"), KINDS)
def test_the_described_device_is_at_another_number(machine: Machine, group: str, name: str, other: str) -> None:
    node = machine.add_other(group, other, "04b8:0202", number="A1")
    seen = machine.examine(port=gone(node, name), protocol=PRESENCE, usb="04b8:0202")
    assert (seen.symptom, seen.facts.found_at) == (Symptom.DEVICE_RENUMBERED, node)


@pytest.mark.parametrize(("group", "name", "other"), KINDS)
def test_two_devices_changed_places(machine: Machine, group: str, name: str, other: str) -> None:
    node = machine.add_other(group, name, "04b8:0202")
    moved = machine.add_other(group, other, "0fe6:811e", unit="1-2")
    seen = machine.examine(port=node, protocol=PRESENCE, usb="0fe6:811e")
    assert (seen.symptom, seen.facts.found_at) == (Symptom.DEVICE_RENUMBERED, moved)


@pytest.mark.parametrize(("group", "name", "other"), KINDS)
def test_another_number_that_nobody_configured_may_be_it(machine: Machine, group: str, name: str, other: str) -> None:
    node = machine.add_other(group, other, "04b8:0202")
    machine.add("ttyUSB0", "067b:2303", unit="1-3")  # of another kind
    port = gone(node, name)
    seen = machine.examine(port=port, protocol=PRESENCE)
    assert (seen.symptom, seen.facts.candidates) == (Symptom.DEVICE_MISSING, (node,))
    for others in (Others(ports=(node,)), Others(described=(("04b8:0202", ""),))):
        assert machine.examine(port=port, protocol=PRESENCE, others=others).facts.candidates == ()


@pytest.mark.parametrize("by_hand", ["01", "02"])
def test_a_keyboard_or_mouse_is_not_it(machine: Machine, by_hand: str) -> None:
    node = machine.add_other("hidraw", "hidraw1", "046d:c31c", bInterfaceProtocol=by_hand)
    seen = machine.examine(port=gone(node, "hidraw0"), protocol=PRESENCE)
    assert (seen.symptom, seen.facts.candidates) == (Symptom.DEVICE_MISSING, ())


@pytest.mark.parametrize(("group", "name", "other"), KINDS)
def test_a_device_known_by_what_it_is_alone(machine: Machine, group: str, name: str, other: str) -> None:
    node = machine.add_other(group, other, "04b8:0202", number="A1")
    seen = machine.examine(usb="04b8:0202", protocol=PRESENCE)
    assert (seen.outcome, seen.facts.port) == (Outcome.PASS, node)


def test_a_pin_pad_that_has_both_is_spoken_to_over_its_line(machine: Machine) -> None:
    line = machine.add("ttyACM0", "11ca:0219")
    machine.add_other("hidraw", "hidraw0", "11ca:0219")
    assert machine.examine(usb="11ca:0219", protocol=PRESENCE).facts.port == line


def test_one_that_is_to_be_spoken_to_needs_a_line(machine: Machine) -> None:
    machine.add_other("hidraw", "hidraw0", "11ca:0219")
    assert machine.examine(usb="11ca:0219", protocol=SerialProtocol.ENQ).symptom is Symptom.DEVICE_MISSING


@pytest.mark.parametrize("protocol", [SerialProtocol.OPEN, SerialProtocol.ESCPOS])
def test_what_has_no_line_and_is_no_printer_is_not_opened(machine: Machine, protocol: SerialProtocol) -> None:
    node = machine.add_other("hidraw", "hidraw0", "04b8:0202")
    seen = machine.examine(port=node, protocol=protocol, owner=PortOwner.AGENT)
    assert (seen.outcome, seen.facts.opened) == (Outcome.PASS, None)
    assert "no serial line" in str(seen.facts.note)


@pytest.mark.parametrize("protocol", [SerialProtocol.OPEN, SerialProtocol.ESCPOS])
def test_a_printer_of_the_printer_class_is_opened(machine: Machine, protocol: SerialProtocol) -> None:
    """No driver of this machine has the node of this tree, and opening it shows that."""
    node = machine.add_other("usbmisc", "lp0", "04b8:0202")
    seen = machine.examine(port=node, protocol=protocol, owner=PortOwner.AGENT)
    assert (seen.symptom, "No such device" in str(seen.facts.note)) == (Symptom.DEVICE_MISSING, True), seen


def test_a_printer_whose_driver_has_it_lacks_none(machine: Machine) -> None:
    """Another one of the kind is there and its driver has it: that is no reason to look for a driver."""
    node = machine.add_other("usbmisc", "lp1", "04b8:0202")
    unit = write(machine.sys / "bus/usb/devices/1-1", {"idVendor": "04b8\n", "idProduct": "0202\n"})
    part = write(unit / "1-1:1.0", {"bInterfaceClass": "07\n"})
    (part / "driver").symlink_to("../../../drivers/usblp")
    seen = machine.examine(port=gone(node, "lp0"), protocol=PRESENCE)
    assert (seen.symptom, seen.facts.candidates) == (Symptom.DEVICE_MISSING, (node,))
