"""Which device node a configured serial device is at: by its port, by what it is on USB, or by both."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel.sysfs import SerialNode, other_kind, other_node, other_nodes, serial_node, serial_nodes
from probes.edge.kernel.usb import USBFS, UsbDevice, devices
from probes.ground.text import escape
from probes.model import rights
from probes.settings import SerialDevice, SerialProtocol


class Found(Struct, frozen=True, kw_only=True):
    """`node` is where the device is, None if it is nowhere.

    `renumbered` holds the nodes of the same device when it is not at the configured one. `why` says what stands in its place.
    `candidates` are several that may be it: ports of one device, or, where `alike`, of several devices that nothing tells apart.
    `line`: it is a serial line, and not a printer of USB's printer class, or a HID device.
    `denied`: where it is may not be looked at, so that not finding it means nothing. `hidden`: where the kernel has it, in a directory of
    devices that was made for us without it, as services and containers get one.
    """

    node: str | None
    hardware: SerialNode | None = None
    renumbered: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    alike: bool = False
    line: bool = True
    denied: bool = False
    hidden: str = ""
    why: str = ""


class Others(Struct, frozen=True, kw_only=True):
    """What the other configured devices are: ports, and pairs of USB identity and serial number. What is one of them is not this one."""

    ports: tuple[str, ...] = ()
    described: tuple[tuple[str, str], ...] = ()

    @classmethod
    def than(cls, device: SerialDevice, configured: Iterable[SerialDevice]) -> Others:
        others = [each for each in configured if each.name != device.name]
        return cls(
            ports=tuple(each.port for each in others if each.port),
            described=tuple((each.usb, each.usb_serial) for each in others if each.usb or each.usb_serial),
        )

    def claim(self, what: SerialNode | UsbDevice) -> bool:
        return any(what.answers_to(usb, number) for usb, number in self.described)


NOBODY = Others()


def find(device: SerialDevice, *, others: Others = NOBODY, sys: Path = Path("/sys"), dev: Path = Path("/dev")) -> Found:
    """Raises CannotTell."""
    taken = others.ports
    described = bool(device.usb or device.usb_serial)
    if not device.port:
        return _by_description(device, sys, dev, taken)
    try:
        node, why, line = _device_at(device.port, sys)
    except PermissionError:
        return Found(node=None, denied=True, why=rights.FILE.missing(escape(device.port)))
    if node is None and _kernel_has(device, sys):
        return Found(node=None, hidden=escape(device.port), why=why)
    if node is None:
        return _moved(device, sys, dev, taken, why) if described else _unnamed(device, sys, dev, others, why)
    try:
        hardware = serial_node(Path(node).name, sys) if line else other_node(Path(node).name, sys)
    except OSError:
        hardware = None  # a sandbox without /sys: the node itself is there
    if described and hardware is not None and not hardware.answers_to(device.usb, device.usb_serial):
        return _moved(device, sys, dev, taken, f"another device is at {device.port}")
    return Found(node=node, hardware=hardware, line=line)


def _kernel_has(device: SerialDevice, sys: Path) -> bool:
    """A port of this very name, and it is the configured device as far as that is described. It makes a node for each (devtmpfs)."""
    name = Path(device.port).name
    try:
        found = other_node(name, sys) if other_kind(name) else serial_node(name, sys)
    except (OSError, CannotTell):
        return False
    return found is not None and (not (device.usb or device.usb_serial) or found.answers_to(device.usb, device.usb_serial))


def _hidden(nodes: Sequence[str]) -> str:
    """The first, where the kernel lists them all and none is there."""
    return nodes[0] if nodes and not any(os.path.lexists(node) for node in nodes) else ""


# classes of nodes that programs print over or read from, and that are no serial lines: usblp (usb before 3.9), hidraw, a parallel port
_NO_LINES = ("usbmisc", "usb", "hidraw", "printer")


def _device_at(port: str, sys: Path) -> tuple[str | None, str, bool]:
    """The node behind the name, or why there is none, and whether it is a serial line. Names under /dev/serial are links, and dangle when
    the device is gone.

    Raises CannotTell, and PermissionError where it may not be looked at.
    """
    try:
        node = str(Path(port).resolve(strict=True))
        seen = Path(node).stat()
    except PermissionError:
        raise
    except (OSError, RuntimeError) as error:
        raise_if_ours(error)
        return None, f"{port} does not exist", False
    if not stat.S_ISCHR(seen.st_mode):
        return None, f"{port} is not a device; something else has its name", False
    kind = _subsystem(seen.st_rdev, sys)
    if _is_screen(seen.st_rdev) or kind not in ("tty", None, *_NO_LINES):
        return None, f"{port} is a device, but not a serial port", False
    return node, "", kind not in _NO_LINES


def _is_screen(device: int) -> bool:
    """`/dev/tty`, `/dev/console`, `/dev/ptmx` and the virtual consoles (Documentation/admin-guide/devices.txt, majors 4 and 5)."""
    return os.major(device) in (4, 5) and os.minor(device) < 64


def _subsystem(device: int, sys: Path) -> str | None:
    """None where the kernel's tree does not tell, or may not be read."""
    link = sys / "dev/char" / f"{os.major(device)}:{os.minor(device)}" / "subsystem"
    try:
        return link.resolve(strict=True).name
    except (OSError, RuntimeError):
        return None


