"""Trees of small files, as the kernel shows them under /proc and /sys."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from probes.edge.serial.find import NOBODY, Others
from probes.ground.deadline import Deadline
from probes.model import Check
from probes.model.facts import SerialFacts
from probes.serial_port import Places, serial_port
from probes.settings import SerialDevice
from tests.support.patience import PATIENCE_S


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


class Machine:
    """A /sys and a /dev with the given USB ports, laid out with the links that the kernel makes."""

    def __init__(self, root: Path) -> None:
        self.sys, self.dev = root / "sys", root / "dev"
        (self.sys / "class/tty/console").mkdir(parents=True)
        (self.sys / "class/tty/console/active").write_text("tty0 ttyS0\n")
        self.dev.mkdir()

    def add(self, name: str, usb: str = "", number: str = "", unit: str = "1-1", **more: str) -> str:
        device = self.sys / f"devices/pci0000:00/usb1/{unit}" if usb else self.sys / "devices/platform/serial8250"
        port = device / f"{unit}:1.0/{name}" if usb else device / f"serial8250:{name}"
        entry = port / "tty" / name
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(port)
        (self.sys / "class/tty" / name).symlink_to(entry)
        if usb:
            vendor, product = usb.split(":")
            for key, value in {"idVendor": vendor, "idProduct": product, "serial": number, **more}.items():
                (device / key).write_text(f"{value}\n")
        for key, value in more.items():
            (entry / key).write_text(f"{value}\n")
        os.mknod(self.dev / name, stat.S_IFCHR | 0o600, os.makedev(250, len(list(self.dev.iterdir())) + 100))
        return str(self.dev / name)

    def add_other(self, group: str, name: str, usb: str, number: str = "", unit: str = "1-1", **interface: str) -> str:
        """A node of a USB device that is no serial port, as usblp (`usbmisc`, `lp0`) and hidraw make them."""
        device = self.sys / f"devices/pci0000:00/usb1/{unit}"
        part = device / f"{unit}:1.0"
        below = part / ("0003:0000.0001/hidraw" if group == "hidraw" else group)
        entry = below / name
        vendor, product = usb.split(":")
        write(device, {key: f"{value}\n" for key, value in {"idVendor": vendor, "idProduct": product, "serial": number}.items()})
        write(part, {key: f"{value}\n" for key, value in interface.items()})
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(below.parent)
        (self.sys / "class" / group).mkdir(parents=True, exist_ok=True)
        (self.sys / "class" / group / name).symlink_to(entry)
        node = self.dev / ("usb" if group == "usbmisc" else "") / name
        node.parent.mkdir(exist_ok=True)
        number_of_node = os.makedev(251, len(list(self.dev.rglob("*"))) + 100)
        os.mknod(node, stat.S_IFCHR | 0o600, number_of_node)
        listed = self.sys / f"dev/char/{os.major(number_of_node)}:{os.minor(number_of_node)}"
        listed.mkdir(parents=True)
        (listed / "subsystem").symlink_to(self.sys / "class" / group)
        return str(node)

    def examine(self, *, others: Others = NOBODY, **settings: Any) -> Check[SerialFacts]:
        device = SerialDevice(name="printer", **settings)
        return serial_port(device, Deadline(PATIENCE_S), others=others, places=Places(sys=self.sys, dev=self.dev))
