"""`POST /v1/status`: from a request to lines of the journal, and the answer.

A request is taken as far as it can be: of a batch, what is right is written and counted as `accepted`, and the rest is counted by kind as
`refused`, for it would be refused again each time. Where nothing of it is right, the answer says why.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec
from msgspec import Struct
from starlette.types import Receive, Scope, Send

from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.rows import MOST, found_in
from agent.fleet.serve.bodies import Bodies, Held
from agent.fleet.serve.body import Refused, documents, one_line, unpacked
from agent.fleet.serve.counted import Counted
from agent.fleet.serve.journal import Journal, JournalFull
from agent.fleet.serve.limits import Buckets, Rate
from agent.fleet.serve.requests import Head, answer, line_of, peer_of, refuse
from agent.fleet.serve.tokens import Tokens, Writer, bearer
from probes.ground.clock import Clock

_SMALL = 4096  # bytes; gzip makes at most 1,032 times as many of them
_LARGE_AT_ONCE = 4  # larger bodies that are unpacked
_AT_ONCE = 200  # documents of a batch between two looks at what else there is to do
_FULL_AGAIN_S, _DISK_AGAIN_S, _MANY_AGAIN_S = 10.0, 60.0, 3600.0


_WHY = {
    Flaw.TRUNCATED: "cut off",
    Flaw.DAMAGED: "not JSON",
    Flaw.EMPTY: "nothing was sent",
    Flaw.FOREIGN: "neither posdiag.summary nor posdiag.status",
    Flaw.UNFIT: "names a schema of posdiag and does not keep to it",
    Flaw.UNKNOWN_VERSION: "a later version, of which too little is understood",
    Flaw.TOO_LARGE: "too large",
}


class Limits(Struct, frozen=True, kw_only=True):
    """Bytes: of one document (as many as are read at all), of a body as it is sent and unpacked, of all bodies at one time. `terminals`:
    different ids."""

    document: int = MOST
    body: int = 4 * 1024 * 1024
    unpacked: int = 16 * 1024 * 1024
    bodies: int = 64 * 1024 * 1024
    terminals: int = 200_000
    a_terminal: Rate = Rate(1.0, 120.0)
    a_token: Rate = Rate(5000.0, 50_000.0)


class _Batch:
    def __init__(self) -> None:
        self.lines: list[tuple[str, bytes]] = []  # each with its id
        self.refused: Counter[str] = Counter()
        self.first: Refused | None = None

    def refuse(self, refused: Refused) -> None:
        self.refused[refused.kind] += 1
        if self.first is None or refused.status == 429:  # what may be sent again says so
            self.first = refused


class Receiver:
    """`terminals`: the ids that have been seen."""

    def __init__(
        self,
        journal: Journal,
        tokens: Tokens,
        counted: Counted,
        limits: Limits,
        *,
        clock: Clock,
        proxies: frozenset[str] = frozenset(),
        access: Callable[[str], None] | None = None,
    ) -> None:
        self.tokens, self.limits, self.counted = tokens, limits, counted
        self.terminals: set[str] = set()
        self._journal, self._clock, self._buckets = journal, clock, Buckets(clock.running)
        self._bodies, self._large = Bodies(), asyncio.Semaphore(_LARGE_AT_ONCE)
        self._proxies, self._access = proxies, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, holder, peer, size = 202, "", "", 0
        try:
            head = Head(scope)
            peer = peer_of(scope, head, self._proxies)
            writer = self._writer(head)
            holder = writer.holder.name
            with self._bodies.one() as held:
                body = await self._body(head, receive, held)
                size = len(body)
                self.counted.bytes += size
                said = await self._taken(body, head, writer, peer)
            await answer(send, status, said)
        except _Gone:
            status = 499  # as nginx logs a client that went away
        except Refused as refused:
            status = refused.status
            self.counted.refuse(refused.kind, refused.why, holder or peer)
            await refuse(scope, send, refused)
        self.counted.answers[status] += 1
        if self._access is not None:
            self._access(line_of(scope, peer, status, holder, size))

    def _writer(self, head: Head) -> Writer:
        if not head.authorization:
            raise Refused(401, "a token is needed: Authorization: Bearer", kind="no_token")
        writer = self.tokens.of(bearer(head.authorization))
        if writer is None:
            raise Refused(401, "this token is not known", kind="token")
        if not writer.holder.ids:
            raise Refused(403, "this token only reads", kind="reader")
        return writer

    async def _body(self, head: Head, receive: Receive, held: Held) -> bytes:
        most = self.limits.body
        if head.length is not None and head.length > most:
            raise Refused(413, f"more than {most} bytes", kind="size")
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _Gone
            part = message.get("body", b"")
            held.add(len(part))
            if held.size > most:
                raise Refused(413, f"more than {most} bytes", kind="size")
            if self._bodies.size > self.limits.bodies and held.size > _SMALL:
                raise Refused(503, "too much at one time", retry_after_s=_FULL_AGAIN_S, kind="busy")
            parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _taken(self, body: bytes, head: Head, writer: Writer, peer: str) -> dict[str, object]:
        """Written, and what there is to say of it. Raises `Refused` where nothing was."""
        received = int(self._clock.wall())
        before = b'{"received":%d,"token":%s,"from":%s,"document":' % (
            received,
            msgspec.json.encode(writer.holder.name),
            msgspec.json.encode(peer),
        )
        batch = _Batch()
        if len(body) <= _SMALL:  # even where it is packed as tightly as can be
            await self._read(body, head, writer, batch, before, received)
        else:
            async with self._large:
                await self._read(body, head, writer, batch, before, received)
        lines = self._few_enough(batch, writer)
        if not lines:
            raise batch.first or Refused(400, "nothing was sent", kind="empty")
        await self._written(lines)
        self.counted.accepted += len(lines)
        if not batch.refused:
            return {"accepted": len(lines)}
        for kind, count in batch.refused.items():
            self.counted.refuse(kind, "within a batch: " + kind, writer.holder.name, count)
        return {"accepted": len(lines), "refused": dict(batch.refused)}

    async def _read(self, body: bytes, head: Head, writer: Writer, batch: _Batch, before: bytes, received: int) -> None:
        """Raises `Refused` where it cannot be taken apart."""
        found = documents(unpacked(body, head.encoding, self.limits.unpacked), head.content_type)
        for number, document in enumerate(found, 1):
            try:
                name = self._whose(document, writer, received)
            except Refused as refused:
                batch.refuse(refused)
            else:
                batch.lines.append((name, b"%b%b}\n" % (before, one_line(document))))
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)

    def _whose(self, document: bytes, writer: Writer, received: int) -> str:
        """The id, where nothing stands against the document. Raises `Refused`."""
        if len(document) > self.limits.document:
            raise Refused(413, f"a document of more than {self.limits.document} bytes", kind="size")
        found = found_in(document, received)
        if isinstance(found, Flaw):
            raise Refused(400, _WHY.get(found, "no document of posdiag"), kind=found.value)
        name = found.row.id
        if not writer.may_write(name):
            raise Refused(403, "this token may not write for that id", kind="id")
        if name not in self.terminals:
            if len(self.terminals) >= self.limits.terminals:
                raise Refused(429, "more terminals than may be", retry_after_s=_MANY_AGAIN_S, kind="terminals")
            self.terminals.add(name)
        return name

    def _few_enough(self, batch: _Batch, writer: Writer) -> list[bytes]:
        """Whoever holds the token is told to come later with all of it; of others' terminals, whichever says too much is left out."""
        if not batch.lines:
            return []
        rate = self.limits.a_terminal if writer.single else self.limits.a_token
        self._take("token " + writer.holder.name, rate, len(batch.lines))
        if writer.single:
            return [line for _, line in batch.lines]
        lines: list[bytes] = []
        for name, line in batch.lines:
            try:
                self._take(name, self.limits.a_terminal)
            except Refused as refused:
                batch.refuse(refused)
            else:
                lines.append(line)
        return lines

    def _take(self, key: str, rate: Rate, count: int = 1) -> None:
        wait_s = self._buckets.wait_s(key, rate, count)
        if wait_s:
            raise Refused(429, "too often", retry_after_s=wait_s, kind="rate")

    async def _written(self, lines: list[bytes]) -> None:
        try:
            await self._journal.append(lines)
        except JournalFull:
            raise Refused(503, "the disk does not keep up", retry_after_s=_FULL_AGAIN_S, kind="busy") from None
        except OSError:
            raise Refused(503, "it cannot be written down here", retry_after_s=_DISK_AGAIN_S, kind="disk") from None


class _Gone(Exception):
    """The client went away before its request was whole."""
