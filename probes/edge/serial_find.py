"""Which device node a configured serial device is at: by its port, by what it is on USB, or by both."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from probes.edge.sysfs import SerialNode, serial_node, serial_nodes
from probes.settings import SerialDevice


class Found(Struct, frozen=True, kw_only=True):
    """`node` is where the device is, None if it is nowhere.

    `renumbered` holds the nodes of the same device when it is not at the configured one. `why` says what stands in its place.
    """

    node: str | None
    hardware: SerialNode | None = None
    renumbered: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    why: str = ""


def find(device: SerialDevice, *, taken: Collection[str] = (), sys: Path = Path("/sys"), dev: Path = Path("/dev")) -> Found:
    """`taken` are ports of other configured devices: what is there is not this one."""
    described = bool(device.usb or device.usb_serial)
    if not device.port:
        return _by_description(device, sys, dev, taken)
    node, why = _terminal_at(device.port, sys)
    if node is None:
        return _moved(device, sys, dev, taken, why) if described else Found(node=None, why=why)
    hardware = serial_node(Path(node).name, sys)
    if described and hardware is not None and not hardware.answers_to(device.usb, device.usb_serial):
        return _moved(device, sys, dev, taken, f"another device is at {device.port}")
    return Found(node=node, hardware=hardware)


def _terminal_at(port: str, sys: Path) -> tuple[str | None, str]:
    """The node behind the name, or why there is none. Names under /dev/serial are links, and dangle when the device is gone."""
    try:
        node = str(Path(port).resolve(strict=True))
        seen = Path(node).stat()
    except (OSError, RuntimeError):
        return None, f"{port} does not exist"
    if not stat.S_ISCHR(seen.st_mode):
        return None, f"{port} is not a device; something else has its name"
    kind = sys / "dev/char" / f"{os.major(seen.st_rdev)}:{os.minor(seen.st_rdev)}" / "subsystem"
    if kind.exists() and kind.resolve().name != "tty":
        return None, f"{port} is a device, but not a serial port"
    return node, ""


def _same(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str]) -> list[SerialNode]:
    others = {os.path.realpath(port) for port in taken}
    try:
        return [
            node
            for node in serial_nodes(sys)
            if node.answers_to(device.usb, device.usb_serial) and os.path.realpath(dev / node.name) not in others
        ]
    except OSError:
        return []


def _by_description(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str]) -> Found:
    same = _same(device, sys, dev, taken)
    if not same:
        return Found(node=None, why=f"no serial port belongs to a USB device {device.usb or device.usb_serial}")
    candidates = tuple(str(dev / node.name) for node in same)
    return Found(node=candidates[0], hardware=same[0], candidates=candidates if len(same) > 1 else ())


def _moved(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str], why: str) -> Found:
    same = _same(device, sys, dev, taken)
    nodes = tuple(str(dev / node.name) for node in same)
    if len({node.unit for node in same}) == 1:
        return Found(node=None, hardware=same[0], renumbered=nodes, why=why)
    return Found(node=None, candidates=nodes, why=why)  # several of a kind: which of them it is cannot be told
