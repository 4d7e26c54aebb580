"""Who supervises the daemon, in systemd's place: the other end of the notification socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Ear:
    """The supervisor's end of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def listen(self) -> list[str]:
        """All assignments heard so far."""
        while True:
            try:
                self.heard += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.heard

    def count(self, assignment: str) -> int:
        return self.listen().count(assignment)

    def texts(self) -> list[str]:
        return [each.removeprefix("STATUS=") for each in self.listen() if each.startswith("STATUS=")]

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening(folder: Path) -> Iterator[Ear]:
    made = Ear(folder / "notify")
    try:
        yield made
    finally:
        made.close()


def supervised(ear: Ear, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(ear.path), "WATCHDOG_USEC": "2000000", **more}
