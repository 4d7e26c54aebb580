"""What an acquirer's host does with an echo. An answer is a function of the request and the connected socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from tests.support.servers.iso.frame import framed
from tests.support.servers.iso.request import Request

Answer = Callable[[Request, socket.socket], None]


def replies(code: str | bytes | None = "00", *, requirement: str = "0", swapped: bool = True, mti: str = "") -> Answer:
    """One reply. `code`: DE39, None for none."""

    def answer(request: Request, connection: socket.socket) -> None:
        connection.sendall(request.reply(code, requirement=requirement, swapped=swapped, mti=mti))

    return answer


def with_fields(**more: str) -> Answer:
    """A reply with more fields, named `de37` and so on."""
    fields = {int(name.removeprefix("de")): value for name, value in more.items()}
    return lambda request, connection: connection.sendall(request.reply(more=fields))


def after_keep_alives(count: int) -> Answer:
    """Lengths of zero first, then the reply."""
    return lambda request, connection: connection.sendall(framed(request.framing, b"") * count + request.reply())


def byte_by_byte(request: Request, connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in request.reply():
        connection.sendall(bytes((byte,)))


def in_one_segment(request: Request, connection: socket.socket) -> None:
    """Replies to two others, then ours, then one more, in a single write."""
    other = request.reply(trace=request.stranger())
    connection.sendall(other + other + request.reply() + other)


def stranger_first(request: Request, connection: socket.socket) -> None:
    connection.sendall(request.reply("96", trace=request.stranger()))
    connection.sendall(request.reply())


def asks_first(request: Request, connection: socket.socket) -> None:
    """A request of the host's own, as some send to see whether the terminal is there, then the reply."""
    connection.sendall(request.reply(None, trace=request.stranger(), mti=request.fields[0]))
    connection.sendall(request.reply())


def stranger_only(request: Request, connection: socket.socket) -> None:
    connection.sendall(request.reply(trace=request.stranger()))


def stranger_then_close(request: Request, connection: socket.socket) -> None:
    connection.sendall(request.reply(trace=request.stranger()))
    connection.shutdown(socket.SHUT_RDWR)


def says(data: bytes) -> Answer:
    """These bytes, whatever was asked."""
    return lambda _request, connection: connection.sendall(data)


def then_says(data: bytes) -> Answer:
    """The reply with these bytes right behind it."""
    return lambda request, connection: connection.sendall(request.reply() + data)


def half_then_close(request: Request, connection: socket.socket) -> None:
    reply = request.reply()
    connection.sendall(reply[: len(reply) // 2])
    connection.shutdown(socket.SHUT_RDWR)


def half_then_silence(request: Request, connection: socket.socket) -> None:
    reply = request.reply()
    connection.sendall(reply[: len(reply) // 2])


def close(_request: Request, connection: socket.socket) -> None:
    """Ends the connection without a byte."""
    connection.shutdown(socket.SHUT_RDWR)


def silence(_request: Request, _connection: socket.socket) -> None:
    """Takes the message and says nothing."""


def other_framing(request: Request, connection: socket.socket) -> None:
    """A right reply, its length in four digits where two bytes are expected and the other way round."""
    size = 2 if request.framing.value.startswith("2") else 4
    message = request.reply()[size:]
    connection.sendall((b"%04d" % len(message) if size == 2 else len(message).to_bytes(2, "big")) + message)


def drips(pause_s: float) -> Answer:
    """The reply one byte at a time."""

    def answer(request: Request, connection: socket.socket) -> None:
        for byte in request.reply():
            connection.sendall(bytes((byte,)))
            time.sleep(pause_s)

    return answer


def keep_alives_for_ever(pause_s: float) -> Answer:
    """Until the other side leaves."""

    def answer(request: Request, connection: socket.socket) -> None:
        while True:
            connection.sendall(framed(request.framing, b""))
            time.sleep(pause_s)

    return answer


def floods(request: Request, connection: socket.socket) -> None:
    """Replies to somebody else, until the other side leaves."""
    block = request.reply(trace=request.stranger()) * 1000
    while True:
        connection.sendall(block)
