"""Who said that a packet may not or cannot get there: the ICMP errors that the kernel keeps for a socket (IP_RECVERR, ip(7))."""

from __future__ import annotations

import socket
import struct

from msgspec import Struct

_IP_RECVERR, _IPV6_RECVERR = 11, 25
_ORIGIN_ICMP, _ORIGIN_ICMP6 = 2, 3
_PROHIBITED_V4 = (9, 10, 13)  # ICMP type 3 (RFC 1812 section 5.2.7.1)
_PROHIBITED_V6 = (1, 5, 6)  # ICMPv6 type 1 (RFC 4443 section 3.1)


class IcmpError(Struct, frozen=True, kw_only=True):
    """`by`: the address that said so. `prohibits`: a filter's word, by its own account."""

    by: str
    kind: int
    code: int
    prohibits: bool
    host_unreachable: bool

    @property
    def shown(self) -> str:
        return f"{self.kind}/{self.code}"


def listen(sock: socket.socket) -> None:
    """From now on the kernel keeps them."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)


def heard(sock: socket.socket) -> IcmpError | None:
    """The first that was kept; None where there is none."""
    try:
        _, ancillary, _, _ = sock.recvmsg(0, 512, socket.MSG_ERRQUEUE)
    except OSError:
        return None
    for level, _, data in ancillary:
        if len(data) < 16:
            continue
        _, origin, kind, code = struct.unpack_from("=IBBB", data)
        if origin == _ORIGIN_ICMP and level == socket.IPPROTO_IP and len(data) >= 24:
            prohibits, nobody = kind == 3 and code in _PROHIBITED_V4, (kind, code) == (3, 1)
            return IcmpError(by=socket.inet_ntoa(data[20:24]), kind=kind, code=code, prohibits=prohibits, host_unreachable=nobody)
        if origin == _ORIGIN_ICMP6 and len(data) >= 40:
            by, nobody = socket.inet_ntop(socket.AF_INET6, data[24:40]), (kind, code) == (1, 3)
            return IcmpError(by=by, kind=kind, code=code, prohibits=kind == 1 and code in _PROHIBITED_V6, host_unreachable=nobody)
    return None
