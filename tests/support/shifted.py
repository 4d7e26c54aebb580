"""A wrong clock for the processes that are started meanwhile: CLOCK_REALTIME alone is shifted, by a small preload."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("shift_clock.c")


def preload(folder: Path) -> Path:
    """The compiled library. A C compiler is among the packages that the tests install."""
    library = folder / "shift_clock.so"
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "a wrong clock takes a C compiler: apt-get install gcc libc6-dev"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True)
    return library


@contextmanager
def shifted(seconds: int, folder: Path) -> Iterator[None]:
    """Positive: the clock is fast."""
    word = folder / "shift"
    word.write_text(str(seconds))
    word.chmod(0o644)
    os.environ |= {"LD_PRELOAD": str(preload(folder)), "SHIFT_FILE": str(word)}
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"], os.environ["SHIFT_FILE"]
