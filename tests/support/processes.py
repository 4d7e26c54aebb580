"""Processes in the states that they can be in: started for a test, stopped, ended and not yet fetched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import until

Start = Callable[..., "subprocess.Popen[str]"]


@contextmanager
def starting() -> Iterator[Start]:
    """Starts processes, and waits for the first line of output of each."""
    started: list[subprocess.Popen[str]] = []

    def run(*argv: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    try:
        yield run
    finally:
        for process in started:
            process.kill()
            process.communicate()


def payment(tag: str) -> tuple[str, ...]:
    """A process that has the word among its arguments, and waits."""
    return ("sh", "-c", "echo ready; read end", f"--terminal={tag}")


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def until_state(state: str, pid: int) -> None:
    until(lambda: state_of(pid) == state)
