"""Bodies that are held at one time: whoever sends much waits for others' turn, and a terminal's few bytes always pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agent.fleet.serve.counted import Counted
from agent.fleet.serve.receive import Limits, Receiver
from agent.fleet.serve.tokens import Holder, Tokens, digest_of, new, written
from probes.ground.clock import Clock
from tests.support.served import summary

TOKEN = new()
Receive = Callable[[], Any]


class Kept:
    """In the journal's place: everything is written at once."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def append(self, lines: Sequence[bytes]) -> asyncio.Future[None]:
        self.lines += lines
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


def receiver(limits: Limits) -> tuple[Receiver, Kept]:
    kept = Kept()
    tokens = Tokens([Holder(name="all", digest=digest_of(written(TOKEN)), ids=("*",))])
    return Receiver(kept, tokens, Counted(print, Clock()), limits, clock=Clock()), kept  # type: ignore[arg-type]


async def pushed(one: Receiver, receive: Receive) -> int:
    found: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    scope = {"type": "http", "method": "POST", "path": "/v1/status", "state": {}, "client": ("127.0.0.1", 1)}
    await one({**scope, "headers": [(b"authorization", f"Bearer {TOKEN}".encode())]}, receive, send)
    return found[0]


def body(content: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


def lines(count: int) -> bytes:
    return b"\n".join(json.dumps(summary(f"T-{number}")).encode() for number in range(count))


def test_the_rest_of_the_room_is_for_small_ones() -> None:
    async def run() -> None:
        one, kept = receiver(Limits(bodies=20_000))
        begun, rest = asyncio.Event(), asyncio.Event()
        parts = iter((lines(90), b""))

        async def slowly() -> dict[str, Any]:
            part = next(parts)
            if not part:
                await rest.wait()
            begun.set()
            return {"type": "http.request", "body": part, "more_body": bool(part)}

        first = asyncio.create_task(pushed(one, slowly))
        await begun.wait()
        assert await pushed(one, body(lines(40))) == 503
        assert await pushed(one, body(lines(1))) == 202
        rest.set()
        assert await first == 202
        assert await pushed(one, body(lines(40))) == 202
        assert len(kept.lines) == 131

    asyncio.run(run())


@pytest.mark.parametrize("more", [b"", b"x"])
def test_a_client_that_goes_away_leaves_nothing_behind(more: bytes) -> None:
    async def run() -> None:
        one, kept = receiver(Limits(bodies=20_000))
        messages = iter(({"type": "http.request", "body": lines(80) + more, "more_body": True}, {"type": "http.disconnect"}))

        async def receive() -> Any:
            return next(messages)

        with pytest.raises(IndexError):  # nothing is answered
            await pushed(one, receive)
        assert kept.lines == []
        assert await pushed(one, body(lines(80))) == 202

    asyncio.run(run())
