"""An output that sends, with a carrier that says what the test wants it to, on a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.outputs.carrier import NotSent, To
from agent.outputs.change import Change
from agent.outputs.error_stream import ErrorStream
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.line import Line
from agent.outputs.mailbox import Mailbox
from agent.outputs.notifier import Notifier
from agent.outputs.push import Push
from agent.outputs.seam import Context
from agent.settings.model import Language
from agent.settings.output_settings import OutputSettings
from probes.ground.bilingual import same
from tests.support.clocks import SetClock
from tests.support.documents import cause, status
from tests.support.patience import PATIENCE_S

OUT = NotSent("timeout", same("no way out"))


class Collector:
    """`got`: each letter that was taken, decoded; `calls`: how many came at once; `says`: raises what is to come of it."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.calls: list[int] = []
        self.says: Callable[[Sequence[bytes]], None] = lambda letters: None
        self.lost = False
        self.made = self.closed = 0

    def send(self, letters: Sequence[bytes], sender: To) -> None:
        self.says(letters)
        self.calls.append(len(letters))
        self.got += [msgspec.json.decode(each) for each in letters]

    def again(self, sender: To) -> None:
        self.says(())
        self.made, self.lost = self.made + 1, False

    def close(self) -> None:
        self.closed += 1

    def raises(self, error: Exception | None) -> None:
        def says(letters: Sequence[bytes]) -> None:
            if error is not None:
                raise error

        self.says = says

    @property
    def numbers(self) -> list[int]:
        return [each["sequence"] for each in self.got]


class Pushed:
    """As the daemon has it: given documents and changes, and asked on and on whether something is due."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str] | None = None, *, budget: float | None = None, **output: Any
    ) -> None:
        self.folder, self._capsys, self._output = folder, capsys, output
        self.clock, self.collector, self.line = SetClock(), Collector(), Line()
        self.left = budget
        self._errors = ErrorStream(Language.EN)
        self._sequence = 0
        self.start()

    def start(self, *, once: bool = False) -> None:
        notifier = Notifier(Language.EN, self._errors)
        files = FileTroubles(notifier, self.clock)
        context = Context(files=files, errors=self._errors, clock=self.clock, notifier=notifier, line=self.line, once=once)
        table = {"kind": "https", "url": "https://fleet.example/v1/status", "name": "fleet"} | self._output
        output = msgspec.convert(table, OutputSettings)
        self.mailbox = Mailbox(self.folder / "state", output, files)
        self.push = Push(output, self.collector, self.mailbox, context)
        self.line.told("wwan0", self._affords, metered=self.left is not None)

    def _affords(self, cost: float) -> bool:
        return self.left is None or self.left >= cost

    def document(self, state: State = State.OK, **more: Any) -> Status:
        made = self.made(state, **more)
        self.push.document(made)
        return made

    def made(self, state: State = State.OK, **more: Any) -> Status:
        """A document that nobody was given yet."""
        self._sequence += 1
        causes = () if state is State.OK else (cause(Cause.INTERNET_DOWN),)
        now = self.clock.wall()
        made = status(CanPay.YES if state is State.OK else CanPay.NO, state, causes=causes)
        return replace(made, sequence=self._sequence, generated_at=utc(now), valid_until=utc(now + 180), **more)

    def change(self, state: State = State.OUTAGE, **more: Any) -> Status:
        made = self.document(state, **more)
        self.push.change(Change(status=made, before=None))
        return made

    def passes(self, seconds: float, step_s: float = 5.0) -> None:
        """It is asked all the while."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + step_s)
            self.asked()

    def asked(self) -> None:
        if self.push.due():
            self.push.work()

    def stop(self) -> None:
        self.push.stopping()
        self.asked()

    def said(self) -> list[str]:
        """Since it was last asked."""
        assert self._capsys is not None and self._errors.flush(PATIENCE_S)
        return self._capsys.readouterr().err.splitlines()
