"""One choice among a few, by a key where there is a terminal, else by a line."""

from __future__ import annotations

import os
import select
import sys
import termios
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from agent import process_exit
from agent.present import output
from agent.present.page import is_terminal

_LEAVE = ("q", "quit", "leave", "exit", "离开", "退出", "\x04", "\x1b")
_LONGEST = 4096  # bytes of one line
_BY_WORD = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "a": 1, "b": 2, "c": 3, "d": 4}


def has_keys(environ: Mapping[str, str] = os.environ) -> bool:
    return environ.get("TERM", "") not in ("", "dumb") and is_terminal(sys.stdin) and is_terminal(output.stdout())


def chosen(count: int, *, keys: bool, unclear: Callable[[], None], encoding: str) -> int | None:
    """From 0. None where somebody leaves, or nothing more comes. `unclear` is called at each line that is no choice."""
    if sys.stdin is None:
        return None
    source = sys.stdin.fileno()
    if not keys:
        return _by_lines(source, count, unclear, encoding)
    with _key_by_key(source):
        while data := _read(source):
            for each in unicodedata.normalize("NFKC", data.decode("utf-8", "ignore")).lower():
                if (found := number_of(each, count)) is not None:
                    return found
                if each in _LEAVE and not (each == "\x1b" and len(data) > 1):  # an arrow begins with it
                    return None
    return None


def number_of(text: str, count: int) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip().strip(".。)）、").lower()
    found = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 4 else _BY_WORD.get(plain, 0)
    return found - 1 if 1 <= found <= count else None


def _by_lines(source: int, count: int, unclear: Callable[[], None], encoding: str) -> int | None:
    rest = b""
    while True:
        data = _read(source)
        *lines, rest = (rest + data).split(b"\n")
        if not data:
            lines, rest = [rest], b""
        for line in lines:
            text = line.decode(encoding, "replace")
            found = number_of(text, count)
            if found is not None:
                return found
            if unicodedata.normalize("NFKC", text).strip().lower() in _LEAVE:
                return None
            if data:
                unclear()
        if not data:
            return None
        rest = rest[-_LONGEST:]


def _read(source: int) -> bytes:
    try:
        select.select([source], [], [])
        return os.read(source, 256)
    except OSError:
        return b""


@contextmanager
def _key_by_key(source: int) -> Iterator[None]:
    """Ctrl-C does what it always does, and leaves the terminal as it was."""
    before = termios.tcgetattr(source)

    def restore() -> None:
        with suppress(termios.error):
            termios.tcsetattr(source, termios.TCSANOW, before)

    flags = list(before)
    flags[3] &= ~(termios.ICANON | termios.ECHO)
    with process_exit.LastWords(restore):
        try:
            with suppress(termios.error):
                termios.tcsetattr(source, termios.TCSANOW, flags)
            yield
        finally:
            restore()
