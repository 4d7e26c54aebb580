"""An entry of the journal with fields: one datagram to its socket (systemd.io/JOURNAL_NATIVE_PROTOCOL). Nothing waits or stays open."""

from __future__ import annotations

import socket
from collections.abc import Iterable

SOCKET = "/run/systemd/journal/socket"


def send(fields: Iterable[tuple[str, str]], path: str = "") -> bool:
    """Whether it was taken. False where there is no such socket, where it is full, and where an entry is too long for a datagram."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.sendto(encoded(fields), path or SOCKET)
    except (OSError, ValueError):
        return False
    return True


def encoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """A value with a line break in it goes by its length: the name, a line break, eight bytes (the lowest first), the value."""
    parts = []
    for name, text in fields:
        value = text.encode("utf-8", "backslashreplace")
        if b"\n" in value:
            parts.append(name.encode("ascii") + b"\n" + len(value).to_bytes(8, "little") + value + b"\n")
        else:
            parts.append(name.encode("ascii") + b"=" + value + b"\n")
    return b"".join(parts)
