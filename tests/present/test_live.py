"""The live line on a real terminal: it shows what is examined, leaves nothing behind, and is silent elsewhere."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from agent.present.live import ERASE, LiveLine, terminal_among
from agent.present.page import Page
from tests.support.patience import PATIENCE_S

Terminal = tuple[int, TextIO]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """The master's descriptor and the stream of a pty of 40 columns."""
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        yield master, stream
    os.close(master)


def read_until(master: int, wanted: str) -> str:
    """What the terminal received, up to and with the wanted text; the test's own time limit is the terminal's silence."""
    import select

    received = b""
    while wanted.encode() not in received:
        ready, _, _ = select.select([master], [], [], PATIENCE_S)
        assert ready, received
        received += os.read(master, 4096)
    return received.decode()


def test_it_shows_the_latest_check_and_leaves_an_empty_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    master, stream = terminal
    with LiveLine(stream, Page(language="en")) as live:
        live("dns:192.0.2.1")
        received = read_until(master, "Examining name server 192.0.2.1")
        assert "\n" not in received
    assert read_until(master, ERASE).endswith(ERASE)


def test_it_is_rewritten_only_when_something_changed(terminal: Terminal) -> None:
    master, stream = terminal
    with LiveLine(stream, Page(language="en")) as live:
        live("dns:a")
        first = read_until(master, "name server a")
        for _ in range(1000):
            live("dns:a")
        live("dns:b")
        rest = read_until(master, "name server b")
    assert (first + rest).count("name server a") == 1


def test_a_long_name_stays_on_one_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    master, stream = terminal
    page = Page()
    with LiveLine(stream, page) as live:
        live("gateway:" + "很长的名字" * 20)
        received = read_until(master, "…")
    assert all(page.measure(part) < 40 for part in received.split(ERASE))


def test_it_takes_reports_from_many_threads_and_a_terminal_that_goes_away() -> None:
    master, slave = pty.openpty()
    stream = os.fdopen(slave, "w", encoding="utf-8")
    with LiveLine(stream, Page()) as live:
        os.close(master)
        threads = [threading.Thread(target=live, args=(f"dns:{number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with contextlib.suppress(OSError):  # what the terminal never took
        stream.close()


def test_an_error_inside_leaves_the_line_empty_too(terminal: Terminal) -> None:
    master, stream = terminal
    with pytest.raises(KeyboardInterrupt), LiveLine(stream, Page()) as live:
        live("dns:a")
        read_until(master, "a")
        raise KeyboardInterrupt
    assert read_until(master, ERASE).endswith(ERASE)


def test_only_a_real_terminal_gets_one(terminal: Terminal) -> None:
    _, stream = terminal
    assert terminal_among(io.StringIO(), stream, environ={"TERM": "xterm"}) is stream
    assert terminal_among(io.StringIO(), None, environ={"TERM": "xterm"}) is None
    assert terminal_among(stream, environ={"TERM": "dumb"}) is None
    assert terminal_among(stream, environ={}) is None
