"""The payment application, examined by means of real processes in every state they can be in."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from probes.app import app
from probes.model import Outcome, Symptom
from probes.model.facts import AppFacts
from probes.settings import App
from tests.support.processes import Start, payment, starting, until_state


@pytest.fixture
def start() -> Iterator[Start]:
    with starting() as run:
        yield run


def settings(process: str, *, required: bool = True) -> App:
    return App(name="payapp", process=process, required=required)


@pytest.fixture
def tag() -> str:
    """A word that no other process on this machine carries."""
    return f"pay{uuid.uuid4().hex[:8]}"


def test_a_running_application(start: Start, tag: str) -> None:
    process = start(*payment(tag))
    seen = app(settings(tag))
    assert (seen.id, seen.outcome, seen.symptom) == ("app:payapp", Outcome.PASS, None)
    assert seen.facts == AppFacts(required=True, pids=(process.pid,), names=("sh",))


def test_a_command_line_is_never_told(start: Start, tag: str) -> None:
    start("sh", "-c", "echo ready; read end", tag, "--key=secret")
    assert "secret" not in repr(app(settings(tag)))


def test_no_such_process(tag: str) -> None:
    seen = app(settings(tag, required=False))
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.NOT_RUNNING)
    assert seen.facts == AppFacts(required=False)


def test_the_name_alone_is_enough(start: Start, tag: str, tmp_path: Path) -> None:
    program = shutil.copy("/bin/sh", tmp_path / tag)
    process = start(str(program), "-c", "echo ready; read end")
    assert app(settings(f"^{tag}$")).facts.pids == (process.pid,)


def test_a_stopped_application(start: Start, tag: str) -> None:
    process = start(*payment(tag))
    process.send_signal(signal.SIGSTOP)
    until_state("T", process.pid)
    seen = app(settings(tag))
    assert (seen.outcome, seen.symptom, seen.facts.pids) == (Outcome.FAIL, Symptom.STOPPED, (process.pid,))


def test_one_stopped_process_beside_a_working_one_is_no_fault(start: Start, tag: str) -> None:
    stopped, working = start(*payment(tag)), start(*payment(tag))
    stopped.send_signal(signal.SIGSTOP)
    until_state("T", stopped.pid)
    assert app(settings(tag)).facts.pids == (working.pid,)


@pytest.mark.parametrize("name", ["payd", "payment-application-of-the-till"])
def test_a_zombie(start: Start, tag: str, tmp_path: Path, name: str) -> None:
    full = f"{tag[:6]}{name}"
    program = shutil.copy("/bin/sh", tmp_path / full)
    process = start(str(program), "-c", "echo ready; read end")
    process.kill()
    until_state("Z", process.pid)
    seen = app(settings(full))
    assert (seen.outcome, seen.symptom, seen.facts.pids) == (Outcome.FAIL, Symptom.ZOMBIE, (process.pid,))


def test_a_zombie_beside_its_successor_is_no_fault(start: Start, tag: str, tmp_path: Path) -> None:
    program = str(shutil.copy("/bin/sh", tmp_path / tag))
    dead, alive = start(program, "-c", "echo ready; read end"), start(program, "-c", "echo ready; read end")
    dead.kill()
    until_state("Z", dead.pid)
    assert app(settings(tag)).facts.pids == (alive.pid,)


def test_a_process_whose_first_thread_has_ended_still_works(start: Start, tag: str) -> None:
    program = """
import ctypes, sys, threading
def work():
    print("ready", flush=True)
    sys.stdin.read()
