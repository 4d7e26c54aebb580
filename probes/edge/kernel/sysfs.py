"""Devices as the kernel lists them under `/sys`; nothing here opens one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import entries_of, line_of
from probes.ground.files import is_there
from probes.ground.text import escape


class SerialNode(Struct, frozen=True, kw_only=True):
    """A serial port with hardware behind it, or another node of a USB device. `usb` is vendor:product in lower case, empty where it is not
    on USB."""

    name: str  # ttyUSB0; below /dev: usb/lp0
    usb: str = ""
    usb_serial: str = ""
    maker: str = ""
    model: str = ""
    unit: str = ""  # directory of the USB device: ports of the same device share it
    console: bool = False  # the kernel's own console

    def answers_to(self, usb: str, usb_serial: str) -> bool:
        """Whether this is the device so described; an empty part of the description matches any."""
        return bool(usb or usb_serial) and (not usb or self.usb == usb.lower()) and (not usb_serial or self.usb_serial == usb_serial)


def serial_node(name: str, sys: Path = Path("/sys")) -> SerialNode | None:
    """The port of this name, or None where the kernel has none, or one without hardware (`ttyS1` of an empty socket).

    Raises CannotTell.
    """
    entry = sys / "class/tty" / name
    hardware = entry / "device"
    if not name.startswith("tty") or not (is_there(hardware) or (name.startswith("ttyGS") and is_there(entry))):
        return None
    if line_of(entry / "type") == "0":  # PORT_UNKNOWN: the driver found no chip
        return None
    console = name in line_of(sys / "class/tty/console/active").split()
    return _described(name, hardware, sys, console=console) or SerialNode(name=name, console=console)


def _described(name: str, hardware: Path, sys: Path, *, console: bool = False) -> SerialNode | None:
    """None where it is not on USB. Raises CannotTell."""
    unit = _usb_device(hardware, sys)
    if unit is None:
        return None
    return SerialNode(
        name=name,
        usb=f"{line_of(unit / 'idVendor')}:{line_of(unit / 'idProduct')}".lower(),
        usb_serial=escape(line_of(unit / "serial"), 128),
        maker=escape(line_of(unit / "manufacturer"), 80),
        model=escape(line_of(unit / "product"), 80),
        unit=str(unit),
        console=console,
    )


def serial_nodes(sys: Path = Path("/sys")) -> Iterator[SerialNode]:
    """Every port with hardware behind it, ttyUSB2 before ttyUSB10. Raises CannotTell, and PermissionError where the listing is denied."""
    try:
        names = [entry.name for entry in entries_of(sys / "class/tty")]
    except FileNotFoundError:
        return
    for name in sorted(names, key=lambda name: (name.rstrip("0123456789"), len(name), name)):
        node = serial_node(name, sys)
        if node is not None:
            yield node


# nodes of USB devices that are no serial ports, by what they are called: their classes, and where /dev has them (usblp.c, hidraw.c);
# kernels before 3.9 called the first class usb
_OTHERS = {"lp": (("usbmisc", "usb"), "usb/"), "hidraw": (("hidraw",), "")}
_OTHER = re.compile(r"(lp|hidraw)[0-9]+")
_OPERATED_BY_HAND = ("01", "02")  # bInterfaceProtocol of keyboards and mice (Device Class Definition for HID 1.11, section 4.3)


def other_kind(name: str) -> str:
    """`lp` of lp0, `hidraw` of hidraw3; empty for any other name."""
    found = _OTHER.fullmatch(name)
    return found[1] if found else ""


def other_node(name: str, sys: Path = Path("/sys")) -> SerialNode | None:
    """The printer of USB's printer class, or the HID device, of this name; None where the kernel has none. Raises CannotTell."""
    kind = other_kind(name)
    for each in _OTHERS[kind][0] if kind else ():
        hardware = sys / "class" / each / name / "device"
        if is_there(hardware):
            return _described(_OTHERS[kind][1] + name, hardware, sys)
    return None


def other_nodes(kind: str, sys: Path = Path("/sys")) -> Iterator[SerialNode]:
    """Every one of that kind, lp2 before lp10; keyboards and mice aside. Raises CannotTell, and PermissionError as `serial_nodes`."""
    names: set[str] = set()
    for each in _OTHERS[kind][0]:
        with suppress(FileNotFoundError):
            names |= {entry.name for entry in entries_of(sys / "class" / each) if other_kind(entry.name) == kind}
    for name in sorted(names, key=lambda name: (len(name), name)):
        node = other_node(name, sys)
        if node is not None and not (kind == "hidraw" and _by_hand(sys / "class/hidraw" / name / "device")):
            yield node


def _by_hand(hardware: Path) -> bool:
    """The HID device lies in its interface's directory."""
    return line_of(hardware.resolve().parent / "bInterfaceProtocol") in _OPERATED_BY_HAND


def _usb_device(hardware: Path, sys: Path) -> Path | None:
    """The USB device that the port is an interface of: the nearest directory upwards with a vendor."""
    top = sys.resolve()
    for directory in (place := hardware.resolve(), *place.parents):
        if directory == top or not directory.is_relative_to(top):
            return None
        if is_there(directory / "idVendor"):
            return directory
    return None
