"""The world's TCP server on loopback, at a port of the kernel's choice: needs no right."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from types import TracebackType

from tests.support.world.behaviours import Behaviour
from tests.support.world.server import Server


class Local(Server):
    """`port` is known once it stands. Use it in a `with`."""

    def __init__(self, behaviour: Behaviour, address: str = "127.0.0.1") -> None:
        super().__init__("", (address,), 0, behaviour)

    @property
    def address(self) -> str:
        return self.addresses[0]

    def start(self) -> None:
        self._listeners = [self._listen(address) for address in self.addresses]
        self.port = self._listeners[0].getsockname()[1]
        for listener in self._listeners:
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def __enter__(self) -> Local:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def closed_port(address: str = "127.0.0.1") -> int:
    """A port that nobody listens on."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tried:
        tried.bind((address, 0))
        return int(tried.getsockname()[1])


@contextlib.contextmanager
def full_backlog(address: str = "127.0.0.1") -> Iterator[int]:
    """A port whose queue is full: the kernel drops every further SYN, as a filter on the path does."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((address, 0))
        listener.listen(0)
        where = listener.getsockname()
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(where)
        yield where[1]
