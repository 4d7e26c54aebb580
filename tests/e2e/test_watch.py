"""`posdiag watch` in a real world on a real terminal: what it shows of faults that come and go, how it ends, and how often it calls."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent.messages.visits import APART_S
from tests.support.patience import PATIENCE_S, until
from tests.support.screen import Screen, screen
from tests.support.world import World, faults, host_faults
from tests.support.world.daemon import daemon
from tests.support.world.verdict import ROOT, environment

pytestmark = pytest.mark.root


def argv(w: World, *options: str) -> list[str]:
    return ["ip", "netns", "exec", w.terminal, sys.executable, "-m", "agent", "watch", "--config", str(w.folder / "agent.toml"), *options]


@contextmanager
def watching(w: World, *options: str, **screen_options: Any) -> Iterator[Screen]:
    w.configure()
    with screen(argv(w, *options), **screen_options) as shown:
        yield shown


def test_what_breaks_and_what_comes_back_is_seen_in_place() -> None:
    with World() as w, watching(w) as shown:
        shown.shows("Can take payments", "✓ cable eth0", "✓ router", "✓ name server", "✓ internet", "✓ acquirer-a")
        faults.cable_out(w)
        out = shown.shows("Cannot take payments", "✗ cable eth0", "no signal on the cable", "? acquirer-a")
        assert "Wired port eth0" in out and "? router" in out, "what lies behind it keeps its place"
        faults.cable_in(w)
        shown.shows("Can take payments", "✓ acquirer-a", "cable eth0: fine")
        host_faults.gateway_stopped(w)
        shown.until(
            lambda text: "Cannot take payments" in text and "✗ acquirer-a" in text and "acquirer-a: the connection is refused" in text
        )
        w.servers["gateway_a"].start()
        shown.shows("Can take payments", "✓ acquirer-a")
        faults.router_gone(w)
        shown.shows("Cannot take payments", "✗ router")
        assert shown.scrolled == 0
        shown.signal(signal.SIGINT)
        assert shown.ended() == 0
        assert "Traceback" not in shown.text and shown.scrolled == 0


@pytest.mark.parametrize("columns, rows, language", [(40, 20, "zh"), (40, 20, "en"), (80, 24, "zh"), (132, 50, "en"), (20, 5, "en")])
def test_the_picture_fits(columns: int, rows: int, language: str) -> None:
    with World() as w, watching(w, "--lang", language, columns=columns, rows=rows) as shown:
        shown.until(lambda text: ("可以收款" if language == "zh" else "Can take") in text)
        if columns >= 40:
            shown.shows("✓ acquirer-a")
        assert shown.scrolled == 0
        shown.resize(60, 20)
        shown.shows("✓ acquirer-a")
        assert shown.scrolled == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, "q", "\x03"])
def test_however_it_is_ended_the_terminal_is_as_it_was(how: signal.Signals | str) -> None:
    with World() as w, watching(w) as shown:
        shown.shows("Can take payments")
        assert not shown.echoes
        if isinstance(how, str):
            shown.type(how)
        else:
            shown.signal(how)
        assert shown.ended() == 0
        assert shown.echoes
        column, row = shown.cursor
        assert column == 0 and shown.lines[row:] == [""] * (24 - row), "the prompt comes below the picture"
        assert "posdiag watch" in shown.lines[0] and "ended by" not in shown.text


def test_it_leaves_once_all_is_well() -> None:
    with World() as w:
        host_faults.gateway_stopped(w)
        with watching(w, "--until-ok") as shown:
            shown.shows("Cannot take payments")
            assert shown.process is not None and shown.process.poll() is None
            w.servers["gateway_a"].start()
            assert shown.ended() == 0
            assert "Can take payments" in shown.text


def test_a_slow_line_keeps_up_and_a_key_draws_the_picture_anew() -> None:
    with World() as w, watching(w) as shown:
        shown.shows("Can take payments", "Changes")
        began, before = time.monotonic(), len(shown.written)
        until(lambda: time.monotonic() - began > 15)
        per_s = (len(shown.written) - before) / (time.monotonic() - began)
        assert per_s < 300, "a console of 9600 baud takes 960"
        assert b"\x1b[J" not in shown.written[before:], "nothing is erased that is written again"
        shown.type("x")
        until(lambda: b"\x1b[J" in shown.written[before:])
        shown.shows("Can take payments")


def test_only_what_a_vt100_knows_is_sent() -> None:
    with World() as w, watching(w, "--no-color") as shown:
        shown.shows("Can take payments", "✓ acquirer-a")
        shown.signal(signal.SIGINT)
        assert shown.ended() == 0
        sequences = set(re.findall(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[^\[]", shown.written))
        assert {re.sub(rb"[0-9;]+", b"", each) for each in sequences} <= {b"\x1b[H", b"\x1b[J", b"\x1b[K"}
        assert b"\n" not in shown.written


def test_whatever_goes_away_meanwhile_is_a_line_and_no_end() -> None:
    with World() as w, ExitStack() as stack:
        with daemon(w) as running:
            running.until(lambda s: s["state"] == "ok")
            shown = stack.enter_context(watching(w))
            shown.shows("Can take payments")
            assert "service does not run" not in shown.text
        shown.shows("service does not run")
        shutil.rmtree(w.folder / "state")
        subprocess.run(["ip", "netns", "exec", w.terminal, "ip", "link", "delete", "eth0"], check=True)
        shown.shows("Cannot take payments")
        assert shown.process is not None and shown.process.poll() is None
        assert "Traceback" not in shown.text
        shown.signal(signal.SIGINT)
        assert shown.ended() == 0


def test_without_a_terminal_it_writes_a_line_for_each_change() -> None:
    with World() as w:
        w.configure()
        process = subprocess.Popen(argv(w), cwd="/", env=environment(Path(ROOT)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d can take payments\n", process.stdout.readline())
            host_faults.gateway_stopped(w)
            assert "acquirer-a: the connection is refused" in process.stdout.readline()
            assert "cannot take payments; The network works" in process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            rest, said = process.communicate(timeout=PATIENCE_S)
            assert (process.returncode, said) == (0, "") and rest.count("\n") <= 1
        finally:
            process.kill()
            process.wait()


def test_who_reads_no_longer_is_not_written_to() -> None:
    with World() as w:
        w.configure()
        process = subprocess.Popen(argv(w), cwd="/", env=environment(Path(ROOT)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr.read() == ""
        process.stderr.close()


def test_a_file_that_takes_no_more_is_said_in_words() -> None:
    with World() as w, open("/dev/full", "w") as full:
        w.configure()
        ended = subprocess.run(
            argv(w), cwd="/", env=environment(Path(ROOT)), stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S
        )
    assert ended.returncode == 3 and "the disk is full" in ended.stderr and "watch.py" not in ended.stderr


@contextmanager
def counted(w: World) -> Iterator[list[float]]:
    """When each connection came, as the host itself sees it."""
    seen: list[float] = []
    behaviour = w.servers["gateway_a"].behaviour

    def count(connection: socket.socket) -> None:
        seen.append(time.monotonic())
        behaviour(connection)

    host_faults.gateway_does(w, count)
    yield seen


def gaps(seen: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(seen)]


def test_a_host_that_fails_is_not_called_more_often() -> None:
    """Its certificate is not accepted: an examination would connect again to look at it, and again with other authorities."""
    with World() as w:
        host_faults.certificate_expired(w)
        with counted(w) as seen, watching(w) as shown:
            shown.shows("✗ acquirer-a", "Cannot take payments")
            until(lambda: len(seen) >= 3, lambda: str(seen))
            assert min(gaps(seen)) > APART_S - 1, gaps(seen)


def test_a_guide_and_two_of_them_call_once_in_ten_seconds_beside_the_service() -> None:
    """While the host answers and shows a certificate that has ended, which is worth a second look to whoever may take one."""
    with World() as w, ExitStack() as stack:
        host_faults.certificate_expired(w)
        seen = stack.enter_context(counted(w))
        running = stack.enter_context(daemon(w, {"agent": {"interval_s": 3600, "retry_s": 3600, "confirm": 1}}))
        running.until(lambda s: s["state"] == "outage")
        shown = [stack.enter_context(screen(argv(w))) for _ in range(2)]
        shown.append(stack.enter_context(screen([*argv(w)[:-3], "guide", *argv(w)[-2:]])))
        for each in shown[:2]:
            each.shows("Cannot take payments", "✗ acquirer-a")
        before = len(seen)
        until(lambda: len(seen) >= before + 4, lambda: str(seen))
        assert min(gaps(seen[before:])) > APART_S - 1, gaps(seen[before:])


def test_a_line_that_is_paid_for_by_the_byte_is_left_alone() -> None:
    with World() as w, counted(w) as seen:
        w.configure({"uplink": [{"interface": "eth0", "kind": "cellular"}]})
        with screen(argv(w)) as shown:
            shown.shows("Can take payments", "paid for by the byte")
            began = time.monotonic()
            until(lambda: time.monotonic() - began > 2.5 * APART_S)
            assert len(seen) == 1


def test_several_of_them_call_once_in_ten_seconds_beside_the_service() -> None:
    """Counted by the host itself, which sees every connection; what the service opens is what it opens alone."""
    with World() as w, ExitStack() as stack:
        seen = stack.enter_context(counted(w))
        running = stack.enter_context(daemon(w, {"agent": {"interval_s": 3600}}))
        running.until(lambda s: s["state"] == "ok")
        shown = [stack.enter_context(screen(argv(w))) for _ in range(3)]
        for each in shown:
            each.shows("Can take payments", "✓ acquirer-a")
        began, before = time.monotonic(), len(seen)
        until(lambda: len(seen) >= before + 4, lambda: str(seen))
        assert min(gaps(seen[before:])) > APART_S - 1, gaps(seen[before:])
        assert time.monotonic() - began > 3 * (APART_S - 1)
        newest = [re.search(r"acquirer-a .*", each.text) for each in shown]
        assert all(found is not None and not re.search(r"\d+ s$", found[0]) for found in newest), "what one saw the others know"
