"""`GET /`, `/fleet.json`, `/metrics`, `/healthz`: what is shown, and to whom.

A page of a fleet tells where shops are and what is wrong there. Where the configuration has a token that reads, it is needed, as a bearer
or as the password of a browser's own form. Where it has none, only this machine itself reads, and nobody who comes through a proxy: that
would be everybody. `serve.read = "anyone"` leaves it to whatever stands in front.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from typing import Protocol

from starlette.types import Receive, Scope, Send

from agent.fleet.reading.places import ANSWER
from agent.fleet.serve import shown
from agent.fleet.serve.body import Refused
from agent.fleet.serve.counted import Counted
from agent.fleet.serve.protocol import REFUSED
from agent.fleet.serve.requests import Head, answer, line_of, peer_of, refuse
from agent.fleet.serve.shown import Shown, Thing
from agent.fleet.serve.tokens import Tokens, bearer

_REALM = (b"www-authenticate", b'Basic realm="posdiag", charset="UTF-8"')
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-cache, private"),
)
_PAGE = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"),
    (b"vary", b"accept-language, accept-encoding"),
)
_JSON = ((b"content-type", b"application/json"), (b"vary", b"accept-encoding"))
_METRICS = ((b"content-type", b"text/plain; version=0.0.4; charset=utf-8"),)


class Health(Protocol):
    """What is wrong here, in words; nothing where all is well."""

    def __call__(self) -> list[str]: ...


class Reads:
    def __init__(
        self,
        things: Shown,
        tokens: Tokens,
        counted: Counted,
        *,
        anyone: bool,
        language: str,
        own_metrics: Callable[[], bytes],
        health: Health,
        proxies: frozenset[str],
        access: Callable[[str], None] | None = None,
    ) -> None:
        self.tokens = tokens
        self._things, self._counted = things, counted
        self._anyone, self._language, self._own_metrics, self._health = anyone, language, own_metrics, health
        self._proxies, self._access = proxies, access

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._read(scope, send, shown.PAGE.format(language=self._asked_language(scope)), _PAGE)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._read(scope, send, ANSWER, _JSON)

    async def metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._read(scope, send, shown.METRICS, _METRICS)

    async def health(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To anybody: it tells nothing of the fleet."""
        wrong = self._health()
        self._counted.answers[503 if wrong else 200] += 1
        await answer(send, 503 if wrong else 200, {"ok": not wrong, **({"wrong": wrong} if wrong else {})})

    async def _read(self, scope: Scope, send: Send, name: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        status, peer = 200, ""
        try:
            head = Head(scope)
            peer = peer_of(scope, head, self._proxies)
            self._may(scope, head)
            thing = self._things.of(name)
            if name == shown.METRICS:  # what the receiver counts is there from the beginning
                plain = (thing.plain if thing else b"") + self._own_metrics()
                thing = Thing(plain, b"", b"")
            if thing is None:
                raise Refused(503, "the first answer is being made", retry_after_s=10, kind="early")
            status = await _hand_out(scope, send, thing, headers)
        except Refused as refused:
            status = refused.status
            self._counted.refuse(refused.kind, refused.why, peer)
            await (_ask(scope, send, refused) if status == 401 else refuse(scope, send, refused))
        self._counted.answers[status] += 1
        if self._access is not None:
            self._access(line_of(scope, peer, status, "", 0))

    def _may(self, scope: Scope, head: Head) -> None:
        """Raises `Refused`."""
        if self.tokens.readers:
            token = bearer(head.authorization) or _password(head.authorization)
            writer = self.tokens.of(token)
            if writer is None:
                raise Refused(401, "a token that reads is needed", kind="token" if token else "no_token")
            if not writer.holder.reads:
                raise Refused(403, "this token does not read", kind="reader")
        elif not self._anyone and (head.forwarded or not _is_here(scope)):
            raise Refused(403, "read from this machine, or with a token that reads (posdiag fleet token NAME --reads)", kind="elsewhere")

    def _asked_language(self, scope: Scope) -> str:
        query = scope.get("query_string", b"")
        for language in shown.LANGUAGES:
            if query == b"lang=" + language.encode():
                return language
        for name, value in scope["headers"]:
            if name == b"accept-language":
                first = value.strip()[:2].lower().decode("ascii", "replace")
                return first if first in shown.LANGUAGES else self._language
        return self._language


def _password(authorization: bytes) -> bytes:
    scheme, _, packed = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(packed.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""


def _is_here(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


async def _ask(scope: Scope, send: Send, refused: Refused) -> None:
    scope["state"][REFUSED] = True
    await answer(send, 401, {"error": refused.why}, (_REALM,))


async def _hand_out(scope: Scope, send: Send, thing: Thing, headers: tuple[tuple[bytes, bytes], ...]) -> int:
    wanted = dict(scope["headers"])
    headers = (*headers, *_SAFE, *(((b"etag", thing.etag),) if thing.etag else ()))
    if thing.etag and thing.etag in wanted.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return 304
    body = thing.plain
    if thing.packed and b"gzip" in wanted.get(b"accept-encoding", b""):
        body, headers = thing.packed, (*headers, (b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": (*headers, (b"content-length", b"%d" % len(body)))})
    await send({"type": "http.response.body", "body": body})
    return 200
