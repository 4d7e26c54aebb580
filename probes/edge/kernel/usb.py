"""What is on USB, whether or not a port came of it: a device that another driver or program has taken has no tty, and is plugged in all
the same. Read from `/sys/bus/usb/devices`; nothing here opens one."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import entries_of, line_of
from probes.ground.text import escape

USBFS = "usbfs"  # in the place of a driver: a program talks to the device itself
_DEVICE = re.compile(r"^[0-9]+-[0-9.]+$")  # 1-1.2; its interfaces have a colon behind that, hubs at the root are called usb1
_PORT = re.compile(r"^(tty[A-Za-z]+[0-9]+|lp[0-9]+)$")
_HUB = "09"
_PRINTER = "07"
_NEVER_WITHOUT = "usblp"  # takes an interface together with a node of it
_COMMUNICATION = ("02", "02")  # class and subclass of CDC ACM
# makers of serial adapters, whose own interface class says nothing (drivers/usb/serial)
_ADAPTERS = frozenset(
    {"067b:2303", "067b:2304", "067b:23a3", "067b:23c3", "1a86:7523", "1a86:7522", "1a86:5523", "1a86:55d3", "1a86:55d4", "1a86:55d5",
     "10c4:ea60", "10c4:ea61", "10c4:ea70", "10c4:ea71", "0403:6001", "0403:6010", "0403:6011", "0403:6014", "0403:6015", "110a:1410",
     "4348:5523", "9710:7720", "9710:7820", "9710:7840"}
)  # fmt: skip


class UsbDevice(Struct, frozen=True, kw_only=True):
    """`unit`: where it is plugged in, as the kernel counts (1-1.2). `drivers`: what holds its interfaces; empty where nothing does.

    `kinds`: class and subclass of each interface. `port`: there is a port of it. `node`: through which programs talk to it themselves.
    """

    unit: str
    usb: str
    usb_serial: str
    maker: str
    model: str
    kinds: tuple[tuple[str, str], ...]
    drivers: tuple[str, ...]
    port: bool
    node: str

    def answers_to(self, usb: str, usb_serial: str) -> bool:
        return bool(usb or usb_serial) and (not usb or self.usb == usb.lower()) and (not usb_serial or self.usb_serial == usb_serial)

    @property
    def serial(self) -> bool:
        """It is made to be a serial port."""
        return self.usb in _ADAPTERS or _COMMUNICATION in self.kinds

    @property
    def printer(self) -> bool:
        return any(kind == _PRINTER for kind, _ in self.kinds)

    @property
    def by_id(self) -> str:
        """What udev calls it under /dev/serial/by-id, without `usb-` and the interface (60-serial.rules)."""
        vendor, product = self.usb.split(":")
        return "_".join(_udev(each) for each in (self.maker or vendor, self.model or product, self.usb_serial) if each)


def devices(sys: Path = Path("/sys")) -> list[UsbDevice]:
    """Hubs aside. Raises CannotTell, and PermissionError where the listing is denied."""
    try:
        entries = entries_of(sys / "bus/usb/devices")
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [_device(entry) for entry in entries if _DEVICE.fullmatch(entry.name) and line_of(entry / "bDeviceClass") != _HUB]


def _device(entry: Path) -> UsbDevice:
    """Raises CannotTell."""
    interfaces = _interfaces(entry)
    drivers = dict.fromkeys(name for each in interfaces if (name := _driver(each)))
    bus, number = line_of(entry / "busnum"), line_of(entry / "devnum")
    return UsbDevice(
        unit=entry.name,
        usb=f"{line_of(entry / 'idVendor')}:{line_of(entry / 'idProduct')}".lower(),
        usb_serial=escape(line_of(entry / "serial"), 128),
        maker=escape(line_of(entry / "manufacturer"), 80),
        model=escape(line_of(entry / "product"), 80),
        kinds=tuple((line_of(each / "bInterfaceClass"), line_of(each / "bInterfaceSubClass")) for each in interfaces),
        drivers=tuple(escape(name, 40) for name in drivers),
        port=_NEVER_WITHOUT in drivers or any(_has_port(each) for each in interfaces),
        node=f"/dev/bus/usb/{int(bus):03d}/{int(number):03d}" if bus.isdecimal() and number.isdecimal() else "",
    )


def _interfaces(entry: Path) -> list[Path]:
    """They lie in the device's directory; in the list of the bus, links to all of them lie side by side."""
    for folder in (entry, entry.parent):
        with suppress(OSError):
            found = [each for each in entries_of(folder) if each.name.startswith(f"{entry.name}:")]
            if found:
                return found
    return []


def _driver(interface: Path) -> str:
    try:
        return (interface / "driver").readlink().name
    except OSError:
        return ""


def _has_port(interface: Path) -> bool:
    """`ttyUSB0` lies in it, `ttyACM0` below `tty`, `lp0` below `usbmisc`."""
    for folder in (interface, interface / "tty", interface / "usbmisc"):
        with suppress(OSError):
            if any(_PORT.fullmatch(each.name) for each in entries_of(folder)):
                return True
    return False


def _udev(text: str) -> str:
    """As udev writes a text from a device into a name."""
    return re.sub(r"[^A-Za-z0-9#+\-.:=@_]", "_", re.sub(r"\s+", "_", text.strip()))
