"""The kernel's own view of links, addresses, routes and neighbours, read over rtnetlink (RFC 3549, rtnetlink(7)).

Read-only dumps; needs no right on Linux. Android 13 and later denies it to applications: `OSError` then.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from ipaddress import ip_address

from msgspec import Struct
from msgspec.structs import replace

from probes.edge.failures import raise_if_ours

_GETLINK, _GETADDR, _GETROUTE, _GETNEIGH = 18, 22, 26, 30
_REQUEST, DUMP = 0x1, 0x300
_DONE, _ERROR = 3, 2
_TIMEOUT_S = 2.0

IFF_UP, IFF_LOOPBACK, IFF_POINTOPOINT, IFF_NOARP, IFF_RUNNING = 0x1, 0x8, 0x10, 0x80, 0x40
ARPHRD_ETHER = 1
NUD = {0x01: "incomplete", 0x02: "reachable", 0x04: "stale", 0x08: "delay", 0x10: "probe", 0x20: "failed", 0x40: "noarp", 0x80: "permanent"}
_OPERSTATE = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")


class Link(Struct, frozen=True, kw_only=True):
    index: int
    name: str
    flags: int
    hardware: int  # ARPHRD_*
    mac: str = ""
    mtu: int = 0
    operstate: str = "unknown"
    carrier: bool | None = None
    kind: str = ""  # of a virtual link: bridge, veth, tun, …; empty for hardware
    parent: int = (
        0  # the number of the link that it stands on (a VLAN's, a macvlan's), or of a veth's other end; 0 where in another namespace
    )
    master: int = 0  # of the bridge, bond or team whose port it is
    carrier_changes: int | None = None  # since the link exists; where the kernel counts them (Linux 3.15)
    receive_errors: int = 0  # CRC, frame and other receive errors since the link exists


class Address(Struct, frozen=True, kw_only=True):
    index: int
    address: str
    prefix: int
    scope: int  # 0 global, 253 link, 254 host
    peer: str = ""
    tentative: bool = False
    duplicate: bool = False  # IPv6 duplicate address detection failed


class Route(Struct, frozen=True, kw_only=True):
    family: int
    destination: str  # network address; the family's any-address for a default route
    prefix: int
    gateway: str
    index: int
    metric: int = 0
    table: int = 254
    kind: int = 1  # 1 unicast, 6 blackhole, 7 unreachable, 8 prohibit
    link_down: bool = False
    cloned: bool = False  # a cached answer, no entry of a table


class Neighbour(Struct, frozen=True, kw_only=True):
    index: int
    address: str
    mac: str
    state: str
    confirmed_s: float | None = None  # seconds since it was last known to answer


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4:
            return
        yield kind & 0x3FFF, data[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def messages(request: int, body: bytes, flags: int = DUMP, protocol: int = socket.NETLINK_ROUTE) -> Iterator[bytes]:
    """Bodies of the replies to one request. Raises OSError where the kernel refuses."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol) as sock:
        sock.settimeout(_TIMEOUT_S)
        sock.send(struct.pack("=IHHII", 16 + len(body), request, _REQUEST | flags, 1, 0) + body)
        while True:
            data = sock.recv(1 << 18)
            offset = 0
            while offset + 16 <= len(data):
                length, kind, _, _, _ = struct.unpack_from("=IHHII", data, offset)
                if kind == _DONE or length < 16:
                    return
                payload = data[offset + 16 : offset + length]
                if kind == _ERROR:
                    number = -struct.unpack_from("=i", payload)[0]
                    raise OSError(number, os.strerror(number))
                yield payload
                offset += (length + 3) & ~3
            if flags != DUMP:
                return


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def _ip(raw: bytes) -> str:
    return str(ip_address(raw)) if len(raw) in (4, 16) else ""


def _mac(raw: bytes) -> str:
    return ":".join(f"{byte:02x}" for byte in raw)


