"""Signals that come early: while modules are imported, before there is anything to end."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.process_exit import is_daemon
from tests.support.command_line import INSIDE, ROOT, configured, environment
from tests.support.patience import PATIENCE_S

RUN, CHECK = ["run"], ["--check", "--timeout", "2"]

# Whatever imports the module of this name gets the signal at that moment.
STRUCK = """
import os, sys
class Strike:
    def find_spec(self, name, *_):
        if name == os.environ["STRIKE_AT"]:
            os.kill(os.getpid(), int(os.environ["STRIKE_WITH"]))
sys.meta_path.insert(0, Strike())
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


def struck(folder: Path, module: str, number: signal.Signals, argv: list[str]) -> tuple[int, bytes, bytes]:
    (folder / "sitecustomize.py").write_text(STRUCK)
    given = environment(PYTHONPATH=f"{folder}:{ROOT}", STRIKE_AT=module, STRIKE_WITH=str(int(number)))
    done = subprocess.run(
        [*INSIDE, sys.executable, "-m", "agent", *argv], capture_output=True, env=given, cwd="/", timeout=PATIENCE_S, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("module", ["agent.cli", "msgspec", "agent.daemon.service", "apscheduler"])
def test_a_daemon_that_is_still_being_loaded_ends_with_0(tmp_path: Path, config: Path, module: str, number: signal.Signals) -> None:
    assert struck(tmp_path, module, number, ["--config", str(config), *RUN]) == (0, b"", b"")


@pytest.mark.parametrize("module", ["agent.cli", "msgspec", "agent.examination.examine", "psutil"])
def test_ctrl_c_while_a_check_is_being_loaded_is_130_without_a_traceback(tmp_path: Path, config: Path, module: str) -> None:
    assert struck(tmp_path, module, signal.SIGINT, ["--config", str(config), *CHECK]) == (130, b"", b"")


@pytest.mark.parametrize("after_s", [0.0, 0.03, 0.1, 0.3, 1.0])
def test_a_daemon_ends_with_0_at_any_moment_from_its_first_line_on(config: Path, after_s: float) -> None:
    command = [*INSIDE, sys.executable, "-m", "agent", "--config", str(config), "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd="/")
    while not _catches(process.pid, signal.SIGTERM):
        assert process.poll() is None
        time.sleep(0.001)
    time.sleep(after_s)
    process.terminate()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (0, b"", b"")


def _catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler for it: before our first line it cannot have one."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_an_interrupted_check_leaves_no_line_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, threading, types\nmodule = types.ModuleType('agent.examination.examine')\n"
        "def examine(*args, progress, **kwargs):\n    progress('dns:192.0.2.1')\n    threading.Event().wait()\n"
        "module.examine = examine\nsys.modules['agent.examination.examine'] = module\n"
    )
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [sys.executable, "-m", "agent", "--check", "--lang", "en"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(PYTHONPATH=f"{tmp_path}:{ROOT}", TERM="xterm"),
        cwd="/",
    )
    os.close(theirs)
    seen = b""
    while b"192.0.2.1" not in seen:
        seen += os.read(ours, 4096)
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=PATIENCE_S) == 130
    while True:
        try:
            seen += os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert seen.endswith(b"\r\x1b[K") and b"Traceback" not in seen


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["run"], True),
        (["--config", "/etc/a", "run", "--once"], True),
        (["--lang=en", "--no-color", "--timeout", "3", "run"], True),
        (["--config", "run", "--check"], False),
        (["explain", "run"], False),
        (["--config"], False),
        ([], False),
    ],
)
def test_the_daemon_is_known_before_options_are_understood(argv: list[str], expected: bool) -> None:
    assert is_daemon(argv) is expected
