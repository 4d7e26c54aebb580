"""Hostile replies without end: `python -m tests.fuzz_replies 1000000 [SEED]`. Ends with 1 where one was not taken as a reply or a failure.

Right replies, damaged, cut, joined and mixed with noise, go through the echo (both dialects, every framing) and, one in twenty,
through the HTTP health endpoint over a real socket. No text that comes out may hold a character that cannot be seen.
"""

from __future__ import annotations

import random
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from probes.edge.acquirer import http_health, iso8583, iso8583_echo
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from probes.ground.text import is_safe
from probes.model.facts import Facts, GatewayFacts
from probes.settings import Dialect, Framing, Gateway, GatewayIso8583, GatewayProtocol
from tests.support.servers.iso.frame import framed
from tests.support.servers.iso.request import parse

_HTTP_SHARE = 20
_SHOWN = 5
_TOO_LONG_S = 10  # no reply may hold us longer than the deadline that was given
_MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_TRACE = "987654"  # stands in every right reply, and gives way to the one that was asked
_NOISE = (b"\x1b[2J", b"\x00\x00", b"\xff\xff", b"\r\n", b"\xe2\x80\xae", b"\x9b", b"0000", b"HTTP/1.1 ", b"\x03", b"\xc2\x85")
_WORDS = (
    b"200",
    b"402",
    b"999999999999999999999",
    b"-1",
    b"\x00",
    b"chunked",
    b"gzip",
    b"Retry-After: ",
    b"Location: //[",
    b"Date: ",
    b": ",
    b"\n ",
)


class Wire:
    """A connected socket that answers the echo with what it is made for: in pieces, then an end, silence or a reset."""

    def __init__(self, answer: Callable[[bytes], bytes], rng: random.Random) -> None:
        self._answer, self._rng = answer, rng
        self._data = b""

    def settimeout(self, _seconds: float) -> None:
        return None

    def sendall(self, data: bytes) -> None:
        self._data = self._answer(data)

    def recv(self, size: int) -> bytes:
        if not self._data:
            ending = self._rng.randrange(4)
            if ending == 0:
                raise TimeoutError
            if ending == 1:
                raise ConnectionResetError(104, "Connection reset by peer")
            return b""
        size = self._rng.choice((1, 2, 7, size, size))
        piece, self._data = self._data[:size], self._data[size:]
        return piece


def gateways() -> list[Gateway]:
    def of(dialect: Dialect, framing: Framing) -> Gateway:
        echo = GatewayIso8583(dialect=dialect, framing=framing, terminal_id="00000001", merchant_id="123456789012345")
        return Gateway(name="a", host="gw", port=1, protocol=GatewayProtocol.ISO8583, iso8583=echo)

    return [of(dialect, framing) for dialect in Dialect for framing in Framing]


def right_replies(gateway: Gateway) -> list[bytes]:
    """Without their lengths."""
    settings = gateway.iso8583
    request = parse(settings.dialect, settings.framing, iso8583.echo(settings, _TRACE, _MOMENT))
    more = {12: "101112", 13: "0102", 32: "1234567", 37: "000000000001", 62: "tables", 63: "001"}
    size = len(framed(settings.framing, b""))
    made = [request.reply(code) for code in ("00", "03", "A0", b"\x1b[", None)]
    made += [request.reply(more=more), request.reply(requirement="3"), request.reply(mti="0210"), request.reply(trace="000001")]
    return [reply[size:] for reply in made]


def damaged(data: bytes, rng: random.Random, noise: tuple[bytes, ...]) -> bytes:
    wire = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 4, 16))):
        place = rng.randrange(len(wire) + 1)
        kind = rng.randrange(7)
        if kind == 0 and place < len(wire):
            wire[place] = rng.randrange(256)
        elif kind == 1 and place < len(wire):
            wire[place] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del wire[place : place + rng.randrange(1, 9)]
        elif kind == 3:
            wire[place:place] = rng.choice(noise)
        elif kind == 4:
            wire[place:place] = rng.randbytes(rng.randrange(1, 9))
        elif kind == 5:
            wire[place:place] = wire[place : place + rng.randrange(1, 40)]
        elif rng.random() < 0.3:
            del wire[place:]
    return bytes(wire)


