"""How many bytes our own connections and datagrams cost, headers of IP included, by the local address they left from.

Of a connection the kernel tells when it is closed (TCP_INFO, tcp(7)); what closing it costs is added.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import Any

from probes.ground.bytes_spent import BytesSpent

_V4, _V6, _TCP, _UDP = 20, 40, 32, 8  # headers; TCP's with the timestamps that Linux sends
_SYN_MORE = 8  # bytes of options that only the first segments carry
_CLOSING = 3  # segments after the close: ours, its acknowledgement with the other side's own, and ours of that


def datagrams(spent: BytesSpent, sock: socket.socket, *sizes: int) -> None:
    """Datagrams of so many bytes that went or came over a connected socket."""
    with suppress(OSError):
        header = (_V6 if sock.family == socket.AF_INET6 else _V4) + _UDP
        spent.add(str(sock.getsockname()[0]), sum(size + header for size in sizes))


def connection(spent: BytesSpent, sock: socket.socket, *, abort: bool = False, closing: int = _CLOSING, told: int = 0) -> int:
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
        spent.add(str(sock.getsockname()[0]), cost - told)
        return cost
    return told


class Counted:
    """For sockets: counts when closed, in `spent`. Beside `socket.socket` or a class made of it."""

    spent: BytesSpent | None = None  # nothing is counted where there is none
    _counted = _aborts = False
    _told = 0
    _closing = _CLOSING

    def tell(self: Any) -> None:
        """Counts what a connection that goes on has cost by now."""
        if self.spent is not None:
            self._told = connection(self.spent, self, closing=0, told=self._told)

    def goes_on_as(self: Any, other: Counted) -> None:
        """The connection belongs to `other` from now on, with what was counted of it."""
        other.spent, other._told = self.spent, self._told

    def close(self: Any) -> None:
        if not self._counted and self.fileno() >= 0 and self.type == socket.SOCK_STREAM and self.spent is not None:
            self._counted = True
            connection(self.spent, self, abort=self._aborts, closing=self._closing, told=self._told)
        super().close()  # type: ignore[misc]


class TcpSocket(Counted, socket.socket):
    """`detach`, as TLS does it, hands the descriptor on, counted as if it were closed then: what comes later is the difference."""

    def detach(self) -> int:
        if self.spent is not None and self.fileno() >= 0:
            self._told = connection(self.spent, self, told=self._told)
        return super().detach()

    def aborts(self) -> None:
        """Its close will be a reset."""
        with suppress(OSError):
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._aborts = True
