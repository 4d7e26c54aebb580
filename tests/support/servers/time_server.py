"""A time server that tells the right time (RFC 5905), in a network namespace."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

from tests.support.world import netns

_TO_UNIX_S = 2_208_988_800  # NTP counts from 1900


def _stamp(unix: float) -> bytes:
    return struct.pack("!II", int(unix) + _TO_UNIX_S, int(unix % 1 * 2**32))


def _answer(question: bytes) -> bytes:
    now = _stamp(time.time())
    return bytes([0x24, 2, 6, 0xEC]) + bytes(8) + b"\x7f\x00\x00\x01" + bytes(8) + question[40:48] + now + now


@contextlib.contextmanager
def time_server(namespace: str, address: str) -> Iterator[None]:
    def bound() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((address, 123))
        return made

    server = netns.call(namespace, bound)
    server.settimeout(0.2)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                question, client = server.recvfrom(512)
                server.sendto(_answer(question), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        server.close()