open("/proc/self/comm", "w").write(sys.argv[1])
threading.Thread(target=work).start()
ctypes.CDLL(None).pthread_exit(None)
"""
    process = start(sys.executable, "-c", program, tag)
    until_state("Z", process.pid)
    assert (app(settings(tag)).outcome, app(settings(tag)).facts.pids) == (Outcome.PASS, (process.pid,))


@pytest.mark.parametrize("argv", [("tail", "-f"), ("posdiag", "run", "--config"), ("vim",), ("grep",)])
def test_a_program_that_only_speaks_of_the_application_is_not_it(start: Start, tag: str, tmp_path: Path, argv: tuple[str, ...]) -> None:
    program = shutil.copy("/bin/sh", tmp_path / argv[0])
    start(str(program), "-c", "echo ready; read end", *argv[1:], f"/etc/{tag}.toml")
    assert app(settings(tag)).symptom is Symptom.NOT_RUNNING


def test_another_posdiag_is_not_the_application(start: Start, tag: str, tmp_path: Path) -> None:
    script = tmp_path / "posdiag"
    script.write_text("import sys; print('ready', flush=True); sys.stdin.read()")
    start(sys.executable, str(script), "run", "--config", f"/etc/{tag}.toml")
    assert app(settings(tag)).symptom is Symptom.NOT_RUNNING


def test_the_examining_process_and_its_parents_are_not_the_application(tag: str) -> None:
    program = f"""
from probes.app import app
from probes.settings import App
print(app(App(name="payapp", process="{tag}")).symptom)
"""
    inner = f"\"{sys.executable}\" -c '{program}' {tag}; true"
    done = subprocess.run(["sh", "-c", inner, tag], capture_output=True, text=True, check=True)
    assert done.stdout == "not_running\n"


def test_a_hostile_name_is_escaped(start: Start, tag: str, tmp_path: Path) -> None:
    program = shutil.copy("/bin/sh", tmp_path / f"{tag[:6]}\x1b[2J\n")
    start(str(program), "-c", "echo ready; read end")
    assert app(settings(tag[:6])).facts.names == (f"{tag[:6]}\\x1b[2J\\x0a",)


# --- where processes of other users are hidden


@contextmanager
def hidden(level: str, process: str, owner: int) -> Iterator[dict[str, Any]]:
    """The check made by an ordinary user in a pid namespace with hidepid, where a process of `owner` runs."""
    program = f"""
import msgspec
from probes.app import app
from probes.settings import App
print(msgspec.json.encode(app(App(name="payapp", process="{process}"))).decode())
"""
    user = "setpriv --reuid={0} --regid={0} --clear-groups"
    script = f"""
mount -t proc -o hidepid={level} proc /proc
{user.format(owner)} sh -c 'echo ready; sleep 60; true' {process} | {{ read ready; exec {user.format(65534)} "$0" -c "$1"; }} &
wait $!
"""
    argv = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script, sys.executable, program]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        line = run.stdout.readline()
        try:
            yield json.loads(line)
        finally:
            run.kill()


@pytest.mark.root
@pytest.mark.parametrize("level", ["1", "2"])
def test_hidden_processes_prove_nothing(tag: str, level: str) -> None:
    with hidden(level, tag, owner=65533) as seen:
        assert (seen["outcome"], seen["symptom"]) == ("unknown", "denied")
        assert "hidepid" in seen["because"] and "sudo" in seen["because"]


@pytest.mark.root
def test_what_hidepid_lets_us_see_runs(tag: str) -> None:
    with hidden("2", tag, owner=65534) as seen:
        assert (seen["outcome"], seen["facts"]["names"]) == ("pass", ["sh"])


@pytest.mark.root
def test_with_nothing_hidden_an_ordinary_user_sees_all(tag: str) -> None:
    with hidden("0", tag, owner=65533) as seen:
        assert seen["outcome"] == "pass"


FULL = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24)); k = []\ntry:\n while {more}: k.append(open('/dev/null'))"
)
FULL += "\nexcept OSError: pass\nprint('ready', flush=True); sys.stdin.read()"


def test_an_application_that_may_open_no_more(start: Start, tag: str) -> None:
    start(sys.executable, "-c", FULL.format(more="True"), tag)
    seen = app(settings(tag))
    assert (seen.outcome, seen.symptom, seen.facts.descriptors) == (Outcome.FAIL, Symptom.NO_DESCRIPTORS, 24)


def test_one_of_two_processes_that_may_open_more(start: Start, tag: str) -> None:
    for more in ("True", "len(k) < 9"):
        start(sys.executable, "-c", FULL.format(more=more), tag)
    seen = app(settings(tag))
    assert (seen.outcome, seen.facts.descriptors) == (Outcome.PASS, None)
