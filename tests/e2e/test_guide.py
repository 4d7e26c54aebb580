"""Somebody is led at a real terminal in a small world: the cable is pushed in, the paper loaded, and the guide sees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from itertools import pairwise
from typing import Any

import pytest

from tests.support.led import kept, led
from tests.support.patience import PATIENCE_S, until
from tests.support.recorded import told
from tests.support.servers.printer import Printer
from tests.support.world import devices, faults
from tests.support.world.daemon import daemon
from tests.support.world.world import World

pytestmark = pytest.mark.root
SIZES = [("en", 80, 24), ("zh", 40, 20)]
WORDS = {
    "zh": ("网线没有信号", "第 1 步", "网线还是没有信号", "能正常收款", "起了作用", "已记入故障记录", "请记下"),
    "en": ("no signal on the cable", "Step 1 of", "still no signal on the cable", "can take payments", "It was step", "on record", "Keep:"),
}


@pytest.mark.parametrize(("language", "columns", "rows"), SIZES)
def test_the_cable_is_pushed_in(language: str, columns: int, rows: int) -> None:
    fault, first, still, pays, helped, recorded, keep = WORDS[language]
    with World() as w:
        faults.cable_out(w)
        with led(w, language, columns, rows) as shown:
            text = shown.shows(fault, first, still, "[d]", "[n]")
            assert shown.scrolled == 0 and len(text.splitlines()) <= rows
            shown.type("d")
            shown.until(lambda text: "[d]" not in text)
            faults.cable_in(w)
            assert shown.ended() == 0
            text = " ".join(shown.text.split())
            assert all(word in text for word in (pays, helped, keep)) and recorded in text and " 1" in text, text
            assert shown.echoes and not shown.cursor_hidden
        assert kept(w) == [("operator.cable_unplugged:plug_cable", "yes")]


def test_beside_the_service_the_word_belongs_to_its_incident() -> None:
    with World() as w, daemon(w, {"agent": {"interval_s": 1, "retry_s": 1}}) as service:
        service.until(lambda document: document["state"] == "ok")
        faults.cable_out(w)
        incident = service.until(lambda document: document["incident"])["incident"]["id"]
        service.until(lambda document: document["state"] == "outage")
        with led(w) as shown:
            shown.shows("no signal on the cable", "Step 1")
            shown.type("nd")
            shown.shows("Step 2", "Done.")
            faults.cable_in(w)
            assert shown.ended() == 0
            assert "It was step 2" in shown.text and f"incident {incident}" in " ".join(shown.text.split())
        until(lambda: told(w.folder / "state", "told"))
        (word,) = told(w.folder / "state", "told")
        assert (word["incident"], word["step"], word["helped"]) == (incident, "operator.cable_unplugged:power_switch", "yes")


def test_the_paper_is_loaded() -> None:
    with World() as w:
        empty = Printer(paper_end=True)
        printer = devices.device(w, empty, "escpos", name="printer", role="printer")
        with led(w, "zh", 40, 20) as shown:
            shown.shows("能收款，但有故障：打印纸用完", "第 1 步")
            shown.type("n")
            shown.shows("第 2 步", "还是没有纸")
            shown.type("d")
            printer.answer = Printer()
            assert shown.ended() == 0
            assert "是第2步起了作用" in "".join(shown.text.split()), shown.text
        assert kept(w) == [("operator.paper_out:load_paper", "yes")]


def test_of_two_faults_the_other_one_comes_next() -> None:
    with World() as w:
        devices.device(w, Printer(paper_end=True), "escpos", name="printer", role="printer")
        faults.cable_out(w)
        with led(w) as shown:
            shown.shows("no signal on the cable", "fault 1 of 2")
            shown.type("d")
            faults.cable_in(w)
            shown.shows("out of paper", "Step 1")
            shown.type("q")
            assert shown.ended() == 0
            assert "It was step 1" in shown.text and "Still wrong: out of paper" in shown.text


def test_the_host_is_called_on_at_most_once_in_ten_seconds() -> None:
    """By two guides together, of which each would like to know whether it is back."""
    with World() as w:
        calls: list[float] = []

        def closes(connection: socket.socket, *_: Any) -> None:
            calls.append(time.monotonic())
            connection.close()

        w.servers["gateway_a"].behaviour = closes
        with led(w) as one, led(w) as other:
            for shown in (one, other):
                shown.shows("Step 1", "acquirer's host")
            begun = len(calls)
            until(lambda: len(calls) >= begun + 3)
            for shown in (one, other):
                shown.type("q")
                assert shown.ended() == 0
        assert all(later - earlier > 9.5 for earlier, later in pairwise(calls[begun:])), calls


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_loses_nothing_and_leaves_the_terminal_as_it_was(number: int) -> None:
    with World() as w:
        faults.cable_out(w)
        with led(w) as shown:
            shown.shows("Step 1", "still no signal")
            assert not shown.echoes
            shown.type("d")
            shown.shows("Done.")
            if number == signal.SIGINT:
                shown.type("\x03")
            else:
                shown.signal(number)
            assert shown.ended() == 0 and shown.echoes
            assert "Left. Still wrong" in shown.text and "Traceback" not in shown.text
        assert kept(w) == [("operator.cable_unplugged:plug_cable", "unknown")]


def test_a_terminal_that_takes_nothing_holds_up_no_end() -> None:
    """Nobody reads the other side: its buffer fills, and the guide still hears a signal."""
    with World() as w:
        faults.cable_out(w)
        argv, surroundings = w.seat().command("guide", "--config", str(w.configure()))
        far, near = os.openpty()
        process = subprocess.Popen(argv, stdin=near, stdout=near, stderr=near, env={**surroundings, "TERM": "vt100"}, cwd="/")
        os.close(near)
        try:
            seen = b""
            while b"[q]" not in seen:
                seen += os.read(far, 65536)
            for _ in range(400):  # from here on nobody reads
                os.write(far, b"cb")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
            process.wait()
            os.close(far)


def test_a_user_who_may_not_write_is_led_all_the_same_and_told_once() -> None:
    with World() as w:
        faults.cable_out(w)
        (w.folder / "state").chmod(0o755)
        w.configure().chmod(0o644)
        with led(w, user=65534) as shown:
            shown.shows("Step 1", "still no signal")
            shown.type("dndn")
            shown.shows("Not noted", "Step 3")
            assert shown.text.count("Not noted") == 1
            shown.type("q")
            assert shown.ended() == 0


def test_where_nothing_is_wrong_it_says_so_and_leaves() -> None:
    with World() as w, led(w) as shown:
        assert shown.ended() == 0 and "Nothing is wrong: this terminal can take payments." in shown.text
        assert shown.echoes


def test_a_line_that_is_hung_up_ends_it_and_what_was_done_is_kept() -> None:
    with World() as w:
        faults.cable_out(w)
        argv, surroundings = w.seat().command("guide", "--config", str(w.configure()))
        far, near = os.openpty()
        process = subprocess.Popen(argv, stdin=near, stdout=near, stderr=near, env={**surroundings, "TERM": "vt100"}, cwd="/")
        os.close(near)
        try:
            seen = b""
            while b"[q]" not in seen:
                seen += os.read(far, 65536)
            os.write(far, b"d")
            while b"Done." not in seen:
                seen += os.read(far, 65536)
            os.close(far)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
            process.wait()
        assert kept(w) == [("operator.cable_unplugged:plug_cable", "unknown")]


def test_another_size_is_drawn_anew_and_a_stop_gives_the_terminal_back() -> None:
    with World() as w:
        faults.cable_out(w)
        with led(w) as shown:
            shown.shows("Step 1", "still no signal")
            shown.resize(40, 20)
            shown.until(lambda text: "Step 1" in text and max(map(len, text.splitlines())) <= 40 and "[q]" in text)
            assert shown.process is not None
            os.kill(shown.process.pid, signal.SIGTSTP)
            until(lambda: shown.echoes)
            os.kill(shown.process.pid, signal.SIGCONT)
            until(lambda: not shown.echoes)
            shown.shows("Step 1", "[q]")
            shown.type("q")
            assert shown.ended() == 0 and shown.echoes
