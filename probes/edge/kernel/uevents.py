"""What the kernel says of devices that come and go: its uevents, over netlink (netlink(7), NETLINK_KOBJECT_UEVENT).

A namespace whose user is not the machine's root hears nothing.
"""

from __future__ import annotations

from msgspec import Struct

from probes.edge.kernel.netlink_socket import NetlinkSocket

_NETLINK_KOBJECT_UEVENT = 15
_FROM_KERNEL = 1  # multicast group; group 2 is what udev passes on
_COMING_OR_GOING = frozenset({"add", "remove", "move"})


class Uevent(Struct, frozen=True):
    """`name` is the device's below /dev, empty where it has none."""

    action: str
    subsystem: str
    name: str = ""

    @property
    def concerns_serial(self) -> bool:
        return self.subsystem == "tty" and self.action in _COMING_OR_GOING


def parse(message: bytes) -> Uevent | None:
    """`add@/devices/…`, then `KEY=value`, each ended by a zero byte; None for what is no such message, or only a part of one."""
    if not message.endswith(b"\0"):
        return None
    head, *pairs = message[:-1].decode("utf-8", "replace").split("\0")
    action, at, path = head.partition("@")
    if not at or not path.startswith("/"):
        return None
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if found.get("ACTION", action) != action or "SUBSYSTEM" not in found:
        return None
    return Uevent(action, found["SUBSYSTEM"], found.get("DEVNAME", ""))


class Uevents:
    """An open ear; OSError where there is none to be had."""

    def __init__(self) -> None:
        self._socket = NetlinkSocket(_NETLINK_KOBJECT_UEVENT, _FROM_KERNEL)

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bool:
        """Takes what waits, and tells whether a serial port may have come or gone. OSError: nothing more will be heard."""
        seen = False
        for message in self._socket.datagrams():
            event = parse(message) if message is not None else None
            seen = seen or message is None or (event is not None and event.concerns_serial)  # any of the lost ones may have been one
        return seen

    def close(self) -> None:
        self._socket.close()
