"""The judging process, seen from the receiving one: started, listened to, started again where it ends, and ended."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
from msgspec import Struct

from probes.ground.clock import Clock
from probes.ground.text import escape

_CHILD = "import sys; sys.path[:] = sys.argv.pop(1).split('\\n'); from agent.fleet.serve.judging import main; main()"
_LONGEST = 4 * 1024 * 1024  # bytes of a line of its
_AGAIN_S, _LATEST_AGAIN_S = 1.0, 60.0
_END_S = 20.0  # for what is to be kept before it ends


class Task(Struct, frozen=True, kw_only=True):
    """What it is started with. `config`: the file that its own settings are read from; empty for none."""

    store: str
    config: str
    every_s: float
    language: str


class Told(Struct, frozen=True, kw_only=True):
    """What it says, a line each. `ids`: terminals that it knows, some at a time, before its first answer. `made`: an answer lies there, and
    what it took; `damaged`: lines of the journal that could not be read."""

    ids: tuple[str, ...] = ()
    made: bool = False
    seconds: float = 0.0
    terminals: int = 0
    damaged: int = 0
    trouble: str = ""


class Judge:
    """`made`: to be done when an answer lies there; `known`: with ids of terminals that are known of old. `last`: what it said last of an
    answer, and `last_at` when, by the clock that never goes back."""

    def __init__(
        self,
        task: Task,
        clock: Clock,
        *,
        made: Callable[[], Awaitable[None]],
        known: Callable[[tuple[str, ...]], None],
        say: Callable[[str], None],
    ) -> None:
        self._task, self._clock, self._made, self._known, self._say = task, clock, made, known, say
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False
        self.last, self.last_at = Told(), 0.0
        self.trouble = ""
        self.restarts = 0

    async def run(self) -> None:
        """Until it is ended."""
        wait_s = _AGAIN_S
        while not self._ending:
            begun = self._clock.monotonic()
            try:
                await self._one()
            except OSError as error:
                self.trouble = f"it cannot be started: {escape(error.strerror or type(error).__name__)}"
            if self._ending:
                return
            self.restarts += 1
            self._say(f"the process that judges ended{': ' + self.trouble if self.trouble else ''}; it is started again")
            wait_s = _AGAIN_S if self._clock.monotonic() - begun > _LATEST_AGAIN_S else min(2 * wait_s, _LATEST_AGAIN_S)
            await asyncio.sleep(wait_s)

    async def _one(self) -> None:
        """Raises OSError."""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-ISB",
            "-c",
            _CHILD,
            "\n".join(sys.path),
            msgspec.json.encode(self._task).decode(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST,
            start_new_session=True,  # a Ctrl-C is the receiver's, which ends both in their order
        )
        assert process.stdout is not None
        with suppress(ValueError):  # a line past the limit: no word of ours
            async for line in process.stdout:
                await self._hear(line)
        await process.wait()

    async def _hear(self, line: bytes) -> None:
        try:
            told = msgspec.json.decode(line, type=Told)
        except msgspec.MsgspecError:
            return
        if told.ids:
            self._known(told.ids)
        if told.trouble and told.trouble != self.trouble:
            self._say(told.trouble)
        self.trouble = told.trouble
        if told.made:
            self.last, self.last_at = told, self._clock.monotonic()
            await self._made()

    async def end(self) -> None:
        """What it knows is kept first."""
        self._ending = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _END_S)
        except TimeoutError:
            process.kill()
            await process.wait()
