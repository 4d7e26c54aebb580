"""Connections to gateways that stay open from one examination to the next, for gateways configured so (`keep_open`).

The kernel asks the other side now and then whether it is still there (TCP keep-alive, tcp(7)), and `ConnectionPool` hears at once when the
connection ends. A connection is good for evidence only while the other side has answered lately.
"""

from __future__ import annotations

import math
import select
import socket
import struct
import threading
from contextlib import suppress

from msgspec import Struct

from probes.edge.kernel.route import way_to
from probes.edge.net.byte_counter import Counted
from probes.edge.net.tcp import Connection
from probes.ground.clock import Clock
from probes.model.facts import GatewayFacts

_ESTABLISHED = 1
_ENDS = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
_ASKED_AGAIN_S, _ASKED = 3, 3  # a side that does not answer is asked so often before the connection counts as dead
_LATELY_S = 15.0  # beyond the idle time: the questions and their answers
_SHORT_S, _MOST_SHORT, _PAUSE_S = 600.0, 3, 3600.0  # a host that ends idle connections again and again is left alone


class PooledConnection(Struct, kw_only=True):
    """`facts` of the connection itself; `idle_s` after which the kernel asks; `since`, and `shown` when the host last showed its
    certificate, on the monotonic clock. The end of a `quiet` one is no news: servers of HTTP end idle connections as a matter of course.
    """

    connection: Connection
    facts: GatewayFacts
    idle_s: float
    since: float
    shown: float
    quiet: bool = False


Key = tuple[str, str, int]


class ConnectionPool:
    """Readable (`fileno`) when one of its connections has ended: a source of events."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = Clock() if clock is None else clock
        self._lock = threading.Lock()
        self._pooled: dict[Key, PooledConnection] = {}
        self._short: dict[Key, tuple[int, float]] = {}
        self._ends: select.epoll | None = None

    def take(self, key: Key, certified_s: float = math.inf) -> PooledConnection | None:
        """Yours until it is put back; None where there is none that proves anything. One whose certificate was shown longer than
        `certified_s` ago is closed."""
        with self._lock:
            pooled = self._pooled.pop(key, None)
            if pooled is not None:
                self._forget(pooled.connection.sock)
        if pooled is None:
            return None
        now = self._clock.monotonic()
        in_date = now - pooled.shown <= certified_s
        if in_date and _proves(pooled):
            return pooled
        if in_date and now - pooled.since < _SHORT_S:
            self._short[key] = self._short.get(key, (0, 0.0))[0] + 1, now
        else:
            self._short.pop(key, None)
        pooled.connection.sock.close()
        return None

    def put(self, key: Key, pooled: PooledConnection) -> None:
        times, at = self._short.get(key, (0, 0.0))
        if times >= _MOST_SHORT and self._clock.monotonic() - at < _PAUSE_S:
            pooled.connection.sock.close()
            return
        sock = pooled.connection.sock
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, max(1, int(pooled.idle_s)))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _ASKED_AGAIN_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _ASKED)
        if isinstance(sock, Counted):
            sock.tell()
        with self._lock:
            self._pooled[key] = pooled
            self._listen(pooled)

    def heard_s(self, key: Key) -> float | None:
        """How long ago the other side last answered; None without a connection."""
        with self._lock:
            pooled = self._pooled.get(key)
            return _heard_s(pooled.connection.sock) if pooled is not None else None

    def fileno(self) -> int:
        with self._lock:
            if self._ends is None:
                self._ends = select.epoll()
                for pooled in self._pooled.values():
                    self._listen(pooled)
            return self._ends.fileno()

    def read(self) -> bool:
        """Whether one has ended since this was last asked."""
        with self._lock:
            ended = self._ends.poll(0) if self._ends is not None else []
            for descriptor, _ in ended:
                with suppress(OSError, ValueError):
                    self._ends.unregister(descriptor)  # type: ignore[union-attr]
        return bool(ended)

    def close(self) -> None:
        with self._lock:
            for pooled in self._pooled.values():
                pooled.connection.sock.close()
            self._pooled.clear()
            if self._ends is not None:
                self._ends.close()
                self._ends = None

    def _listen(self, pooled: PooledConnection) -> None:
        if self._ends is not None and not pooled.quiet:
            with suppress(OSError, ValueError):
                self._ends.register(pooled.connection.sock.fileno(), _ENDS)

    def _forget(self, sock: socket.socket) -> None:
        if self._ends is not None:
            with suppress(OSError, ValueError):
                self._ends.unregister(sock.fileno())


def _proves(pooled: PooledConnection) -> bool:
    """Open, by the way that a packet would take now, nothing unexpected waiting, and answered lately."""
    sock = pooled.connection.sock
    way = way_to(pooled.connection.address)
    if way is not None and (pooled.facts.interface, pooled.facts.via) != (way.interface, way.via):
        return False
    heard = _heard_s(sock)
    if heard is None or heard > pooled.idle_s + _LATELY_S:
        return False
    try:
        sock.setblocking(False)
        sock.recv(1)
    except (BlockingIOError, InterruptedError):
        return True
    except OSError as error:  # TLS says so where only a session ticket came
        return type(error).__name__ == "SSLWantReadError"
    return False  # the end, or an answer to nothing


def _heard_s(sock: socket.socket) -> float | None:
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return struct.unpack_from("=I", info, 56)[0] / 1000 if info[0] == _ESTABLISHED else None
    except (OSError, struct.error):
        return None
