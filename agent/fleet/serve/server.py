"""All of `posdiag fleet serve` put together, and how it ends: no more connections, what was begun is answered, the journal is synced, and
what the judging process knows is kept."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
import uvloop
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from agent.fleet.serve import listening, metrics
from agent.fleet.serve.counted import Counted
from agent.fleet.serve.journal import Journal
from agent.fleet.serve.judge import Judge, Task
from agent.fleet.serve.limits import Rate
from agent.fleet.serve.notify import notify, watchdog_s
from agent.fleet.serve.own_fault import told_of
from agent.fleet.serve.protocol import GuardedProtocol, Patience, look_after
from agent.fleet.serve.reads import Reads
from agent.fleet.serve.receive import Limits, Receiver
from agent.fleet.serve.shown import Shown
from agent.fleet.serve.tokens import Tokens
from agent.fleet.settings.serving import Readers, ServeSettings
from probes.ground.clock import Clock
from probes.ground.text import escape

_KEEP_ALIVE_S = 75
_GRACE_S = 10
_HANDSHAKE_S = 10.0
_LOOK_S = 5.0  # between two looks at the configuration and at the certificate
_LATE = 4  # times the usual, after which an answer is overdue
_KB = 1024


class Plan(Struct, frozen=True, kw_only=True):
    """`first`: the tokens; `tokens` reads them again, and raises whatever `CommandFailed` there is to say.
    `watched`: files that they come from."""

    serve: ServeSettings
    store: Path
    config: str
    language: str
    socket: socket.socket
    tls: ssl.SSLContext | None
    first: Tokens
    tokens: Callable[[], Tokens]
    watched: tuple[Path, ...]
    say: Callable[[str], None]


class _Server(uvicorn.Server):
    """With a limit to handshakes, and without a signal's being raised once more at the end: it was heard."""

    def __init__(self, config: uvicorn.Config, listening_on: socket.socket, tls: ssl.SSLContext | None) -> None:
        super().__init__(config)
        self._socket, self._tls = listening_on, tls

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(
                lambda: GuardedProtocol(self.config, self.server_state, self.lifespan.state, loop),
                sock=self._socket,
                ssl=self._tls,
                backlog=listening.BACKLOG,
                ssl_handshake_timeout=_HANDSHAKE_S if self._tls else None,
            )
        ]
        self.started = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True


