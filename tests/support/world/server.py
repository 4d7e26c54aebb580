"""A TCP server whose socket stands in a namespace and whose threads stand in the test: made and stopped in microseconds."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.support.patience import PATIENCE_S
from tests.support.precedence import take_precedence
from tests.support.world import netns
from tests.support.world.behaviours import Behaviour


class Server:
    """Listens on every given address. `behaviour` may be replaced while it runs: it holds from the next connection on."""

    def __init__(self, namespace: str, addresses: tuple[str, ...], port: int, behaviour: Behaviour) -> None:
        self.namespace, self.addresses, self.port = namespace, addresses, port
        self.behaviour = behaviour
        self._listeners: list[socket.socket] = []
        self._open: set[socket.socket] = set()
        self._accepted = 0
        self._lock = threading.Condition()
        self.start()

    def start(self) -> None:
        self._listeners = netns.call(self.namespace, lambda: [self._listen(address) for address in self.addresses])
        for listener in self._listeners:
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        """Closes the port and every connection: from now on, new ones are refused."""
        with self._lock:
            sockets = [*self._listeners, *self._open]
            self._listeners = []
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def reached(self, times: int, within_s: float = PATIENCE_S) -> bool:
        """Whether so many connections have come or come yet; the kernel accepts them before this program sees them."""
        with self._lock:
            return self._lock.wait_for(lambda: self._accepted >= times, within_s)

    def _listen(self, address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, self.port))
        listener.listen(64)
        return listener

    def _serve(self, listener: socket.socket) -> None:
        take_precedence()
        while True:
            try:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:  # stopped
                return
            with self._lock:
                self._open.add(connection)
                self._accepted += 1
                self._lock.notify_all()
            threading.Thread(target=self._handle, args=(connection, self.behaviour), daemon=True).start()

    def _handle(self, connection: socket.socket, behaviour: Behaviour) -> None:
        take_precedence()
        try:
            with contextlib.suppress(OSError):
                behaviour(connection)
        finally:
            connection.close()
            with self._lock:
                self._open.discard(connection)
