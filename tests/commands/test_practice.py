"""`posdiag drill staff` as people run it: by lines and by keys, left, broken off, and while there is a real fault."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from agent.contract.event import DrillEvent, Lines
from agent.guide.choice import number_of
from agent.storage.history_file import FILE
from tests.support.patience import until

CODE = "system.gateway_down"
CONFIG = """
[agent]
state_dir = "{0}/state"
log_dir = "{0}/log"
[terminal]
language = "en"
[[gateway]]
name = "a"
host = "gw.pay.test"
port = 8583
protocol = "iso8583"
[[serial]]
name = "printer"
role = "printer"
port = "/dev/ttyUSB0"
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "agent.toml"
    path.write_text(CONFIG.format(tmp_path))
    return str(path)


def command(file: str, *words: str) -> list[str]:
    return ["unshare", "-rn", sys.executable, "-m", "agent", "drill", "staff", *words, "--config", file]


def drilled(file: str, said: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(file, *words), input=said, capture_output=True, text=True, timeout=60)


def noted(tmp_path: Path) -> list[DrillEvent]:
    path, lines = tmp_path / "state" / FILE, Lines()
    found = [lines.read(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    return [each for each in found if isinstance(each, DrillEvent)]


def test_each_choice_is_judged_and_noted_and_no_status_is_written(file: str, tmp_path: Path) -> None:
    exits = []
    for choice in "123123":
        done = drilled(file, f"{choice}\n", CODE)
        right = "Right:" in done.stdout
        assert done.returncode == (0 if right else 2), done
        assert done.stdout.count("DRILL, no real fault") == 4
        exits.append(done.returncode)
    events = noted(tmp_path)
    assert [each.result for each in events] == ["passed" if code == 0 else "failed" for code in exits]
    assert {(each.what, each.subject) for each in events} == {("staff", CODE)}
    assert not (tmp_path / "state" / "status.json").exists()


@pytest.mark.parametrize("said", ["q\n", "", "4\nwhat?\nq\n"])
def test_who_leaves_has_done_no_drill(file: str, tmp_path: Path, said: str) -> None:
    done = drilled(file, said)
    assert (done.returncode, noted(tmp_path)) == (3, [])
    assert "nothing is noted" in done.stdout


@pytest.mark.parametrize(
    ("word", "told"),
    [("system.gateway_dwon", "did you mean system.gateway_down?"), ("operator.wifi_password", "cannot meet"), ("\x1b[31m", "no cause")],
)
def test_what_cannot_be_played(file: str, tmp_path: Path, word: str, told: str) -> None:
    done = drilled(file, "1\n", word)
    assert (done.returncode, noted(tmp_path)) == (3, [])
    assert told in " ".join(done.stderr.split()) and "\x1b" not in done.stderr


def test_there_is_no_drill_while_there_is_a_real_fault(file: str, tmp_path: Path) -> None:
    subprocess.run([*command(file)[:5], "run", "--once", "--config", file], timeout=60, capture_output=True, check=False)
    assert json.loads((tmp_path / "state" / "status.json").read_text())["can_pay"] == "no"
    done = drilled(file, "1\n")
    assert done.returncode == 3 and "posdiag guide" in done.stderr and "DRILL" not in done.stdout


@pytest.mark.parametrize(
    ("typed", "number"), [("2", 1), (" ３ ", 2), ("一", 0), ("b", 1), ("1.", 0), ("0", None), ("4", None), ("12", None), ("", None)]
)
def test_a_choice_as_people_write_it(typed: str, number: int | None) -> None:
    assert number_of(typed, 3) == number


@pytest.mark.parametrize(("keys", "code"), [(b"x\x1b[A2", None), (b"q", 3), (b"\x03", 130), (b"\x04", 3)])
def test_by_keys_and_the_terminal_is_left_as_it_was(file: str, keys: bytes, code: int | None) -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)

    def own() -> None:
        os.setsid()
        os.close(os.open(os.ttyname(theirs), os.O_RDWR))

    child = subprocess.Popen(
        command(file, CODE), stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, preexec_fn=own, env={**os.environ, "TERM": "xterm"}
    )
    try:
        shown = b""
        os.set_blocking(ours, False)

        def asked() -> bool:
            nonlocal shown
            with suppress(BlockingIOError):
                shown += os.read(ours, 65536)
            return b"q to leave" in shown and not termios.tcgetattr(theirs)[3] & termios.ICANON

        until(asked, lambda: repr(shown))
        os.write(ours, keys)

        def ended() -> bool:
            nonlocal shown
            with suppress(BlockingIOError):
                shown += os.read(ours, 65536)
            return child.poll() is not None

        until(ended, lambda: repr(shown))
        assert child.returncode == code if code is not None else child.returncode in (0, 2)
        assert termios.tcgetattr(theirs) == before
        assert not re.search(rb"Traceback", shown)
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait()
        os.close(ours)
        os.close(theirs)
