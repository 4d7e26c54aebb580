"""What keeps a process that lives for years small. Called before the heavy modules are imported; no failure matters."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import warnings
from contextlib import suppress

_STACK = 512 * 1024  # bytes of address space for each thread; what is not touched costs no memory
_UNUSED = ("charset_normalizer", "chardet")  # requests guesses encodings of text with them: no text is ever asked of it


def shrink() -> None:
    """Small stacks, and nothing imported that is never used. For one heap for all threads see `agent.daemon.allocator`."""
    with suppress(ValueError, RuntimeError):
        threading.stack_size(_STACK)
    for name in _UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # the import of it then fails (import system, sys.modules)
    warnings.filterwarnings("ignore", message="Unable to find acceptable character detection", category=Warning)


_tidied = False


def tidy() -> None:
    """After an examination: what it left is given back to the system, where the C library can (malloc_trim(3)).

    What is there after the first one stays, and is not looked through for garbage again (gc.freeze).
    """
    global _tidied
    gc.collect()
    if not _tidied:
        gc.freeze()
        _tidied = True
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
