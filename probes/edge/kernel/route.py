"""Which way a packet would take: the interface and the router."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct

from msgspec import Struct

from probes.edge.failures import NO_WAY, UNLESS_NO_WAY, CannotTell
from probes.edge.kernel import netlink

LOOPBACK = "lo"  # where a way to an address of this machine itself leads
_IFF_NOARP = 0x80  # linux/if.h
_SIOCGIFFLAGS = 0x8913
_NO_WAY = NO_WAY | UNLESS_NO_WAY.keys() | {errno.EAFNOSUPPORT}


class Way(Struct, frozen=True):
    """`via` is the router, empty for a neighbour on the same link."""

    interface: str
    via: str


def way_to(address: str) -> Way | None:
    """None where there is none, and where the kernel does not tell."""
    try:
        route = netlink.route_to(address.split("%", 1)[0])
        if route is None:
            return None
        return Way(socket.if_indextoname(route.index) if route.index else "", route.gateway)
    except (OSError, ValueError, CannotTell):
        return None


def has_route(address: str, interface: str = "") -> bool:
    """Whether the kernel would send a packet there, over one interface where that is named. True also where this cannot be asked: whoever
    tries it sees what hinders it. Connecting a UDP socket sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            if interface:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(interface) + b"\0")
            sock.connect((address.split("%", 1)[0], 9))
    except OSError as error:
        return error.errno not in _NO_WAY
    return True


def without_carrier(interface: str) -> bool:
    """Whether its driver says that nothing can leave by it just now: then the kernel throws away what is sent there (netdevice(7)). False
    also where this cannot be asked."""
    flags = _flags(interface)
    return flags is not None and not flags & netlink.IFF_RUNNING


def without_neighbours(interface: str) -> bool:
    """Whether nobody is looked for on its link (IFF_NOARP: a tunnel, a modem's line): that a host cannot be reached there is then the word
    of its driver. False also where this cannot be asked."""
    return bool((_flags(interface) or 0) & _IFF_NOARP)


def _flags(interface: str) -> int | None:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            answer = fcntl.ioctl(sock.fileno(), _SIOCGIFFLAGS, struct.pack("16sh14x", os.fsencode(interface)[:15], 0))
    except OSError:
        return None
    flags: int = struct.unpack_from("=16sH", answer)[1]
    return flags
