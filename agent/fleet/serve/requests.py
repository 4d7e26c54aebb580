"""What a request says of itself, and answers to it, for a server that machines talk to: short, in JSON, never a page."""

from __future__ import annotations

import random
import urllib.parse
from collections.abc import Mapping

import msgspec
from starlette.types import Scope, Send

from agent.fleet.serve.body import Refused
from agent.fleet.serve.protocol import REFUSED
from probes.ground.text import escape

_ONCE = (b"authorization", b"content-encoding", b"content-type", b"content-length")
_JSON = (b"content-type", b"application/json")
_SHOWN = 120  # characters of what a client sent, where it is said


class Head:
    """The headers that count. Raises `Refused` where one that may be there once is there twice."""

    __slots__ = ("authorization", "content_type", "encoding", "forwarded", "length")

    def __init__(self, scope: Scope) -> None:
        found: dict[bytes, bytes] = {}
        self.forwarded: list[bytes] = []
        for name, value in scope["headers"]:
            if name in _ONCE:
                if name in found:
                    raise Refused(400, f"{name.decode()} twice", kind="header")
                found[name] = value
            elif name == b"x-forwarded-for":
                self.forwarded.append(value)
            elif name == b"forwarded":
                self.forwarded.append(b"")
        self.authorization = found.get(b"authorization", b"")
        self.encoding = found.get(b"content-encoding", b"").strip().lower()
        self.content_type = found.get(b"content-type", b"").strip().lower()
        length = found.get(b"content-length", b"").strip()
        self.length = int(length) if length.isdigit() and len(length) < 20 else None


def peer_of(scope: Scope, head: Head, proxies: frozenset[str]) -> str:
    """The address that sent it: what the nearest proxy says, where that is one of ours; empty where nobody knows."""
    client = scope.get("client")
    peer = str(client[0]) if client else ""
    if head.forwarded and peer in proxies:
        last = head.forwarded[-1].rpartition(b",")[2].strip().decode("ascii", "replace")
        return escape(last, 64)
    return peer


async def answer(send: Send, status: int, said: Mapping[str, object], headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = msgspec.json.encode(said)
    await send(
        {"type": "http.response.start", "status": status, "headers": [_JSON, (b"content-length", b"%d" % len(body)), *headers]},
    )
    await send({"type": "http.response.body", "body": body})


async def refuse(scope: Scope, send: Send, refused: Refused) -> None:
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if refused.retry_after_s is not None:
        headers = ((b"retry-after", b"%d" % _spread(refused.retry_after_s)),)
    if refused.status == 401:
        headers = ((b"www-authenticate", b'Bearer realm="posdiag"'),)
        scope["state"][REFUSED] = True
    await answer(send, refused.status, {"error": refused.why}, headers)


def _spread(seconds: float) -> int:
    """Not all at one moment: up to half as long again."""
    return max(1, round(seconds * random.uniform(1.0, 1.5) + 0.5))  # noqa: S311


def line_of(scope: Scope, peer: str, status: int, holder: str, size: int) -> str:
    """For the access log: no header, and nothing of what stands behind `?`."""
    path = escape(urllib.parse.quote(scope.get("path", ""), safe="/%"), _SHOWN)
    return f"{peer or '-'} {escape(holder, _SHOWN) or '-'} {scope.get('method', '-')} {path} {status} {size}"