def links() -> list[Link]:
    found = []
    for message in messages(_GETLINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
        _, hardware, index, flags, _ = struct.unpack_from("=BxHiII", message)
        raw = dict(attributes(message[16:]))
        info = dict(attributes(raw.get(18, b"")))
        stats = raw.get(23, b"")  # rtnl_link_stats64: word 4 rx_errors
        operstate = raw.get(16, b"\0")[0]
        found.append(
            Link(
                index=index,
                name=_text(raw.get(3, b"")),
                flags=flags,
                hardware=hardware,
                mac=_mac(raw.get(1, b"")),
                mtu=struct.unpack("=I", raw[4])[0] if 4 in raw else 0,
                operstate=_OPERSTATE[operstate] if operstate < len(_OPERSTATE) else "unknown",
                carrier=bool(raw[33][0]) if 33 in raw else None,
                kind=_text(info.get(1, b"")),
                parent=struct.unpack("=I", raw[5])[0] if 5 in raw and 37 not in raw else 0,  # IFLA_LINK without IFLA_LINK_NETNSID
                master=struct.unpack("=I", raw[10])[0] if 10 in raw else 0,
                carrier_changes=struct.unpack("=I", raw[35])[0] if 35 in raw else None,
                receive_errors=struct.unpack_from("=Q", stats, 32)[0] if len(stats) >= 40 else 0,
            )
        )
    return found


def addresses() -> list[Address]:
    found = []
    for message in messages(_GETADDR, struct.pack("=BBBBi", 0, 0, 0, 0, 0)):
        family, prefix, short_flags, scope, index = struct.unpack_from("=BBBBi", message)
        if family not in (socket.AF_INET, socket.AF_INET6):
            continue
        raw = dict(attributes(message[8:]))
        flags = struct.unpack("=I", raw[8])[0] if 8 in raw else short_flags
        peer, local = _ip(raw.get(1, b"")), _ip(raw.get(2, b""))
        found.append(
            Address(
                index=index,
                address=local or peer,
                prefix=prefix,
                scope=scope,
                peer=peer if local and peer != local else "",
                tentative=bool(flags & 0x40),
                duplicate=bool(flags & 0x08),
            )
        )
    return found


def _routes(message: bytes) -> list[Route]:
    """One for each next hop."""
    route = _route(message)
    if route is None:
        return []
    hops = dict(attributes(message[12:])).get(9, b"")  # RTA_MULTIPATH
    return [replace(route, index=index, gateway=gateway) for index, gateway in _next_hops(hops)] or [route]


def _next_hops(raw: bytes) -> Iterator[tuple[int, str]]:
    """`struct rtnexthop`: length, flags, hops, interface; then its attributes. Interface and router, empty for the link itself."""
    offset = 0
    while offset + 8 <= len(raw):
        length, _, _, index = struct.unpack_from("=HBBi", raw, offset)
        if length < 8:
            return
        own = dict(attributes(raw[offset + 8 : offset + length]))
        yield index, _ip(own[18][2:]) if 18 in own else _ip(own.get(5, b""))
        offset += (length + 3) & ~3


def _route(message: bytes) -> Route | None:
    family, prefix, _, _, table, _, scope, kind, flags = struct.unpack_from("=BBBBBBBBI", message)
    if family not in (socket.AF_INET, socket.AF_INET6) or scope == 255:  # nowhere
        return None
    raw = dict(attributes(message[12:]))
    gateway = _ip(raw.get(5, b""))
    if 18 in raw:  # RTA_VIA: a next hop of the other family
        gateway = _ip(raw[18][2:])
    index = struct.unpack("=i", raw[4])[0] if 4 in raw else 0
    return Route(
        family=family,
        destination=_ip(raw[1]) if 1 in raw else ("0.0.0.0" if family == socket.AF_INET else "::"),  # noqa: S104
        prefix=prefix,
        gateway=gateway,
        index=index,
        metric=struct.unpack("=I", raw[6])[0] if 6 in raw else 0,
        table=struct.unpack("=I", raw[15])[0] if 15 in raw else table,
        kind=kind,
        link_down=bool(flags & 0x10),
        cloned=bool(flags & 0x200),
    )


def routes() -> list[Route]:
    """Routes of every table but the local one (255)."""
    dumped = messages(_GETROUTE, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    return [route for message in dumped for route in _routes(message) if route.table != 255 and not route.cloned]


def route_to(address: str) -> Route | None:
    """The route the kernel would take; None where it has none (or forbids it). Raises CannotTell."""
    packed = ip_address(address).packed
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    body = struct.pack("=BBBBBBBBI", family, len(packed) * 8, 0, 0, 0, 0, 0, 0, 0) + struct.pack("=HH", 4 + len(packed), 1) + packed
    try:
        for message in messages(_GETROUTE, body, flags=0):
            return next(iter(_routes(message)), None)
    except OSError as error:
        raise_if_ours(error)
    return None


def neighbours() -> list[Neighbour]:
    tick = os.sysconf("SC_CLK_TCK")
    found = []
    for message in messages(_GETNEIGH, struct.pack("=BxxxiHBB", 0, 0, 0, 0, 0)):
        family, index, state, _, _ = struct.unpack_from("=BxxxiHBB", message)
        if family not in (socket.AF_INET, socket.AF_INET6):
            continue
        raw = dict(attributes(message[12:]))
        age = struct.unpack_from("=I", raw[3])[0] / tick if len(raw.get(3, b"")) >= 4 else None
        found.append(
            Neighbour(index=index, address=_ip(raw.get(1, b"")), mac=_mac(raw.get(2, b"")), state=NUD.get(state, "none"), confirmed_s=age)
        )
    return found
