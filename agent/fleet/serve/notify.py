"""What systemd is told of the receiver (sd_notify(3)). Nothing where nobody asked to be told."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(*words: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.settimeout(1)
        to.sendto("\n".join(words).encode(), "\0" + address[1:] if address.startswith("@") else address)


def watchdog_s() -> float | None:
    """Seconds within which systemd wants to hear of us."""
    text = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", "")
    if not text.isdecimal() or (meant and meant != str(os.getpid())):
        return None
    return int(text) / 1_000_000 or None