def echo_reply(gateway: Gateway, right: list[bytes], rng: random.Random) -> Callable[[bytes], bytes]:
    """What comes back for an echo: damaged before or after its length was put in front."""
    settings = gateway.iso8583
    binary = settings.dialect is Dialect.UNIONPAY
    standing = bytes.fromhex(_TRACE) if binary else _TRACE.encode()

    def answer(sent: bytes) -> bytes:
        size = len(framed(settings.framing, b""))
        asked = sent[size + 21 : size + 24] if binary else sent[size + 46 : size + 52]
        out = b""
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if rng.random() < 0.1:
                out += rng.randbytes(rng.randrange(64))
                continue
            message = rng.choice(right).replace(standing, asked, 1)
            inside = rng.random() < 0.7
            message = damaged(message, rng, _NOISE) if inside else message
            out += framed(settings.framing, message) if inside else damaged(framed(settings.framing, message), rng, _NOISE)
        return out

    return answer


def http_reply(rng: random.Random) -> bytes:
    status = rng.choice(
        (b"200 OK", b"204 No Content", b"402 Payment Required", b"503 Unavailable", b"302 Found", b"100 Continue", b"000 x")
    )
    fields = [b"Date: Mon, 23 Nov 2026 04:00:00 GMT", b"Retry-After: 120", b"Location: http://portal.example/", b"Content-Length: 5"]
    fields += [b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Connection: close", b"Server: x"]
    chosen = rng.sample(fields, rng.randrange(len(fields) + 1))
    whole = b"\r\n".join([b"HTTP/1.1 " + status, *chosen, b"", b"5\r\nhello\r\n0\r\n\r\n"])
    return damaged(whole, rng, _NOISE + _WORDS)


def over_http(gateway: Gateway, reply: bytes) -> GatewayFacts:
    ours, theirs = socket.socketpair()
    with closing(theirs), closing(ours):
        theirs.sendall(reply)
        theirs.shutdown(socket.SHUT_WR)
        return http_health.ask(gateway, ours, None, Deadline(5))


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def one(number: int, rng: random.Random, known: list[tuple[Gateway, list[bytes]]], web: Gateway) -> bool:
    """Whether it was taken for an answer. Raises whatever is neither that nor `PeerFailed`."""
    seen: Facts
    answered = True
    try:
        if number % _HTTP_SHARE == 0:
            seen = over_http(web, http_reply(rng))
        else:
            gateway, right = known[number % len(known)]
            wire = Wire(echo_reply(gateway, right, rng), rng)
            seen = iso8583_echo.ask(gateway, cast(socket.socket, wire), Deadline(5))
    except PeerFailed as failure:
        answered = False
        seen = failure.seen
    hidden = [text for text in texts(msgspec.to_builtins(seen)) if not all(map(is_safe, text))]
    if hidden:
        raise AssertionError(f"unseen characters in {hidden!r}")
    return answered


def main(count: int, seed: int) -> int:
    known = [(gateway, right_replies(gateway)) for gateway in gateways()]
    web = Gateway(name="b", host="gw", port=80, protocol=GatewayProtocol.HTTP)
    uncaught, answered, slowest = 0, 0, 0.0
    began = time.monotonic()
    for number in range(count):
        started = time.monotonic()
        try:
            answered += one(number, random.Random(seed * 1_000_003 + number), known, web)
        except Exception as error:
            uncaught += 1
            if uncaught <= _SHOWN:
                print(f"reply {number} of seed {seed}: {type(error).__name__}: {str(error)!a}")
        slowest = max(slowest, time.monotonic() - started)
    took = time.monotonic() - began
    speed = f"{count / took:.0f} a second, slowest {slowest * 1000:.0f} ms"
    print(f"{count} replies in {took:.1f} s ({speed}), {answered} taken for an answer: {uncaught} uncaught")
    return 1 if uncaught or slowest > _TOO_LONG_S else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1))
