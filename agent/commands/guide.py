"""`posdiag guide`: leads a person through the steps, one at a time, and sees by itself when one has helped."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from agent import process_exit
from agent.commands.context import locale_language, one_terminal, page_for, speaking
from agent.commands.failure import CommandFailed
from agent.commands.request import Request
from agent.contract.document import Status
from agent.guide.console import Console
from agent.guide.lines import Lines
from agent.guide.live import ThisTerminal
from agent.guide.looks import Looks
from agent.guide.signals import Signals
from agent.guide.talk import Talk
from agent.present import output
from agent.present.guide_parts import Said, joined
from agent.present.guide_screen import parts_of
from agent.present.live import LiveLine, terminal_among
from agent.present.page import Page, is_terminal, open_page
from agent.remedy.walk import Word, begin
from agent.settings.load import Loaded
from agent.settings.model import Language, Settings
from agent.settings.problem import SettingsError
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock

COULD_NOT = 3
if TYPE_CHECKING:
    from agent.guide.live_beside import TerminalBeside

_LAST_WORDS_S = 3.0  # for what was said and is not kept yet


def guide(request: Request) -> int:
    loaded, whole = _configuration(request)
    page = page_for(request, loaded)
    if loaded.settings.plugin:
        output.keep_stdout()
    clock = Clock()
    here = _looked_at(request, loaded, clock, whole=whole)
    status = here.document()
    if status is None or _leads_nowhere(status):  # as in the moment between a fault and its cause
        status = _examined(here, page) or status
    if status is None:
        raise CommandFailed(
            "当前用户没有权限读取配置，posdiag 服务也没有最近的结果。解决办法：命令前加 sudo",
            "This user may not read the configuration, and the service has no result of now. The cure: put sudo before the command",
        )
    walk = begin(status, clock.monotonic())
    if walk.ended or _leads_nowhere(status):
        output.say(joined(list(parts_of(walk, page, Said()))))
        return 0 if walk.ended else COULD_NOT
    with Signals() as signals:
        notes = _Notes(loaded, signals.wake, whole=whole)
        with _face(page) as face:
            Talk(walk, face, Looks(here, signals.wake), signals, notes, clock).run()
    return 0


def _looked_at(request: Request, loaded: Loaded, clock: Clock, *, whole: bool) -> ThisTerminal | TerminalBeside:
    if request.beside is None:
        return ThisTerminal(loaded, clock, request.timeout_s, whole=whole)
    from agent.guide.live_beside import TerminalBeside

    return TerminalBeside(loaded, clock, request.timeout_s)


def _leads_nowhere(status: Status) -> bool:
    walk = begin(status, 0.0)
    return not walk.ended and walk.step is None and walk.cause is None


def _configuration(request: Request) -> tuple[Loaded, bool]:
    """With one that this user may not read, what the service tells is enough to be led by."""
    try:
        return one_terminal(request), True
    except SettingsError as error:
        if not error.denied or request.beside is not None:
            raise
        return speaking(Loaded(Settings(), None, frozenset(), ""), Language(error.language or locale_language())), False


def _examined(here: ThisTerminal | TerminalBeside, page: Page) -> Status | None:
    stream = terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        return here.first()


def _face(page: Page, environ: Mapping[str, str] = os.environ) -> Console | Lines:
    """Keys where there is a terminal that can place its cursor; else lines."""
    if environ.get("TERM", "") not in ("", "dumb") and is_terminal(sys.stdin) and is_terminal(output.stdout()):
        sink = output.stdout()
        assert sink is not None
        return Console(sys.stdin.fileno(), sink.fileno(), page)
    return Lines(0 if sys.stdin is None else sys.stdin.fileno(), page)


class _Notes:
    """Keeps what a person did, in a thread of its own: a service that is busy holds up no key."""

    def __init__(self, loaded: Loaded, wake: Callable[[], None], *, whole: bool) -> None:
        self._loaded, self._whole, self._wake = loaded, whole, wake
        self._words: queue.SimpleQueue[Word | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.trouble: Bilingual | None = None
        self.kept = 0

    def __call__(self, word: Word) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="guide-notes", daemon=True)
            self._thread.start()
        self._words.put(word)

    def end(self) -> None:
        if self._thread is not None:
            self._words.put(None)
            self._thread.join(_LAST_WORDS_S)

    def _work(self) -> None:
        from agent.commands.telling import Ear, tell, word

        while (said := self._words.get()) is not None:
            try:
                tell(Ear.of(self._loaded, whole=self._whole), [word("did", step=said.step, helped=said.helped)])
                self.kept += 1
            except CommandFailed as failed:
                self.trouble = failed.text
            except Exception as error:  # noqa: BLE001 - whatever it is, it goes on without a record of it
                name = type(error).__name__
                self.trouble = Bilingual(f"没有记下：posdiag 自身出错（{name}）", f"Not noted: posdiag's own fault ({name})")
            self._wake()
