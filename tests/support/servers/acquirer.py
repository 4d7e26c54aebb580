"""An acquirer's host that answers echoes and keeps account of everything it was sent. Its `serve` is a behaviour of a server."""

from __future__ import annotations

import contextlib
import socket
import threading

from iso8583sim.core.types import ISO8583Error  # type: ignore[import-untyped]

from probes.settings import Dialect, Framing
from tests.support.patience import PATIENCE_S
from tests.support.servers.iso.answers import Answer, replies
from tests.support.servers.iso.frame import receive
from tests.support.servers.iso.request import Request, parse


class Acquirer:
    """`received`: the echoes; `refused`: why anything else that came is no echo of this dialect, which no terminal may send."""

    def __init__(self, dialect: Dialect = Dialect.UNIONPAY, framing: Framing = Framing.BYTES_2, answer: Answer | None = None) -> None:
        self.dialect, self.framing = dialect, framing
        self.answer = answer or replies()
        self.received: list[Request] = []
        self.refused: list[str] = []
        self._busy = 0
        self._done = 0
        self._changed = threading.Condition()

    @property
    def messages(self) -> int:
        return len(self.received) + len(self.refused)

    def serve(self, connection: socket.socket) -> None:
        """Answers, then listens on until the other side leaves: a second message would not go unseen."""
        with self._changed:
            self._busy += 1
        try:
            while message := receive(connection, self.framing):
                with contextlib.suppress(OSError):
                    self._take(message, connection)
        finally:
            with self._changed:
                self._busy -= 1
                self._done += 1
                self._changed.notify_all()

    def ended(self, connections: int = 1, within_s: float = PATIENCE_S) -> bool:
        """Whether so many connections have come and gone, and none is left: then the account is complete."""
        with self._changed:
            return self._changed.wait_for(lambda: self._done >= connections and not self._busy, within_s)

    def _take(self, message: bytes, connection: socket.socket) -> None:
        try:
            request = parse(self.dialect, self.framing, message)
        except (ISO8583Error, ValueError) as error:
            self.refused.append(f"{message.hex()}: {error}")
            return
        if not request.is_echo:
            self.refused.append(f"{message.hex()}: type {request.fields[0]} with the fields {sorted(request.fields)}")
            return
        self.received.append(request)
        self.answer(request, connection)