def run(plan: Plan) -> None:
    """Until SIGTERM or SIGINT. Raises OSError where the journal cannot be begun."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(plan))


async def _run(plan: Plan) -> None:
    serve, loop = plan.serve, asyncio.get_running_loop()
    clock = Clock()
    counted, things = Counted(plan.say, clock), Shown(plan.store)
    tokens = plan.first
    journal = Journal(plan.store, loop, sync_s=serve.sync_s, clock=clock)
    access = plan.say if serve.access_log else None
    proxies = frozenset(serve.proxies)
    receiver = Receiver(journal, tokens, counted, _limits(serve), clock=clock, proxies=proxies, access=access)
    await asyncio.to_thread(things.load)

    async def made() -> None:
        await asyncio.to_thread(things.load)

    task = Task(store=str(plan.store), config=plan.config, every_s=serve.every_s, language=plan.language)
    judge = Judge(task, clock, made=made, known=receiver.terminals.update, say=plan.say)
    begun = clock.monotonic()

    def wrong() -> list[str]:
        late = clock.monotonic() - max(judge.last_at, begun) > max(60.0, _LATE * (serve.every_s + judge.last.seconds))
        return [*(["journal"] if journal.trouble is not None else []), *(["answer"] if late else [])]

    _quiet(counted, plan.say)
    GuardedProtocol.patience = Patience(connections=listening.make_room(serve.connections), body_bytes=4 * serve.body_kb * _KB)
    server: _Server
    reads = Reads(
        things,
        tokens,
        counted,
        anyone=serve.read is Readers.ANYONE,
        language=plan.language,
        own_metrics=lambda: metrics.text(counted, journal, judge, clock.monotonic(), len(server.server_state.connections)),
        health=wrong,
        proxies=proxies,
        access=access,
    )
    config = uvicorn.Config(
        _app(receiver, reads),
        loop="none",
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, plan.socket, plan.tls)
    renewed = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, renewed.set)
    besides = [
        asyncio.create_task(work)
        for work in (
            judge.run(),
            look_after(server.server_state),
            _tick(counted),
            _renew(plan, renewed, receiver, reads),
            _keep_alive(),
        )
    ]
    notify("READY=1")
    plan.say(f"receives on {_shown(plan.socket, plan.tls)}, {tokens.count} tokens, store {escape(str(plan.store))}")
    try:
        await server.serve()
    finally:
        notify("STOPPING=1")
        await asyncio.to_thread(journal.end)
        await judge.end()
        for each in besides:
            each.cancel()
        await asyncio.gather(*besides, return_exceptions=True)
        for line in counted.told():
            plan.say(line)
    plan.say("has ended in order")


def _limits(serve: ServeSettings) -> Limits:
    per_s = serve.terminal_per_minute / 60
    return Limits(
        body=serve.body_kb * _KB,
        unpacked=serve.unpacked_kb * _KB,
        bodies=max(64 * 1024 * _KB, 2 * serve.body_kb * _KB),
        terminals=serve.terminals,
        a_terminal=Rate(per_s, max(120.0, 2 * serve.terminal_per_minute)),
        a_token=Rate(serve.token_per_s, 10 * serve.token_per_s),
    )


def _app(receiver: Receiver, reads: Reads) -> Starlette:
    app = Starlette(
        routes=[
            Route("/v1/status", receiver, methods=["POST"]),
            Route("/", _of(reads.page), methods=["GET"]),
            Route("/fleet.json", _of(reads.answer), methods=["GET"]),
            Route("/metrics", _of(reads.metrics), methods=["GET"]),
            Route("/healthz", _of(reads.health), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _said},
    )
    app.router.redirect_slashes = False
    return app


class _of:  # noqa: N801  # a function would be called with a `Request`
    def __init__(self, work: Callable[[Scope, Receive, Send], object]) -> None:
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._work(scope, receive, send)  # type: ignore[misc]


async def _said(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail).lower()}, error.status_code, dict(error.headers or {}))


async def _tick(counted: Counted) -> None:
    while True:
        await asyncio.sleep(1)
        counted.tick()


async def _keep_alive() -> None:
    within_s = watchdog_s()
    while within_s is not None:
        notify("WATCHDOG=1")
        await asyncio.sleep(within_s / 3)


async def _renew(plan: Plan, asked: asyncio.Event, receiver: Receiver, reads: Reads) -> None:
    """Tokens and the certificate anew, at SIGHUP or when their files have changed. What cannot be used is said, and the old ones stay."""
    from agent.commands.failure import CommandFailed

    files = (*plan.watched, *(Path(each) for each in (plan.serve.cert_file, plan.serve.key_file) if each))
    seen: tuple[object, ...] | None = None  # at first they are read once more: since they were, they may have changed
    while True:
        if seen is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), _LOOK_S)
        now = _state(files)
        if not asked.is_set() and now == seen:
            continue
        again = seen is not None
        asked.clear()
        seen = now
        try:
            tokens = await asyncio.to_thread(plan.tokens)
            if plan.tls is not None:
                listening.load(plan.tls, plan.serve.cert_file, plan.serve.key_file)
        except CommandFailed as failed:
            plan.say(f"the configuration stays as it was: {failed.text.en}")
            continue
        receiver.tokens = reads.tokens = tokens
        if again:
            plan.say(f"{tokens.count} tokens from now on")


def _state(files: tuple[Path, ...]) -> tuple[object, ...]:
    return tuple(_stamp(each) for each in files)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        seen = path.stat()
    except OSError:
        return ()
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _shown(on: socket.socket, tls: ssl.SSLContext | None) -> str:
    host, port = on.getsockname()[:2]
    return f"{'https' if tls else 'http'}://" + (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def _quiet(counted: Counted, say: Callable[[str], None]) -> None:
    """What uvicorn says: of requests that are none, a count; of a fault of ours, one line."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1] is not None:
                say(f"a request could not be answered, by a fault of posdiag: {told_of(record.exc_info[1])}")
            elif record.levelno >= logging.WARNING:
                counted.refuse("http", escape(record.getMessage(), 80), "")

    for name in ("uvicorn.error", "uvicorn", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [Handler()], False
        logger.setLevel(logging.WARNING)
