"""How the process ends: by itself, or by a signal at any moment from our first line on. `run` leaves with 0, the rest with 130 at Ctrl-C,
and with 128 and the signal's number, after a word, where they are told to end (SIGTERM) or their terminal is gone (SIGHUP).

Signals that mean nothing to us are taken and passed over: their default is an end without a word. To the service SIGHUP is one of them.

Python's own handler raises KeyboardInterrupt wherever the program is, also where that is swallowed or shown as a traceback: in the
middle of an import, in a finalizer, while the interpreter itself ends. So none of this is left to it. Nothing else is imported before:
each module that this one needed would put off the moment from which a signal ends us well, hence no `typing`, no `contextlib`.
"""

from __future__ import annotations

import os
import select
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130
_WITH_A_VALUE = ("--config", "--lang", "--timeout")
_MEANINGLESS = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGPWR)
_last_words: list[Callable[[], None]] = []
_usual_ends: list[int] = []


def by_signals(argv: Sequence[str]) -> None:
    """To be called first. A Ctrl-C that was ignored when we were started, as for a job in a shell's background, stays so for commands."""
    if is_daemon(argv):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _ended)
        _pass_over(signal.SIGHUP)
    else:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupted)
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _told)
    for unused in (*_MEANINGLESS, *range(signal.SIGRTMIN, signal.SIGRTMAX + 1)):
        _pass_over(unused)


def _pass_over(number: int) -> None:
    """By a handler, which no child inherits, and for which no call is broken off. One that was ignored before stays so."""
    if signal.getsignal(number) is signal.SIG_DFL:
        signal.signal(number, _passed_over)
        signal.siginterrupt(number, False)


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
    """Within it an interruption says this first, from the signal's handler: it must neither wait nor raise. `ends`: the exit status,
    where being interrupted is how it usually ends, and nothing more is said of it."""

    def __init__(self, say: Callable[[], None], ends: int | None = None) -> None:
        self._say, self._ends = say, ends

    def __enter__(self) -> None:
        _last_words.append(self._say)
        if self._ends is not None:
            _usual_ends.append(self._ends)

    def __exit__(self, *_: object) -> None:
        _last_words.remove(self._say)
        if self._ends is not None:
            _usual_ends.pop()


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
    _say_last()
    os._exit(INTERRUPTED)


def _say_last() -> None:
    """Returns where there is more to say of it."""
    for say in _last_words:
        say()
    if _usual_ends:
        os._exit(_usual_ends[-1])


def _passed_over(number: int, frame: FrameType | None) -> None:
    """Nothing is done."""


def _told(number: int, frame: FrameType | None) -> None:
    _say_last()
    name = signal.Signals(number).name
    both = f"posdiag：收到信号 {name}，没有完成就结束了 / ended by the signal {name} before it was done\n"
    try:
        words = both.encode(getattr(sys.stderr, "encoding", None) or "ascii")
    except (UnicodeError, LookupError):
        words = f"posdiag: ended by the signal {name} before it was done\n".encode("ascii")
    try:
        if select.select([], [2], [], 0)[1]:  # a terminal that takes nothing holds up no end
            os.write(2, words)
    except (OSError, ValueError):
        pass
    os._exit(128 + number)
