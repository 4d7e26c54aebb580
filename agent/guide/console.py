"""A terminal with keys: each is read as it is pressed, and the screen is sent no more than differs."""

from __future__ import annotations

import codecs
import os
import select
import signal
import termios
from contextlib import suppress
from itertools import groupby
from types import TracebackType

from msgspec.structs import replace

from agent.guide.keys import Keys
from agent.present.guide_parts import Said
from agent.present.guide_screen import screen
from agent.present.page import Page
from agent.present.repaint import below, repaint
from agent.remedy.walk import Key, Walk
from probes.ground.whole_number import whole_number

_NARROWEST, _LOWEST = 20, 5  # smaller ones are shown as if they were so large
_AT_ONCE = 512  # bytes given to the terminal before keys are looked at again
_LAST_S = 2.0  # for the last words, on a terminal that takes nothing


class Console:
    """While it is entered the terminal gives keys one by one and does not show them; afterwards it is as it was."""

    def __init__(self, source: int, sink: int, page: Page) -> None:
        self._source, self._page = source, page
        self._sink = _own(sink)
        self._keys = Keys()
        self._before = termios.tcgetattr(source)
        self._shown: list[str] | None = None
        self._unsent = b""
        self.gone = False
        self.size = self._measured()

    def __enter__(self) -> Console:
        self._key_by_key()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._as_before()

    @property
    def reads(self) -> list[int]:
        return [self._source]

    @property
    def writes(self) -> list[int]:
        return [self._sink] if self._unsent else []

    def draw(self, walk: Walk, said: Said) -> None:
        """What cannot be sent yet is left out: the screen after that is sent in its place."""
        if self._unsent or self.gone:
            return
        width, height = self.size
        lines = screen(walk, replace(self._page, width=width), height, said)
        self._send(repaint(self._shown, lines, self._page.ambiguous))
        self._shown = lines

    def pressed(self) -> list[Key]:
        try:
            data = os.read(self._source, 256)
        except (BlockingIOError, InterruptedError):
            return []
        except OSError:  # the line was hung up
            data = b""
        self.gone = not data
        return [key for key, _ in groupby(self._keys.feed(data))]  # a key that is held down, or a pile of them, is one

    def flush(self) -> None:
        if self._unsent:
            try:
                self._unsent = self._unsent[os.write(self._sink, self._unsent[:_AT_ONCE]) :]
            except BlockingIOError:
                return
            except OSError:
                self._unsent, self.gone = b"", True

    def on_signal(self, number: int) -> None:
        match number:
            case signal.SIGWINCH:
                self.size, self._shown = self._measured(), None
            case signal.SIGTSTP:
                self._send(below(self._shown or [], self.size[1]))
                self._drain()
                self._as_before()
                os.kill(os.getpid(), signal.SIGSTOP)
                self._key_by_key()
                self.size, self._shown = self._measured(), None
            case signal.SIGCONT:
                self._key_by_key()
                self._shown = None

    def end(self, walk: Walk, said: Said) -> None:
        """The last words stay on the screen, and what follows stands below them."""
        self._drain()
        self.draw(walk, said)
        self._send(below(self._shown or [], self.size[1]))
        self._drain()

    def _send(self, text: str) -> None:
        self._unsent += codecs.encode(text, self._page.encoding, "replace")
        self.flush()

    def _drain(self) -> None:
        while self._unsent and select.select([], [self._sink], [], _LAST_S)[1]:
            self.flush()
        self._unsent = b""

    def _key_by_key(self) -> None:
        """Ctrl-C, Ctrl-Z and Ctrl-S do what they always do."""
        flags = list(self._before)
        flags[3] &= ~(termios.ICANON | termios.ECHO)
        flags[6] = [*self._before[6]]
        flags[6][termios.VMIN], flags[6][termios.VTIME] = 1, 0
        with suppress(termios.error):
            termios.tcsetattr(self._source, termios.TCSANOW, flags)

    def _as_before(self) -> None:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(self._source, termios.TCSANOW, self._before)

    def _measured(self) -> tuple[int, int]:
        """A serial line does not tell its size: then it is what the environment says, or 80×24. The last column stays free, for there
        are terminals that go on to the next line of themselves."""
        asked = [whole_number(os.environ.get(name, "")) or 0 for name in ("COLUMNS", "LINES")]
        try:
            told = os.get_terminal_size(self._sink)
        except (OSError, ValueError):
            told = os.terminal_size((0, 0))
        columns, lines = told.columns or asked[0] or 80, told.lines or asked[1] or 24
        return min(max(columns - 1, _NARROWEST), 200), max(lines, _LOWEST)


def _own(sink: int) -> int:
    """The same terminal opened once more: what is set here, that no write may wait, holds for nobody else."""
    try:
        return os.open(os.ttyname(sink), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return sink
