"""Lines in place of keys, where there is no terminal: each step is written once, what changes in one line, and what is asked is read."""

from __future__ import annotations

import os
import select
from types import TracebackType

from msgspec.structs import replace

from agent.guide.keys import asked_by
from agent.present import output
from agent.present.guide_parts import Said, joined
from agent.present.guide_screen import parts_of, state
from agent.present.page import Page
from agent.remedy.walk import Key, Phase, Walk

_LONGEST = 4096  # bytes of one line


class Lines:
    """`gone`: nothing more comes."""

    def __init__(self, source: int, page: Page) -> None:
        self._source, self._page = source, page
        self._rest = b""
        self._told: object = None
        self._state: list[str] = []
        self.gone = False
        self._unclear = False

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return

    @property
    def reads(self) -> list[int]:
        return [] if self.gone else [self._source]

    @property
    def writes(self) -> list[int]:
        return []

    def draw(self, walk: Walk, said: Said) -> None:
        if _nobody_reads():
            self.gone = True
        else:
            self._write(walk, said)

    def _write(self, walk: Walk, said: Said) -> None:
        """A screen anew where it is another one, else what the look shows where that is news."""
        told = (walk.phase, walk.step and (walk.step.cause, walk.step.id, walk.step.verify), walk.done, said.trouble)
        now = _without_time(walk, self._page, said)
        if told != self._told:
            output.say(["", *joined(list(parts_of(walk, self._page, said)))])
        elif now != self._state and walk.phase is Phase.STEP:
            output.say(state(walk, self._page, said))
        elif self._unclear:
            output.say(joined(list(parts_of(walk, self._page, said))[-1:]))
        self._told, self._state, self._unclear = told, now, False

    def pressed(self) -> list[Key]:
        try:
            data = os.read(self._source, _LONGEST)
        except OSError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data:
            self.gone = True
            lines, self._rest = ([self._rest] if self._rest.strip() else []), b""
        self._rest = self._rest[-_LONGEST:]
        found = [asked_by(line.decode(self._page.encoding, "replace")) for line in lines]
        self._unclear = None in found
        return [key for key in found if key is not None]

    def flush(self) -> None:
        return

    def on_signal(self, number: int) -> None:
        return

    def end(self, walk: Walk, said: Said) -> None:
        output.say(["", *joined(list(parts_of(walk, self._page, said)))])


def _nobody_reads() -> bool:
    """Whoever read our output has gone."""
    stream = output.stdout()
    if stream is None:
        return False
    asked = select.poll()
    asked.register(stream.fileno(), 0)
    return any(happened & (select.POLLERR | select.POLLHUP) for _, happened in asked.poll(0))


def _without_time(walk: Walk, page: Page, said: Said) -> list[str]:
    return state(replace(walk, check=None if walk.check is None else replace(walk.check, observed_at="")), page, said)
