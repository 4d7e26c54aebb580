"""How many bytes our own connections and datagrams cost, headers of IP included, by the local address they left from.

Of a connection the kernel tells when it is closed (TCP_INFO, tcp(7)); what closing it costs is added.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Any

_V4, _V6, _TCP, _UDP = 20, 40, 32, 8  # headers; TCP's with the timestamps that Linux sends
_SYN_MORE = 8  # bytes of options that only the first segments carry
_CLOSING = 3  # segments after the close: ours, its acknowledgement with the other side's own, and ours of that
_lock = threading.Lock()
_spent: dict[str, int] = {}


def add(local: str, amount: int) -> None:
    with _lock:
        _spent[local] = _spent.get(local, 0) + amount


def drain() -> dict[str, int]:
    """What was spent since this was last asked."""
    with _lock:
        spent = dict(_spent)
        _spent.clear()
    return spent


def datagrams(sock: socket.socket, *sizes: int) -> None:
    """Datagrams of so many bytes that went or came over a connected socket."""
    with suppress(OSError):
        header = (_V6 if sock.family == socket.AF_INET6 else _V4) + _UDP
        add(str(sock.getsockname()[0]), sum(size + header for size in sizes))


def connection(sock: socket.socket, *, abort: bool = False, closing: int = _CLOSING, told: int = 0) -> int:
    """A TCP connection that is about to be closed, or with `closing` = 0 one that goes on. `told`: what was counted of it before.

    What it cost from its beginning.
    """
    with suppress(OSError, struct.error):
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        segments = sum(struct.unpack_from("=II", info, 136))
        received = struct.unpack_from("=Q", info, 128)[0]
        sent = struct.unpack_from("=Q", info, 200)[0] if len(info) >= 208 else struct.unpack_from("=Q", info, 120)[0]
        closing = 0 if info[0] == 2 else 1 if abort else closing  # 2: TCP_SYN_SENT
        header = (_V6 if sock.family == socket.AF_INET6 else _V4) + _TCP
        syns = 1 if info[0] == 2 else 2
        cost: int = sent + received + (segments + closing) * header + syns * _SYN_MORE
        add(str(sock.getsockname()[0]), cost - told)
        return cost
    return told


class Counted:
    """For sockets: counts when closed. Beside `socket.socket` or a class made of it."""

    _counted = _aborts = False
    _told = 0
    _closing = _CLOSING

    def tell(self: Any) -> None:
        """Counts what a connection that goes on has cost by now."""
        self._told = connection(self, closing=0, told=self._told)

    def close(self: Any) -> None:
        if not self._counted and self.fileno() >= 0 and self.type == socket.SOCK_STREAM:
            self._counted = True
            connection(self, abort=self._aborts, closing=self._closing, told=self._told)
        super().close()  # type: ignore[misc]


class TcpSocket(Counted, socket.socket):
    """`detach`, as TLS does it, hands the descriptor on uncounted."""

    def aborts(self) -> None:
        """Its close will be a reset."""
        with suppress(OSError):
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._aborts = True
