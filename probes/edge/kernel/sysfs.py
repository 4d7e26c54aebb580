"""Devices as the kernel lists them under `/sys`; nothing here opens one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import entries_of, line_of
from probes.ground.text import escape


class SerialNode(Struct, frozen=True, kw_only=True):
    """A serial port with hardware behind it. `usb` is vendor:product in lower case, empty where it is not on USB."""

    name: str  # ttyUSB0
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
    if not name.startswith("tty") or not (hardware.exists() or (name.startswith("ttyGS") and entry.exists())):
        return None
    if line_of(entry / "type") == "0":  # PORT_UNKNOWN: the driver found no chip
        return None
    console = name in line_of(sys / "class/tty/console/active").split()
    unit = _usb_device(hardware, sys)
    if unit is None:
        return SerialNode(name=name, console=console)
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


def _usb_device(hardware: Path, sys: Path) -> Path | None:
    """The USB device that the port is an interface of: the nearest directory upwards with a vendor."""
    top = sys.resolve()
    for directory in (place := hardware.resolve(), *place.parents):
        if directory == top or not directory.is_relative_to(top):
            return None
        if (directory / "idVendor").exists():
            return directory
    return None
