"""Lengths on the wire, written a second time and apart from the code under test."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from probes.settings import Framing

_WRITE: dict[Framing, Callable[[int], bytes]] = {
    Framing.BYTES_2: lambda size: struct.pack(">H", size),
    Framing.BCD_2: lambda size: bytes((size // 1000 % 10 << 4 | size // 100 % 10, size // 10 % 10 << 4 | size % 10)),
    Framing.ASCII_4: lambda size: b"%04d" % size,
    Framing.HEX_4: lambda size: b"%04x" % size,
}
_READ: dict[Framing, Callable[[bytes], int]] = {
    Framing.BYTES_2: lambda head: int(struct.unpack(">H", head)[0]),
    Framing.BCD_2: lambda head: int(head.hex()),
    Framing.ASCII_4: int,
    Framing.HEX_4: lambda head: int(head, 16),
}


def framed(framing: Framing, message: bytes) -> bytes:
    return _WRITE[framing](len(message)) + message


def receive(connection: socket.socket, framing: Framing) -> bytes:
    """One message; empty where the other side has left instead."""
    head = _exactly(connection, 2 if framing in (Framing.BYTES_2, Framing.BCD_2) else 4)
    return _exactly(connection, _READ[framing](head)) if head else b""


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        try:
            piece = connection.recv(size - len(data))
        except ConnectionError:
            piece = b""
        if not piece:
            return b""
        data += piece
    return data
