"""Connections that do not keep to their time: slow heads, slow bodies, readers that do not read, and too many of them.

The limits are a test's own, and short; each connection is waited for until the server ends it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

from agent.fleet.serve.protocol import GuardedProtocol, Patience, look_after
from tests.support.patience import PATIENCE_S, until

LARGE = b"x" * 50_000_000
SHORT = Patience(head_s=0.3, body_s=0.3, answer_s=0.3, refused_s=0.3, head_bytes=4096, body_bytes=100_000, connections=3)
LONG = Patience(head_s=600, body_s=600, answer_s=600, refused_s=0.3, head_bytes=4096, body_bytes=100_000, connections=3)


async def app(scope: dict[str, object], receive: object, send: object) -> None:
    """Reads the whole body where it was sent to `/body`; then answers with a lot where that is asked for."""
    assert callable(receive) and callable(send)
    while scope["path"] == "/body":
        message = await receive()
        if message["type"] != "http.request":
            return
        if not message["more_body"]:
            break
    body = LARGE if scope["path"] == "/large" else b"ok"
    with suppress(OSError):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


class Running:
    def __init__(self, server: uvicorn.Server, port: int) -> None:
        self.server, self.port = server, port

    def connect(self, size: int | None = None) -> socket.socket:
        """`size`: of what this side takes before it has to read."""
        made = socket.socket()
        if size is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        made.settimeout(PATIENCE_S)
        made.connect(("127.0.0.1", self.port))
        return made

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)


@contextmanager
def running(patience: Patience) -> Iterator[Running]:
    class Mine(GuardedProtocol):
        pass

    Mine.patience = patience
    config = uvicorn.Config(app, http=Mine, loop="none", ws="none", lifespan="off", log_config=None, access_log=False, log_level="critical")
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))

    async def run() -> None:
        after = asyncio.create_task(look_after(server.server_state, 0.05))
        await server.serve(sockets=[listening])
        after.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield Running(server, listening.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        thread.join(PATIENCE_S)


def everything(connection: socket.socket) -> bytes:
    """Until the server ends it."""
    found = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            found += part
    return found


def answered(connection: socket.socket) -> bool:
    """By `ok`, whole, on a connection that stays."""
    found = b""
    while not found.endswith(b"\r\n\r\nok"):
        part = connection.recv(4096)
        if not part:
            return False
        found += part
    return True


def test_a_head_that_does_not_come_and_one_that_never_ends() -> None:
    with running(SHORT) as server:
        silent, slow = server.connect(), server.connect()
        slow.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nX-")
        assert b" 408 " in everything(silent)
        assert b" 408 " in everything(slow)
        until(lambda: server.connections == 0)


def test_a_body_that_does_not_come() -> None:
    with running(SHORT) as server, server.connect() as slow:
        slow.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert b" 408 " in everything(slow)


def test_an_answer_that_is_not_taken() -> None:
    with running(SHORT) as server, server.connect(4096) as deaf:
        deaf.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: server.connections == 1 or server.server.server_state.total_requests)
        until(lambda: server.connections == 0)
        assert len(everything(deaf)) < len(LARGE)


def test_one_that_is_open_between_two_requests_is_left_alone() -> None:
    with running(SHORT) as server, server.connect() as kept, server.connect() as other:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(kept)
        assert b" 408 " in everything(other)  # by then its time is over, too
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(kept)
        kept.sendall(b"GET / HT")  # and the second head has no more time than the first
        assert b" 408 " in everything(kept)


def test_a_head_that_is_too_long() -> None:
    with running(LONG) as server, server.connect() as long:
        long.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"x" * 3000 + b"\r\n")
        long.sendall(b"X-More: " + b"x" * 3000)
        assert b" 431 " in everything(long)


def test_a_body_that_nobody_asked_for_has_an_end() -> None:
    with running(LONG) as server, server.connect() as long:
        long.sendall(b"POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n")
        assert answered(long)
        with suppress(ConnectionError):
            for _ in range(1000):
                long.sendall(b"x" * 10_000)
        assert everything(long) == b""
        until(lambda: server.connections == 0)


def test_too_many_at_one_time() -> None:
    with running(LONG) as server:
        kept = [server.connect() for _ in range(3)]
        until(lambda: server.connections == 3)
        with server.connect() as fourth:
            assert b" 503 " in everything(fourth)
        kept[0].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(kept[0])
        for each in kept:
            each.close()
        until(lambda: server.connections == 0)
        with server.connect() as again:
            again.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answered(again)
