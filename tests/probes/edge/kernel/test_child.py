"""A child process has so much time and so many bytes, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from probes.edge.kernel.child import run
from tests.support.patience import PATIENCE_S, until

PYTHON = [sys.executable, "-I", "-S", "-c"]


def test_what_it_says_and_how_it_ends() -> None:
    said = run(
        ["sh", "-c", 'cat; echo "$A"; echo no >&2; exit 3'], PATIENCE_S, 1000, given=b"given ", environment={"A": "b", "PATH": os.defpath}
    )
    assert (said.output, said.status, said.late, said.much) == (b"given b\n", 3, False, False)
    killed = run(["sh", "-c", "echo said; kill -9 $$"], PATIENCE_S, 1000)
    assert (killed.output, killed.status) == (b"said\n", -9)
    with pytest.raises(OSError):
        run(["/nowhere/program"], 1, 10)


def test_one_that_says_too_much_is_ended_before_it_has_said_it() -> None:
    tracemalloc.start()
    said = run(["cat", "/dev/zero"], PATIENCE_S, 100_000)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(said.output), said.status, said.much) == (100_000, None, True)
    assert most < 2_000_000


def test_exactly_as_much_as_it_may() -> None:
    assert run([*PYTHON, "print(end='x' * 5000)"], PATIENCE_S, 5000).output == b"x" * 5000


def test_one_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    kept = tmp_path / "pids"
    said = run(["sh", "-c", f"trap '' TERM HUP; sleep 1000 & echo $! $$ > {kept}; echo said; wait"], 1.0, 1000)
    assert (said.output, said.status, said.late) == (b"said\n", None, True)
    for pid in kept.read_text().split():
        until(lambda pid=pid: not _runs(int(pid)))  # type: ignore[misc]


def test_a_grandchild_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    kept = tmp_path / "pid"
    said = run(["sh", "-c", f"sleep 1000 & echo $! > {kept}; echo said"], PATIENCE_S, 1000)
    assert (said.output, said.status) == (b"said\n", 0)
    until(lambda: not _runs(int(kept.read_text())))


def test_one_that_does_not_read_what_it_is_given() -> None:
    assert run(["sh", "-c", "exec <&-; echo said"], PATIENCE_S, 1000, given=b"x" * 1_000_000).output == b"said\n"
    assert run(["sleep", "1000"], 0.2, 1000, given=b"x" * 1_000_000).late


def test_one_that_reads_and_says_much_at_once() -> None:
    given = bytes(range(256)) * 4000
    assert run(["cat"], PATIENCE_S, len(given), given=given).output == given


def test_no_descriptor_and_no_process_is_left() -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = descriptors()
    for argv in (["true"], ["cat", "/dev/zero"], ["sleep", "1000"]):
        run(argv, 0.1, 10, given=b"x")
    assert descriptors() == before
    with pytest.raises(ChildProcessError):
        while True:
            assert os.waitpid(-1, os.WNOHANG)[0] == 0


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
