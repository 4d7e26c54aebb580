"""Interfaces, addresses and routes where netlink is denied, as to the apps of Android 13 and later: by netdevice(7) and `/proc/net`.

What of `/proc/net` is closed too leaves out interfaces that have no IPv4 address.
"""

from __future__ import annotations

import array
import errno
import fcntl
import os
import socket
import struct
import sys
from ipaddress import IPv4Address

from probes.edge.kernel import netlink
from probes.edge.kernel.netlink import IFF_RUNNING, IFF_UP, Address, Link, Route
from probes.ground.files import read_small

_SIOCGIFCONF, _SIOCGIFFLAGS, _SIOCGIFADDR, _SIOCGIFNETMASK, _SIOCGIFMTU = 0x8912, 0x8913, 0x8915, 0x891B, 0x8921
_IFREQ = 16 + (24 if struct.calcsize("P") == 8 else 16)  # a name and a union of pointers and numbers
_NAME = 16
_MOST = 256  # interfaces
_GONE = (errno.ENODEV, errno.ENXIO)
_DEVICES = 1024 * 1024  # bytes of /proc/net/dev
_ROUTES = 4 * 1024 * 1024  # bytes of their table, 128 for each


def names() -> tuple[list[str], OSError | None]:
    """Of the interfaces, and what kept those without an IPv4 address from us. Raises OSError where none can be told."""
    found = _with_an_address()
    try:
        lines = read_small("/proc/net/dev", _DEVICES).decode("utf-8", "surrogateescape").splitlines()[2:]
    except OSError as error:
        return found, error
    return list(dict.fromkeys([line.partition(":")[0].strip() for line in lines if ":" in line] + found)), None


def _with_an_address() -> list[str]:
    """Raises OSError."""
    space = array.array("B", bytes(_IFREQ * _MOST))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        filled = fcntl.ioctl(sock.fileno(), _SIOCGIFCONF, struct.pack("iP", len(space), space.buffer_info()[0]))
    used: int = struct.unpack("iP", filled)[0]
    packed = space.tobytes()[:used]
    entries = [packed[at : at + _NAME] for at in range(0, used, _IFREQ)]
    return list(dict.fromkeys(os.fsdecode(entry.partition(b"\0")[0].partition(b":")[0]) for entry in entries))


def links(names: list[str]) -> list[Link]:
    """One that is gone meanwhile is left out. Raises OSError."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for name in names:  # if_nameindex(3) would ask over netlink, if_nametoindex(3) does not
            try:
                index = socket.if_nametoindex(name)
                flags = int.from_bytes(_asked(sock, _SIOCGIFFLAGS, name)[:2], sys.byteorder)
                mtu: int = struct.unpack("i", _asked(sock, _SIOCGIFMTU, name)[:4])[0]
            except OSError as error:
                if error.errno in _GONE:
                    continue
                raise
            carrier = bool(flags & IFF_RUNNING) if flags & IFF_UP else None
            found.append(Link(index=index, name=name, flags=flags, hardware=netlink.ARPHRD_ETHER, mtu=mtu, carrier=carrier))
    return found


def addresses(links: list[Link]) -> list[Address]:
    """IPv4 alone. Raises OSError."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for link in links:
            try:
                address = socket.inet_ntoa(_asked(sock, _SIOCGIFADDR, link.name)[4:8])
                prefix = int.from_bytes(_asked(sock, _SIOCGIFNETMASK, link.name)[4:8], "big").bit_count()
            except OSError:
                continue
            found.append(Address(index=link.index, address=address, prefix=prefix, scope=254 if address.startswith("127.") else 0))
    return found


def _asked(sock: socket.socket, what: int, name: str) -> bytes:
    """What the kernel puts behind the name. Raises OSError."""
    return fcntl.ioctl(sock.fileno(), what, struct.pack("256s", os.fsencode(name)[: _NAME - 1]))[_NAME:]


def routes(indexes: dict[str, int]) -> list[Route]:
    """Raises OSError, ValueError."""
    found = []
    for line in read_small("/proc/net/route", _ROUTES).decode("utf-8", "surrogateescape").splitlines()[1:]:
        columns = line.split()
        if len(columns) < 8:
            continue
        address, gateway, mask = (
            int.from_bytes(bytes.fromhex(columns[i]), "little") for i in (1, 2, 7)
        )  # host order: little-endian machines
        found.append(
            Route(
                family=socket.AF_INET,
                destination=str(IPv4Address(address)),
                prefix=mask.bit_count(),
                gateway=str(IPv4Address(gateway)) if gateway else "",
                index=indexes.get(columns[0], 0),
                metric=int(columns[6]),
            )
        )
    return found
