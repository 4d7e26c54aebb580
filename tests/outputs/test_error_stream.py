"""Standard error whose reader is gone, or never reads: it holds up nobody, and what is lost is counted."""

from __future__ import annotations

import fcntl
import os
import sys
from typing import TextIO

import pytest

from agent.outputs.error_stream import MOST_LINES, ErrorStream
from agent.present.journal import Level
from agent.settings.model import Language
from tests.support.patience import PATIENCE_S


class Pipe:
    """Standard error is its writing end; it holds 4096 bytes."""

    def __init__(self) -> None:
        self.reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        self.stream: TextIO = os.fdopen(writer, "w", encoding="utf-8", buffering=1)

    def fill(self) -> None:
        os.set_blocking(self.stream.fileno(), False)
        for size in (4096, 1):
            try:
                while True:
                    os.write(self.stream.fileno(), b"x" * size)
            except BlockingIOError:
                continue
        os.set_blocking(self.stream.fileno(), True)

    def read_all(self) -> list[str]:
        """To its end: the writer is closed meanwhile."""
        self.stream.close()
        with os.fdopen(self.reader, encoding="utf-8") as reader:
            return reader.read().lstrip("x").splitlines()


def piped(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """No fixture: between those and the test pytest puts a standard error of its own in place."""
    made = Pipe()
    monkeypatch.setattr(sys, "stderr", made.stream)
    return made


def test_a_pipe_that_nobody_reads_holds_up_nobody_and_loses_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = piped(monkeypatch)
    errors = ErrorStream(Language.EN)
    pipe.fill()
    errors.write(["first"], Level.ERROR)
    assert not errors.flush(0.1), "it hangs in the first line"
    for number in range(MOST_LINES + 5):
        errors.write([f"line {number}"], Level.ERROR)
    reader = os.fdopen(os.dup(pipe.reader), encoding="utf-8")
    got: list[str] = [reader.readline().lstrip("x").strip()]
    while got[-1] != f"line {MOST_LINES + 4}":
        got.append(reader.readline().strip())
    reader.close()
    assert errors.flush(PATIENCE_S)
    assert got == ["first", "posdiag: 5 lines were lost here, while nobody read them", *(f"line {n}" for n in range(5, MOST_LINES + 5))]
    assert pipe.read_all() == []


def test_a_reader_that_is_gone_costs_the_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = piped(monkeypatch)
    errors = ErrorStream(Language.EN)
    os.close(pipe.reader)
    for number in range(3):
        errors.write([f"line {number}"], Level.ERROR)
        assert errors.flush(PATIENCE_S)
    with pytest.raises(BrokenPipeError):
        pipe.stream.close()


@pytest.mark.parametrize("stream", ["closed", "none"])
def test_where_there_is_no_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    pipe = piped(monkeypatch)
    pipe.stream.close()
    if stream == "none":
        monkeypatch.setattr(sys, "stderr", None)
    errors = ErrorStream(Language.ZH)
    errors.write(["line"], Level.ERROR)
    assert errors.flush(PATIENCE_S)
    assert not errors.leads_to_journal
    assert pipe.read_all() == []