def _same(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str]) -> list[SerialNode]:
    """Its nodes of the configured one's kind. Raises CannotTell, and OSError where the kernel's tree may not be read."""
    others = {os.path.realpath(port) for port in taken}
    for nodes in _kinds(device, sys):
        same = [n for n in nodes if n.answers_to(device.usb, device.usb_serial) and os.path.realpath(dev / n.name) not in others]
        if same:
            return same
    return []


def _kinds(device: SerialDevice, sys: Path) -> Iterator[Iterator[SerialNode]]:
    """A device of which no node is configured may be a printer of USB's printer class; one that is not to be spoken to, any HID device."""
    kind = other_kind(Path(device.port).name)
    if kind:
        yield other_nodes(kind, sys)
        return
    yield serial_nodes(sys)
    if not device.port:
        yield other_nodes("lp", sys)
        if device.protocol is SerialProtocol.PRESENCE:
            yield other_nodes("hidraw", sys)


def _by_description(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str]) -> Found:
    try:
        same = _same(device, sys, dev, taken)
    except OSError:
        return Found(node=None, denied=True, why=rights.SYS.missing())
    if not same:
        return Found(node=None, why=f"no serial port belongs to a USB device {device.usb or device.usb_serial}")
    candidates = tuple(str(dev / node.name) for node in same)
    if hidden := _hidden(candidates):
        return Found(node=None, hidden=hidden, why=f"{hidden} does not exist")
    alike = len({node.unit for node in same}) > 1
    line = not other_kind(Path(same[0].name).name)
    return Found(node=candidates[0], hardware=same[0], candidates=candidates if len(same) > 1 else (), alike=alike, line=line)


def _moved(device: SerialDevice, sys: Path, dev: Path, taken: Collection[str], why: str) -> Found:
    try:
        same = _same(device, sys, dev, taken)
    except (OSError, CannotTell):
        same = []  # it is not where it should be, which is known all the same
    nodes = tuple(str(dev / node.name) for node in same)
    if hidden := _hidden(nodes):
        return Found(node=None, hidden=hidden, why=why)
    if len({node.unit for node in same}) == 1:
        return Found(node=None, hardware=same[0], renumbered=nodes, why=why)
    return Found(node=None, candidates=nodes, why=why)  # several of a kind: which of them it is cannot be told


def _unnamed(device: SerialDevice, sys: Path, dev: Path, others: Others, why: str) -> Found:
    """Only a node is configured, and it is gone: ports of the same kind that nobody configured may be it, at another number."""
    stem, any_of_usb = _stem(device.port), bool(_OF_A_DRIVER.fullmatch(Path(device.port).name))
    taken = {os.path.realpath(port) for port in others.ports}
    kind = other_kind(Path(device.port).name)
    try:
        ports = list(other_nodes(kind, sys) if kind else serial_nodes(sys))
        free = [node for node in ports if node.usb and not node.console and (any_of_usb or kind or (stem and _stem(node.name) == stem))]
    except (OSError, CannotTell):
        free = []
    free = [node for node in free if os.path.realpath(dev / node.name) not in taken and not others.claim(node)]
    nodes = tuple(str(dev / node.name) for node in free)
    hidden = _hidden(nodes)
    return Found(node=None, candidates=() if hidden else nodes, hidden=hidden, why=why)


# as makers' own drivers call them (ttyCH343USB0, ttyXRUSB0): the kernel's own driver gives the same device another name
_OF_A_DRIVER = re.compile(r"tty(?!USB|ACM)\w*(USB|ACM)[0-9]+")


def _stem(port: str) -> str:
    """`ttyUSB` of /dev/ttyUSB0; empty for any other name."""
    found = re.fullmatch(r"(tty(?:USB|ACM))[0-9]+", Path(port).name)
    return found[1] if found else ""


class WithoutPort(Struct, frozen=True):
    """A device on the bus that no port came of; `by`: how it is known to be the configured one."""

    device: UsbDevice
    by: str  # description | name | alone

    @property
    def driver(self) -> str:
        """The one in the way: a program before any driver."""
        return USBFS if USBFS in self.device.drivers else next(iter(self.device.drivers), "")


def without_port(device: SerialDevice, others: Others = NOBODY, sys: Path = Path("/sys")) -> WithoutPort | None:
    """Where the configured device is plugged in, and no port came of it: no driver, or another one or a program has taken it."""
    try:
        bare = [each for each in devices(sys) if not each.port]
    except (OSError, CannotTell):
        return None  # it has no port, which is known all the same
    if device.usb or device.usb_serial:
        return next((WithoutPort(each, "description") for each in bare if each.answers_to(device.usb, device.usb_serial)), None)
    bare = [each for each in bare if not others.claim(each)]
    named = re.fullmatch(r"usb-(.+?)-if[0-9a-f]{2}(-port[0-9]+)?", Path(device.port).name)
    if named:
        return next((WithoutPort(each, "name") for each in bare if each.by_id == named[1]), None)
    printer = re.fullmatch(r"lp[0-9]+", Path(device.port).name) is not None
    if not printer and not _stem(device.port):
        return None
    alike = [each for each in bare if (each.printer if printer else each.serial)]
    return WithoutPort(alike[0], "alone") if len(alike) == 1 else None
