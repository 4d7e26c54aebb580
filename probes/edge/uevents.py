"""What the kernel says of devices that come and go: its uevents, over netlink (netlink(7), NETLINK_KOBJECT_UEVENT).

Listening needs no right. A namespace whose user is not the machine's root hears nothing; Android denies the socket: `OSError` then.
"""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from msgspec import Struct

_NETLINK_KOBJECT_UEVENT = 15
_FROM_KERNEL = 1  # multicast group; group 2 is what udev passes on
_LARGEST = 16384  # the kernel's own are at most 2 KiB
_AT_ONCE = 1000  # messages, so that a flood does not keep the reader for ever
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
        if not hasattr(socket, "AF_NETLINK"):
            raise OSError(errno.EAFNOSUPPORT, "no netlink")
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_KOBJECT_UEVENT)
        try:
            self._socket.bind((0, _FROM_KERNEL))
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bool:
        """Takes what waits, and tells whether a serial port may have come or gone. OSError: nothing more will be heard."""
        seen = False
        for _ in range(_AT_ONCE):
            try:
                message, (sender, _groups) = self._socket.recvfrom(_LARGEST)
            except (BlockingIOError, InterruptedError):
                return seen
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                seen = True  # some were lost: any of them may have been one
                continue
            if sender == 0:  # the kernel; another program may send here too
                event = parse(message)
                seen = seen or (event is not None and event.concerns_serial)
        return seen

    def close(self) -> None:
        with suppress(OSError):
            self._socket.close()
