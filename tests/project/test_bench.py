"""The bench tells memory as it is, whatever runs beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from tests.bench.footprint import Footprint, footprint
from tests.bench.years import Sample, least

_PROGRAM = "import ssl, sys; held = bytearray(b'x' * (4 << 20)); print(flush=True); sys.stdin.read()"


@contextmanager
def program() -> Iterator[int]:
    """A Python with TLS and 4 MiB of its own."""
    process = subprocess.Popen([sys.executable, "-IS", "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline()
    try:
        yield process.pid
    finally:
        process.communicate()


def pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def test_memory_is_the_same_beside_other_programs_with_the_same_interpreter() -> None:
    with program() as pid:
        before, shared_before = footprint([pid]), pss(pid)
        with program(), program(), program():
            beside, shared = footprint([pid]), pss(pid)
    assert shared < shared_before, "PSS depends on them"
    assert all(abs(now - then) < 0.05 for now, then in zip(astuple(beside), astuple(before), strict=True)), (before, beside)
    assert 4 < before.anonymous < before.alone < before.resident


def test_of_two_processes_of_one_program_files_count_once() -> None:
    with program() as first, program() as second:
        one, both = footprint([first]), footprint([first, second])
        other = footprint([second])
    assert abs(both.anonymous - one.anonymous - other.anonymous) < 0.01
    assert both.alone < one.alone + other.alone - 4, "the interpreter and OpenSSL"


def test_a_process_that_has_ended_takes_nothing() -> None:
    with program() as pid:
        pass
    assert footprint([pid]) == Footprint(0, 0, 0)


def test_a_cycle_that_is_late_to_end_on_a_busy_machine_is_not_what_is_told() -> None:
    seen = [Sample(7, Footprint(alone, alone + 2, alone - 9), 4, 15, 1.5, ()) for alone in (30.4, 30.1, 29.0, 31.0)]
    looks = iter(seen)
    left = iter(seen[1:])
    assert least(lambda: next(looks), lambda: next(left, None) is None) == seen[2]
    assert least(lambda: seen[0], lambda: True) == seen[0], "once at least"
