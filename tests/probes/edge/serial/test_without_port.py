"""A configured device that is on USB and has no port, in trees laid out as the kernel does."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.edge.serial.find import Others
from probes.ground.deadline import Deadline
from probes.model import Check, Symptom
from probes.model.facts import SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import SerialDevice
from tests.support.patience import PATIENCE_S
from tests.support.trees import Machine, write

CH340 = {"idVendor": "1a86", "idProduct": "7523", "manufacturer": "QinHeng", "product": "USB Serial", "busnum": "1", "devnum": "4"}
GONE = "/dev/ttyUSB97"


def on_bus(tmp_path: Path, driver: str = "", unit: str = "1-1", kind: str = "ff", sub: str = "01", **what: str) -> Path:
    """Its interface's folder."""
    write(tmp_path, {f"sys/bus/usb/devices/{unit}/{key}": f"{value}\n" for key, value in (CH340 | what).items()})
    part = tmp_path / f"sys/bus/usb/devices/{unit}/{unit}:1.0"
    write(part, {"bInterfaceClass": f"{kind}\n", "bInterfaceSubClass": f"{sub}\n"})
    if driver:
        (part / "driver").symlink_to(f"../../../../bus/usb/drivers/{driver}")
    return part


def seen(tmp_path: Path, others: Others | None = None, **settings: str) -> Check[SerialFacts]:
    device = SerialDevice(name="printer", **{"port": GONE} | settings)  # type: ignore[arg-type]
    places = Places(sys=tmp_path / "sys", dev=tmp_path / "dev")
    return serial_port(device, Deadline(PATIENCE_S), others=others or Others(), places=places)


@pytest.mark.parametrize("driver", ["usbfs", "ch341", ""])
def test_on_the_bus_and_no_port(tmp_path: Path, driver: str) -> None:
    on_bus(tmp_path, driver)
    check = seen(tmp_path, usb="1a86:7523")
    facts = check.facts
    assert (check.symptom, facts.driver, facts.found_by) == (Symptom.NO_PORT, driver or None, "description")
    assert (facts.label, facts.usb) == ("QinHeng USB Serial", "1a86:7523")


@pytest.mark.parametrize(
    ("port", "symptom", "by"),
    [
        ("/dev/serial/by-id/usb-QinHeng_USB_Serial-if00-port0", Symptom.NO_PORT, "name"),
        ("/dev/serial/by-id/usb-QinHeng_USB_Serial_A7-if00-port0", Symptom.DEVICE_MISSING, None),
        (GONE, Symptom.NO_PORT, "alone"),
        ("/dev/printer", Symptom.DEVICE_MISSING, None),
        ("/dev/ttyS7", Symptom.DEVICE_MISSING, None),
    ],
)
def test_which_device_a_name_means(tmp_path: Path, port: str, symptom: Symptom, by: str | None) -> None:
    on_bus(tmp_path, "usbfs")
    check = seen(tmp_path, port=port)
    assert (check.symptom, check.facts.found_by) == (symptom, by)


def test_of_two_of_a_kind_a_node_means_neither(tmp_path: Path) -> None:
    on_bus(tmp_path)
    on_bus(tmp_path, unit="1-2.4")
    assert seen(tmp_path).symptom is Symptom.DEVICE_MISSING


def test_what_another_table_describes_is_not_this_one(tmp_path: Path) -> None:
    on_bus(tmp_path)
    assert seen(tmp_path, Others(described=(("1a86:7523", ""),))).symptom is Symptom.DEVICE_MISSING


@pytest.mark.parametrize("node", ["ttyUSB0", "tty/ttyACM0", "usbmisc/lp0"])
def test_a_device_with_a_port_lacks_no_driver(tmp_path: Path, node: str) -> None:
    (on_bus(tmp_path, "ch341") / node).mkdir(parents=True)
    assert seen(tmp_path, usb="1a86:7523").symptom is Symptom.DEVICE_MISSING


@pytest.mark.parametrize(
    ("kind", "sub", "usb", "symptom"),
    [
        ("02", "02", "2341:0043", Symptom.NO_PORT),  # CDC ACM
        ("03", "01", "046d:c31c", Symptom.DEVICE_MISSING),  # a keyboard
        ("ff", "00", "0bda:8153", Symptom.DEVICE_MISSING),  # a network card
    ],
)
def test_a_node_of_usb_means_a_serial_adapter(tmp_path: Path, kind: str, sub: str, usb: str, symptom: Symptom) -> None:
    vendor, product = usb.split(":")
    on_bus(tmp_path, "usbfs", kind=kind, sub=sub, idVendor=vendor, idProduct=product)
    assert seen(tmp_path).symptom is symptom


def test_a_printer_that_a_print_server_has(tmp_path: Path) -> None:
    on_bus(tmp_path, "usbfs", kind="07", idVendor="04b8", idProduct="0202")
    assert seen(tmp_path, port="/dev/usb/lp97").symptom is Symptom.NO_PORT


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[int]:
    """A process that has the device's node open, as brltty does."""
    node = tmp_path / "dev/bus/usb/001/004"
    node.parent.mkdir(parents=True)
    os.mknod(node, stat.S_IFCHR | 0o600, os.makedev(1, 7))  # as /dev/full, which nobody else has open
    program = "import sys; held = open(sys.argv[1], 'r+b', 0); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program, node], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()


@pytest.mark.root
def test_the_program_that_has_it_is_named(tmp_path: Path, holding: int) -> None:
    on_bus(tmp_path, "usbfs")
    facts = seen(tmp_path, usb="1a86:7523").facts
    assert facts.holder is not None and facts.holder.pid == holding


@pytest.mark.root
def test_another_port_may_be_the_one_that_is_configured_by_its_node(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    other = machine.add("ttyUSB1", "067b:2303")
    machine.add("ttyACM0", "2341:0043", unit="1-2")
    check = machine.examine(port=GONE)
    assert (check.symptom, check.facts.candidates) == (Symptom.DEVICE_MISSING, (other,))
    assert machine.examine(port=GONE, others=Others(ports=(other,))).facts.candidates == ()
    assert machine.examine(port=GONE, others=Others(described=(("067b:2303", ""),))).facts.candidates == ()
