"""Connections of other programs to a host, as the kernel counts them: evidence that costs no packet.

Read over NETLINK_SOCK_DIAG (sock_diag(7)), which needs no right on Linux and shows no content. Android denies it to applications.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Collection, Iterator
from ipaddress import ip_address

from msgspec import Struct

_SOCK_DIAG_BY_FAMILY = 20
_NETLINK_SOCK_DIAG = 4
_ESTABLISHED = 1
_INFO = 2
_ERROR, _DONE = 2, 3
_ATTRIBUTES = 72
_TIMEOUT_S = 1.0
_RECEIVE = 1 << 16  # bytes; the kernel writes 32 KiB at once
_BYTECODE = 1  # INET_DIAG_REQ_BYTECODE
_JUMP, _AT_LEAST, _AT_MOST = 1, 4, 5  # INET_DIAG_BC_JMP, _D_GE and _D_LE: of the other side's port
_MAPPED = b"\0" * 10 + b"\xff\xff"  # RFC 4291 section 2.5.5.2


class Established(Struct, frozen=True, kw_only=True):
    """One established connection. Ages in milliseconds; `unanswered` segments are sent and not yet acknowledged."""

    retransmits: int
    unanswered: int
    received_ms_ago: int
    bytes_acknowledged: int
    bytes_received: int


def established(address: str, port: int) -> list[Established]:
    """Established TCP connections from here to an address and port; empty where there is none or the kernel does not tell.

    A program that speaks IPv6 (Java's do) reaches an IPv4 address over a socket of IPv6, with the address mapped into it.
    """
    try:
        wanted = ip_address(address).packed
        if len(wanted) == 16:
            return _dump(socket.AF_INET6, wanted, port)
        return _dump(socket.AF_INET, wanted, port) + _dump(socket.AF_INET6, _MAPPED + wanted, port)
    except (OSError, ValueError, struct.error):
        return []


def _dump(family: int, address: bytes, port: int) -> list[Established]:
    found = (_entry(message, address, port) for message in messages(family, 1 << _ESTABLISHED, [port]))
    return [entry for entry in found if entry is not None]


def messages(family: int, states: int, ports: Collection[int]) -> Iterator[bytes]:
    """An inet_diag_msg for each TCP socket in one of these states (a bit for each) whose other side has one of these ports, with its
    tcp_info. The kernel chooses them. Raises OSError and struct.error."""
    if not ports:
        return
    chosen = _to_one_of(sorted(ports))
    request = struct.pack("=BBBBI", family, socket.IPPROTO_TCP, 1 << (_INFO - 1), 0, states) + b"\0" * 48
    request += struct.pack("=HH", 4 + len(chosen), _BYTECODE) + chosen
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG) as sock:
        sock.settimeout(_TIMEOUT_S)
        sock.send(struct.pack("=IHHII", 16 + len(request), _SOCK_DIAG_BY_FAMILY, 0x301, 1, 0) + request)
        while True:
            data = sock.recv(_RECEIVE)
            offset = 0
            while offset + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, offset)
                if kind == _DONE:
                    return
                if kind == _ERROR or length < 16:
                    raise OSError(-struct.unpack_from("=i", data, offset + 16)[0] if length >= 20 else 0, "the kernel refuses")
                yield data[offset + 16 : offset + length]
                offset += (length + 3) & ~3


def _to_one_of(ports: list[int]) -> bytes:
    """The filter as the kernel runs it (struct inet_diag_bc_op): an operation, and how far it is to the next where it holds and where not,
    in bytes. At the end the socket is taken, and four bytes beyond it is not."""
    made = b""
    for at, port in enumerate(ports):
        last = at == len(ports) - 1
        made += struct.pack("=BBHHH", _AT_LEAST, 8, 20, 0, port) + struct.pack("=BBHHH", _AT_MOST, 8, 12, 0, port)
        made += b"" if last else struct.pack("=BBH", _JUMP, 4, 20 * (len(ports) - at - 1))
    return made


def _entry(message: bytes, address: bytes, port: int) -> Established | None:
    """inet_diag_msg: 4 bytes, then the socket's identity (ports, addresses), counters, and attributes from byte 72."""
    if struct.unpack_from("!H", message, 6)[0] != port or message[24 : 24 + len(address)] != address:
        return None
    info = tcp_info(message)
    return _counters(info) if info else None


def tcp_info(message: bytes) -> bytes:
    """The attribute that has it; empty where there is none. Raises struct.error."""
    offset = _ATTRIBUTES
    while offset + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, offset)
        if length < 4:
            break
        if kind == _INFO:
            return message[offset + 4 : offset + length]
        offset += (length + 3) & ~3
    return b""


def _counters(info: bytes) -> Established | None:
    """The part of tcp_info that tells whether the other side still answers."""
    if len(info) < 136:
        return None
    return Established(
        retransmits=struct.unpack_from("=I", info, 100)[0],
        unanswered=struct.unpack_from("=I", info, 24)[0],
        received_ms_ago=struct.unpack_from("=I", info, 52)[0],
        bytes_acknowledged=struct.unpack_from("=Q", info, 120)[0],
        bytes_received=struct.unpack_from("=Q", info, 128)[0],
    )
