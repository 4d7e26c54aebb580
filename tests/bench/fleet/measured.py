"""What a command costs: processor time of it and its children, the most memory that one of them held at a time, and how long it took.

The commands are children of a small process: what a child is said to have held at most is never less than its parent did.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from msgspec import Struct, json

from tests.support.documented import ROOT

_QUIET = subprocess.DEVNULL
REFERENCE_OF = 10  # the reference reads every tenth file or line, and its cost is multiplied


class Cost(Struct, frozen=True):
    cpu_s: float
    wall_s: float
    peak_mib: float

    def times(self, factor: float) -> Cost:
        return Cost(self.cpu_s * factor, self.wall_s * factor, self.peak_mib)


def run(*words: str) -> Cost:
    """`posdiag` with these words; 0 to 2 are its answers."""
    return timed([sys.executable, "-m", "agent", *words], (0, 1, 2))


def timed(argv: list[str], expected: tuple[int, ...] = (0,)) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(argv, cwd=ROOT, stdin=_QUIET, stdout=_QUIET)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)


def counted(source: Path) -> Cost:
    """What a script of one's own would do: read documents with the standard library, and count states and causes."""
    return timed([sys.executable, "-S", "-m", "tests.bench.fleet.by_hand", str(source), str(REFERENCE_OF)]).times(REFERENCE_OF)


def looked(tree: Path) -> Cost:
    """What nobody who wants to know which files have changed gets around."""
    return timed(["find", str(tree), "-type", "f", "-printf", "%T@ %s %i %p\\n"])


def made(target: Path, kind: str, size: int, faults: int) -> None:
    argv = [sys.executable, "-m", "tests.fleet.made", "--size", str(size), "--faults", str(faults), "--as", kind, "-o", str(target)]
    subprocess.run(argv, cwd=ROOT, check=True, stdout=_QUIET)


def python(module: str, *words: str) -> list[Cost]:
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.decode(done.stdout, type=list[Cost])


def changed(tree: Path, every: int, number: int) -> None:
    """Each so many'th terminal has written its file anew."""
    for name in sorted(os.listdir(tree))[number % every :: every]:
        path = tree / name / "status.json"
        content = path.read_bytes()
        new = re.sub(rb'"sequence":(\d+)', lambda found: b'"sequence":%d' % (int(found[1]) + 1), content, count=1)
        assert new != content
        path.write_bytes(new)
