"""A connection, with what uvicorn leaves to a proxy in front: how long a request may take to come, how long its head may be, how many
connections there may be, and what becomes of a reader that does not read."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from msgspec import Struct
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

REFUSED = "posdiag.refused"  # in a request's state: whoever sent it is not one of ours, and his connection is not kept for long
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 30\r\nconnection: close\r\ncontent-type: application/json\r\n"
    b'content-length: 32\r\n\r\n{"error":"too many connections"}'
)
_HEAD = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-type: application/json\r\n"
    b'content-length: 29\r\n\r\n{"error":"headers too large"}'
)


_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Patience(Struct, frozen=True, kw_only=True):
    """Seconds: for the whole head from its first byte (or from the connection) on, for the body, for the answer to be made and taken;
    and what a refused one has left. `head_bytes`: of the head. `body_bytes`: of a body, those that are thrown away included."""

    head_s: float = 10
    body_s: float = 30
    answer_s: float = 60
    refused_s: float = 5
    head_bytes: int = 16 * 1024
    body_bytes: int = 64 * 1024 * 1024
    connections: int = 10_000


class GuardedProtocol(HttpToolsProtocol):
    """`due`: when it is given up, by the loop's clock; whoever made the protocol looks after that (`give_up`)."""

    patience = Patience()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.due = math.inf
        self._head_bytes = self._body_bytes = 0
        self._in_head, self._in_body, self._turned_away = True, False, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base has it
        super().connection_made(transport)
        self.due = self.loop.time() + self.patience.head_s
        if len(self.connections) > self.patience.connections:
            self._turn_away(_FULL)

    def data_received(self, data: bytes) -> None:
        if self._turned_away:
            return
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self.patience.head_bytes:
            self._turn_away(_HEAD)

    def _turn_away(self, answer: bytes) -> None:
        """What still comes is thrown away for a moment, so that the answer is not lost with it."""
        self._turned_away = True
        self._unset_keepalive_if_required()
        if not self.transport.is_closing():
            self.transport.write(answer)
            if self.transport.can_write_eof():
                self.transport.write_eof()
        self.due = self.loop.time() + self.patience.refused_s

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._body_bytes = True, 0
        self.due = self.loop.time() + self.patience.head_s

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes, self._in_body = False, 0, True
        self.due = self.loop.time() + self.patience.body_s
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > self.patience.body_bytes:
            self.transport.abort()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self.due = self.loop.time() + self.patience.answer_s
        super().on_message_complete()

    def on_response_complete(self) -> None:
        more = bool(self.pipeline)
        refused = self.cycle is not None and bool(self.cycle.scope.get("state", {}).get(REFUSED))
        super().on_response_complete()
        now = self.loop.time()
        if refused:
            self.due = min(self.due, now + self.patience.refused_s)
        elif more:
            self.due = now + self.patience.answer_s
        elif not self._in_body:  # of a body that nobody waits for, the rest may still come in its time
            self.due = math.inf

    def timeout_keep_alive_handler(self) -> None:
        """A close would wait for whoever does not take what was sent."""
        self.transport.abort()

    def give_up(self) -> None:
        """Its time is over. One that never came whole is told so; one whose answer is not taken is not."""
        begun = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if (self._in_head or self._in_body) and not (begun or self._turned_away or self.transport.is_closing()):
            self._turn_away(_LATE)
        else:
            self.transport.abort()


async def look_after(state: ServerState, every_s: float = 1.0) -> None:
    """Gives up whatever is past its time, for as long as it runs."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every_s)
        now = loop.time()
        for each in [one for one in state.connections if isinstance(one, GuardedProtocol) and one.due <= now]:
            each.give_up()
