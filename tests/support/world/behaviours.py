"""What a server does with one connection. A behaviour is a function of the connected socket; the server closes it after."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Callable
from email.utils import formatdate

Behaviour = Callable[[socket.socket], None]


def _until_closed(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def accept(connection: socket.socket) -> None:
    """Takes what comes and says nothing, until the other side leaves: also what a silent host does."""
    _until_closed(connection)


def close(connection: socket.socket) -> None:
    """Closes at once, without a byte."""


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def say(data: bytes) -> Behaviour:
    """Reads a first piece, answers with these bytes and closes."""

    def behaviour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            _until_closed(connection)

    return behaviour


def http(status: int = 204, body: bytes = b"", *, skew_s: float = 0, **headers: str) -> Behaviour:
    """Answers every request so, with a Date header that is `skew_s` seconds off."""

    def behaviour(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        lines = [
            f"HTTP/1.1 {status} {'No Content' if status == 204 else 'Answer'}",
            f"Date: {formatdate(time.time() + skew_s, usegmt=True)}",
        ]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        lines += ["Connection: close", *([] if status == 204 else [f"Content-Length: {len(body)}"])]
        say_back = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        connection.sendall(say_back)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)

    return behaviour


def tls(context: ssl.SSLContext, inside: Behaviour = accept) -> Behaviour:
    """Shakes hands, then behaves as `inside`."""

    def behaviour(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            inside(secured)

    return behaviour
