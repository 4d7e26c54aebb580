"""A program on a terminal of its own, and what its screen shows: a real pty, read as a console reads it."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte

from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).resolve().parents[2]


class Screen:
    """`written`: every byte that came, `scrolled`: how many lines left the screen at its upper end."""

    def __init__(self, master: int, columns: int, rows: int, encoding: str) -> None:
        self._master, self._encoding = master, encoding
        self._history = pyte.HistoryScreen(columns, rows, history=10_000)
        self._stream = pyte.Stream(self._history)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._lock = threading.Lock()
        self.written = b""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def lines(self) -> list[str]:
        with self._lock:
            return [line.rstrip() for line in self._history.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip()

    @property
    def scrolled(self) -> int:
        with self._lock:
            return len(self._history.history.top)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row, from nought."""
        with self._lock:
            return self._history.cursor.x, self._history.cursor.y

    @property
    def cursor_hidden(self) -> bool:
        with self._lock:
            return bool(self._history.cursor.hidden)

    def until(self, true: Callable[[str], object]) -> str:
        """The first screen of which it is true."""
        found: list[str] = []

        def seen() -> object:
            text = self.text
            if true(text):
                found.append(text)
            return found

        until(seen, lambda: f"the screen shows:\n{self.text}")
        return found[0]

    def shows(self, *words: str) -> str:
        """The first screen that has all of the words."""
        return self.until(lambda text: all(word in text for word in words))

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode(self._encoding))

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._history.resize(rows, columns)
        _sized(self._master, columns, rows)

    def signal(self, number: int) -> None:
        """To the program and whatever it started."""
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def ended(self) -> int:
        """Its exit status, once it has ended and all that it wrote is on the screen."""
        assert self.process is not None
        status = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return status

    @property
    def echoes(self) -> bool:
        """Whether the terminal is as a shell expects it: keys are shown, and lines are given as wholes."""
        flags = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)

    def read(self) -> None:
        self._reader = threading.Thread(target=self._read, name="screen", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._master, 65536)
            except OSError:  # nobody has it open any more
                return
            if not part:
                return
            with self._lock:
                self.written += part
                self._stream.feed(self._decoder.decode(part))


def _sized(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@contextmanager
def screen(
    argv: Sequence[str],
    *,
    columns: int = 80,
    rows: int = 24,
    encoding: str = "utf-8",
    environ: Mapping[str, str] | None = None,
    **options: Any,
) -> Iterator[Screen]:
    """The program at a terminal of that size; `environ` on top of what any login has. Killed at the end, where it still runs."""
    master, slave = pty.openpty()
    _sized(master, columns, rows)
    shown = Screen(master, columns, rows, encoding)
    known = {"PATH": os.environ["PATH"], "TERM": "vt100", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **(environ or {})}
    shown.process = subprocess.Popen(
        argv, stdin=slave, stdout=slave, stderr=slave, env=known, cwd="/", start_new_session=True, preexec_fn=_own_terminal, **options
    )
    os.close(slave)
    shown.read()
    try:
        yield shown
    finally:
        if shown.process.poll() is None:
            os.killpg(shown.process.pid, signal.SIGKILL)
        shown.process.wait()
        os.close(master)


def _own_terminal() -> None:
    """In the child: its standard input is the terminal that Ctrl-C and a hang-up come from."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
