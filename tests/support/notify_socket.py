"""The supervisor's end of the socket that sd_notify(3) writes to."""

from __future__ import annotations

import socket
from pathlib import Path


class NotifySocket:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        """For the process that is to write to it."""
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": "2000000"}

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
