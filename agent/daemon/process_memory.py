"""What keeps a process that lives for years small. `shrink` is called before the heavy modules are imported; no failure matters.

glibc gives each new thread an arena of its own. Every examination runs its probes in new threads, and what TLS leaves scattered over
many arenas is never given back: in a thousand examinations some 20 MiB. One arena costs a process that mostly waits nothing.
"""

from __future__ import annotations

import gc
import sys
import threading
import warnings
from collections.abc import Iterable
from contextlib import suppress

from agent.daemon import of_annotations, stand_ins, unused

with stand_ins.in_place(stand_ins.OF_CTYPES):
    import ctypes

_STACK = 512 * 1024  # bytes of address space for each thread; what is not touched costs no memory
_OF_THE_START = ("argparse", "gettext", "locale", "difflib")
_OF_THE_COMMAND_LINE = ("options", "option_table", "table", "dates")
_OF_MSGSPEC = ("inspect",)  # types as the configuration is held against them
_READERS = ("read", "walk", "leaf", "rules", "output_rules", "hosts", "files", "find", "layers", "lines", "explained", "cures", "syntax")
_LOOKING_BACK = ("recount", "past", "standing", "incidents")  # over the record, at a start
_DRILLS = ("drill",)  # of which the service asks once an hour whether one is due
_OF_A_FAULT = ("second_opinion", "predictions", "foretold", "places")  # of the diagnosis
_OF_FILES = ("tomllib", "tomllib._parser", "tomllib._re", "tomllib._types")  # of the configuration, and of the words for a cause
_M_ARENA_MAX = -8  # mallopt(3)
_PR_SET_THP_DISABLE = 41  # prctl(2)
_ALL_STACKS = 40 << 20  # bytes of stacks of ended threads that glibc keeps (glibc.pthread.stack_cache_size)


def shrink() -> None:
    """Small stacks, and the packages that the daemon needs, without what they never use. For one heap for all threads see `one_arena`."""
    _small_pages()
    with suppress(ValueError, RuntimeError):
        threading.stack_size(_STACK)
    of_annotations.lighten()
    warnings.filterwarnings("ignore", message="Unable to find acceptable character detection", category=Warning)
    stand_ins.load()


def forget() -> None:
    """What only the command line and the configuration need is given up once they are read."""
    for name in (*_OF_THE_START, *_OF_FILES):
        sys.modules.pop(name, None)
    give_up("agent.commands", _OF_THE_COMMAND_LINE)
    give_up("agent.settings", _READERS)
    give_up("msgspec", _OF_MSGSPEC)
    unused.drop()


def give_up(package: str, names: Iterable[str]) -> None:
    """Modules that are rarely needed: whoever asks for one next loads it anew. One that another thread is loading right now stays."""
    for name in names:
        module = sys.modules.get(f"{package}.{name}")
        if module is not None and not getattr(module.__spec__, "_initializing", False):
            sys.modules.pop(f"{package}.{name}", None)
            vars(sys.modules[package]).pop(name, None)


def one_arena() -> None:
    """To be called before there are threads. A C library without arenas (musl, Android's) has nothing to be told."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _small_pages() -> None:
    """Where the kernel gives huge pages unasked (Debian's does), 2 MiB of each stretch of memory are there for the first byte of it."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)


def _drop_stacks() -> None:
    """Of threads that have ended glibc keeps the stacks, with 20 KiB of each: 0.7 MiB after an examination. One more that fills what it
    keeps of them by itself drives out the others; next time that one is taken again. It is address space, of which nothing is touched."""
    with suppress(ValueError, RuntimeError, MemoryError):
        threading.stack_size(_ALL_STACKS)
        try:
            filler = threading.Thread(target=int, name="stacks", daemon=True)
            filler.start()
        finally:
            threading.stack_size(_STACK)
        filler.join()


class Tidier:
    """For whoever makes one examination after the other."""

    def __init__(self) -> None:
        self._frozen = False

    def tidy(self) -> None:
        """After an examination: what it left is given back to the system, where the C library can (malloc_trim(3)).

        What is there after the first one stays, and is not looked through for garbage again (gc.freeze).
        """
        give_up("agent.diagnosis", _OF_A_FAULT)
        give_up("agent.record", _LOOKING_BACK)
        give_up("agent.examination", _DRILLS)
        for name in _OF_FILES:
            sys.modules.pop(name, None)
        sys.path_importer_cache.clear()  # the names of all files in each directory that something was imported from
        gc.collect()
        if not self._frozen:
            gc.freeze()
            self._frozen = True
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        _drop_stacks()  # last, when most threads of the examination have ended
