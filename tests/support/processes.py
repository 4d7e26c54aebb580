"""Processes that wait until a test is over."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process and waits for its first line of output."""
    started: list[subprocess.Popen[str]] = []

    def run(*argv: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def payment(tag: str) -> tuple[str, ...]:
    """A process that has the word among its arguments, and waits."""
    return ("sh", "-c", "echo ready; read end", f"--terminal={tag}")
