"""A picture on a terminal, redrawn in place: only what differs is sent, by the few commands that every terminal since the VT100 knows.

Nothing scrolls and nothing is erased that will be written again, so nothing flickers, and a serial console of 9600 baud keeps up.
"""

from __future__ import annotations

import os
import select
import signal
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TextIO

from msgspec import Struct

from agent.present.page import Page
from probes.ground.whole_number import whole_number

USUAL = (80, 24)  # where the terminal does not know: many on a serial line
_CLEAR, _TO_END = "\x1b[H\x1b[J", "\x1b[K"
_LEAST = 1
_QUIT, _INTERRUPT = ("q", "Q"), "\x03"


class Cell(Struct, frozen=True):
    """Text at a column, from nought, over `width` columns, of which the last stays free; 0: to the end of the row."""

    at: int
    text: str
    width: int = 0
    colour: str = ""


Row = tuple[Cell, ...]


class Gone(Exception):
    """The terminal is no longer there."""


class LiveScreen:
    """Entered, it has the screen for itself, and leaves the last picture on it with the cursor below. `keys`: the stream that is typed on;
    what is typed is not shown meanwhile."""

    def __init__(self, stream: TextIO, keys: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self._out, self._environ = stream.fileno(), environ
        self._keys = _terminal_of(keys)
        self._before: list[object] | None = None
        self._shown: list[Row] = []
        self._size = (0, 0)
        self._colour = False
        self._resumed = False
        self._wake: tuple[int, int] | None = None
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> LiveScreen:
        self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number, handler in ((signal.SIGWINCH, self._nudged), (signal.SIGCONT, self._continued), (signal.SIGTSTP, self._stopped)):
            self._handlers[number] = signal.signal(number, handler)
        self._quiet()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.wipe()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        if self._wake is not None:
            for end in self._wake:
                os.close(end)

    def size(self) -> tuple[int, int]:
        """Columns and rows, now."""
        with suppress(OSError):
            found = os.get_terminal_size(self._out)
            if found.columns > 0 and found.lines > 0:
                return found.columns, found.lines
        columns, rows = (whole_number(self._environ.get(name, "")) or 0 for name in ("COLUMNS", "LINES"))
        return columns or USUAL[0], rows or USUAL[1]

    def show(self, rows: Sequence[Row], page: Page) -> None:
        """The first rows that fit, and nothing in the last column, where some terminals begin a new row. Raises `Gone`."""
        size = self.size()
        everything = size != self._size or self._resumed
        self._size, self._resumed = size, False
        fitting = list(rows[: size[1]])
        parts = [_CLEAR] if everything else []
        before = [] if everything else self._shown
        for number in range(max(len(fitting), len(before))):
            now = fitting[number] if number < len(fitting) else ()
            parts += _changes(number, before[number] if number < len(before) else (), now, size[0] - 1, page)
        self._shown = fitting
        if parts:
            parts.append(_to(max(0, len(fitting) - 1), 0))
            self._put("".join(parts).encode(page.encoding, "backslashreplace"))

    def wait(self, seconds: float) -> bool:
        """Until then, or until the screen has another size or a key was pressed. True for a key that ends it. Raises `Gone`."""
        sources = [each for each in (self._keys, self._wake[0] if self._wake else None) if each is not None]
        ready = select.select(sources, [], [], seconds)[0]
        if self._wake and self._wake[0] in ready:
            with suppress(BlockingIOError):
                os.read(self._wake[0], 512)
        if self._keys is None or self._keys not in ready:
            return False
        try:
            typed = os.read(self._keys, 512).decode("latin-1")
        except BlockingIOError:
            return False
        except OSError as error:
            raise Gone from error
        if not typed:
            raise Gone
        self._resumed = True  # whatever it is for, a picture drawn anew is right again
        return typed.startswith((*_QUIT, _INTERRUPT, "\x04"))

    def wipe(self) -> None:
        """The cursor below the picture, and what is typed shown again. Also for a signal's handler: it waits for nothing."""
        if self._shown:
            last = _to(len(self._shown) - 1, 0) + _TO_END
            with suppress(OSError, ValueError):
                if select.select([], [self._out], [], 0)[1]:
                    os.write(self._out, last.encode("ascii"))
        self._shown, self._size = [], (0, 0)
        self._loud()

    def _put(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._out, data) :]
            except BlockingIOError:
                select.select([], [self._out], [], 1.0)
            except OSError as error:
                raise Gone from error

    def _quiet(self) -> None:
        """Typed keys are read one by one and not shown; Ctrl-C and its like stay what they are."""
        if self._keys is None:
            return
        try:
            if os.tcgetpgrp(self._keys) != os.getpgrp():  # in a shell's background, where changing it would stop us
                self._keys = None
                return
            self._before = termios.tcgetattr(self._keys)
            changed = termios.tcgetattr(self._keys)
            changed[3] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(self._keys, termios.TCSANOW, changed)
        except (OSError, termios.error):
            self._keys = None

    def _loud(self) -> None:
        if self._keys is not None and self._before is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._keys, termios.TCSANOW, self._before)  # type: ignore[arg-type]

    def _nudged(self, number: int, frame: FrameType | None) -> None:
        if self._wake is not None:
            with suppress(OSError):
                os.write(self._wake[1], b"!")

    def _continued(self, number: int, frame: FrameType | None) -> None:
        self._resumed = True
        self._quiet()
        self._nudged(number, frame)

    def _stopped(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets its terminal as it was."""
        self.wipe()
        os.kill(os.getpid(), signal.SIGSTOP)


def _terminal_of(stream: TextIO | None) -> int | None:
    try:
        return stream.fileno() if stream is not None and stream.isatty() else None
    except (OSError, ValueError):
        return None


def _to(row: int, column: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H"


def _changes(number: int, before: Row, now: Row, columns: int, page: Page) -> list[str]:
    """What makes the row what it is to be."""
    if before == now:
        return []
    places = [(cell.at, cell.width) for cell in now]
    known = {cell.at: cell for cell in before} if [(cell.at, cell.width) for cell in before] == places else {}
    parts = [] if known or not before else [_to(number, 0) + _TO_END]
    for cell in now:
        if known.get(cell.at) == cell or cell.at >= columns:
            continue
        room = min(cell.width or columns, columns - cell.at)
        text = page.shorten(cell.text, max(_LEAST, room - (1 if cell.width else 0)))
        painted = page.paint(text, cell.colour) if cell.colour else text
        rest = _TO_END if not cell.width else " " * max(0, room - page.measure(text))
        parts.append(_to(number, cell.at) + painted + rest)
    return parts
