"""Pushes summaries as terminals do, over connections kept open: a bounded number, for a bounded time, to this machine alone."""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.contract.summary import Summary, encode

MOST_CONNECTIONS = 512
_BROKEN, _SHARE = 3, 0.8  # the host that is down, and how many of its terminals feel it
_CAUSES = ("",) * 98 + ("system.gateway_down", "network.internet_down")


class Sent(Struct, kw_only=True):
    """`waits_s`: from a request to its answer. `late`: requests that could not be sent in their time, as every connection was waiting."""

    seconds: float
    requests: int
    statuses: dict[int, int]
    waits_s: list[float]
    late: int = 0

    def quantile_ms(self, share: float) -> float:
        waits = sorted(self.waits_s)
        return 1000 * waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0


def summaries(count: int, now: int, *, turn: int = 1, seed: int = 1) -> Iterator[bytes]:
    """One of each of so many terminals, of some 500 bytes."""
    dice = random.Random(seed + turn)
    for number in range(count):
        cause = _CAUSES[-2] if number % 7 == _BROKEN and dice.random() < _SHARE else dice.choice(_CAUSES)
        yield encode(
            Summary(
                id=f"T-{number:06d}",
                serial_number=f"SN{number:08d}",
                machine_id=f"{number:032x}",
                boot_id=f"{number:08x}-0000-4000-8000-000000000000",
                version="0.9.0",
                config_hash=f"{number % 40:016x}",
                sequence=turn,
                generated_at=now,
                valid_until=now + 2700,
                state=2 if cause else 0,
                can_pay=0 if cause else 1,
                since=now - dice.randrange(86400),
                cause=cause,
                subject="acquirer-a" if cause else "",
                causes=(cause,) if cause else (),
                attributes={
                    "host": f"host-{number % 7}.example",
                    "isp": f"isp-{number % 9}",
                    "region": f"region-{number % 12}",
                    "store": f"S-{number // 4:05d}",
                    "uplink": "ethernet" if number % 5 else "cellular",
                    "model": f"m{number % 6}",
                },
                seconds_by_state={"ok": 800000 + number, "outage": 1200},
                incidents_by_cause={"system.gateway_down": 2},
            )
        ).strip()


def request(body: bytes, port: int, token: str, *, packed: bool = False) -> bytes:
    if packed:
        body = gzip.compress(body, 5)
    head = (
        f"POST /v1/status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n"
        f"{'Content-Encoding: gzip' + chr(13) + chr(10) if packed else ''}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, pusher: Pusher) -> None:
        self._pusher, self._buffer, self._sent_at = pusher, b"", 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, content: bytes) -> None:
        assert self.transport is not None
        self._sent_at = time.perf_counter()
        self.transport.write(content)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self._pusher.answered(self, int(head[9:12]), time.perf_counter() - self._sent_at)

    def connection_lost(self, exc: Exception | None) -> None:
        self._pusher.lost()


class Pusher:
    """`rate`: requests a second, evenly; none: as fast as they are answered."""

    def __init__(self, port: int, contents: Sequence[bytes], *, connections: int, rate: float | None = None) -> None:
        self._port, self._contents, self._rate = port, contents, rate
        self._wanted = min(connections, MOST_CONNECTIONS)
        self._idle: list[_Connection] = []
        self._statuses: Counter[int] = Counter()
        self._waits: list[float] = []
        self._next = self._late = 0
        self._done = asyncio.Event()

    async def push(self, seconds: float) -> Sent:
        """Each content once at the most, and no longer than so many seconds."""
        loop = asyncio.get_running_loop()
        for _ in range(self._wanted):
            _, made = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port)
            self._idle.append(made)
        every = list(self._idle)
        begun = time.perf_counter()
        if self._rate is None:
            for each in list(self._idle):
                self._send(each)
            try:
                await asyncio.wait_for(self._done.wait(), seconds)
            except TimeoutError:
                self._contents = ()
        else:
            await self._paced(begun, seconds, self._rate)
        took = time.perf_counter() - begun
        end = time.perf_counter() + 10
        while sum(self._statuses.values()) < self._next and time.perf_counter() < end:
            await asyncio.sleep(0.01)
        for each in every:
            assert each.transport is not None
            each.transport.close()
        return Sent(seconds=took, requests=self._next, statuses=dict(self._statuses), waits_s=self._waits, late=self._late)

    async def _paced(self, begun: float, seconds: float, rate: float) -> None:
        while (passed := time.perf_counter() - begun) < seconds and self._next < len(self._contents):
            due = int(passed * rate) - self._next - self._late
            for _ in range(due):
                if self._idle and self._next < len(self._contents):
                    self._send(self._idle[0])
                else:
                    self._late += 1
            await asyncio.sleep(0.005)

    def _send(self, connection: _Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
        content = self._contents[self._next]
        self._next += 1
        connection.send(content)

    def answered(self, connection: _Connection, status: int, waited_s: float) -> None:
        self._statuses[status] += 1
        self._waits.append(waited_s)
        if self._rate is None and self._next < len(self._contents):
            self._send(connection)
            return
        self._idle.append(connection)
        if self._next >= len(self._contents) and sum(self._statuses.values()) >= self._next:
            self._done.set()

    def lost(self) -> None:
        self._statuses[0] += 0  # a connection that ended early leaves its request unanswered, which the counts show
