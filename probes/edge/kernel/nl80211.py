"""Which wireless network an interface is in, and through which access point, as the kernel's cfg80211 has it (linux/nl80211.h). Sends
nothing over the air, needs no right, and is asked over generic netlink (Documentation/userspace-api/netlink/intro.rst)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.netlink import DUMP, attributes, messages
from probes.ground.text import escape

_GENERIC = 16  # NETLINK_GENERIC
_CONTROL = 16  # GENL_ID_CTRL, the family that knows the numbers of all others
_GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 3, 1, 2
_GET_INTERFACE, _GET_STATION = 5, 17
_IFINDEX, _MAC, _SSID = 3, 6, 52


class Joined(Struct, frozen=True, kw_only=True):
    """Empty where the driver does not tell, or the interface is in no network."""

    network: str = ""
    access_point: str = ""


def joined(index: int) -> Joined:
    """Of the interface with this number. Raises CannotTell."""
    try:
        family = family_id("nl80211")
        network = next((name for name in map(network_of, _asked(family, _GET_INTERFACE, index, 0)) if name), "")
        point = next((mac for mac in map(access_point_of, _asked(family, _GET_STATION, index, DUMP)) if mac), "")
    except OSError as error:  # no such family: nothing here is wireless; Android denies the socket
        raise_if_ours(error)
        return Joined()
    return Joined(network=network, access_point=point)


def family_id(name: str) -> int:
    """The number of a family of generic netlink. Raises OSError where there is none."""
    request = struct.pack("=BBH", _GET_FAMILY, 1, 0) + _attribute(_FAMILY_NAME, name.encode() + b"\0")
    for message in messages(_CONTROL, request, 0, _GENERIC):
        told = dict(attributes(message[4:]))
        if len(told.get(_FAMILY_ID, b"")) == 2:
            return int(struct.unpack("=H", told[_FAMILY_ID])[0])
    return 0


def network_of(message: bytes) -> str:
    """The name of a network is any 32 bytes; what is no text is shown as what it is."""
    return escape(dict(attributes(message[4:])).get(_SSID, b"").decode("utf-8", "backslashreplace"))


def access_point_of(message: bytes) -> str:
    """A station that a terminal hears of is its access point."""
    mac = dict(attributes(message[4:])).get(_MAC, b"")
    return ":".join(f"{byte:02x}" for byte in mac) if len(mac) == 6 else ""


def _asked(family: int, command: int, index: int, flags: int) -> Iterator[bytes]:
    yield from messages(family, struct.pack("=BBH", command, 0, 0) + _attribute(_IFINDEX, struct.pack("=I", index)), flags, _GENERIC)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)
