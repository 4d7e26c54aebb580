"""How the process ends: by itself, or by a signal at any moment from our first line on. `run` leaves with 0, the rest with 130 at Ctrl-C.

Python's own handler raises KeyboardInterrupt wherever the program is, also where that is swallowed or shown as a traceback: in the
middle of an import, in a finalizer, while the interpreter itself ends. So none of this is left to it. Nothing else is imported before:
each module that this one needed would put off the moment from which a signal ends us well, hence no `typing`, no `contextlib`.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130
_WITH_A_VALUE = ("--config", "--lang", "--timeout")
_last_words: list[Callable[[], None]] = []


def by_signals(argv: Sequence[str]) -> None:
    """To be called first. A Ctrl-C that was ignored when we were started, as for a job in a shell's background, stays so for commands."""
    if is_daemon(argv):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _ended)
    elif signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)


def is_daemon(argv: Sequence[str]) -> bool:
    """Whether the command is `run`, told without the parser of options, which takes longer to load than all of this."""
    words = iter(argv)
    for word in words:
        if word in _WITH_A_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word == "run"
    return False


class LastWords:
    """Within it an interruption says this first, from the signal's handler: it must neither wait nor raise."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say

    def __enter__(self) -> None:
        _last_words.append(self._say)

    def __exit__(self, *_: object) -> None:
        _last_words.remove(self._say)


def now(status: int) -> NoReturn:
    """Waits for nothing that still runs: an examination that hangs, a pool of threads."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    os._exit(status)


def _ended(number: int, frame: FrameType | None) -> None:
    """The daemon before or after its work, where nothing is half done. While it works, `agent.daemon.signals` hears the signals."""
    os._exit(0)


def _interrupted(number: int, frame: FrameType | None) -> None:
    for say in _last_words:
        say()
    os._exit(INTERRUPTED)
