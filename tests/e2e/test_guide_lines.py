"""Lines in the place of keys: in a pipe, and at a console that cannot place its cursor."""

from __future__ import annotations

import subprocess

import pytest

from agent.contract.encode import encode
from agent.diagnosis.model import CanPay, State
from tests.support.command_line import current
from tests.support.led import kept, led
from tests.support.patience import PATIENCE_S
from tests.support.world import faults
from tests.support.world.world import World

pytestmark = pytest.mark.root


def lines(w: World, given: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    argv, surroundings = w.seat().command("guide", "--config", str(w.configure()), *options)
    return subprocess.run(
        argv, input=given, env={**surroundings, **environ}, cwd="/", capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_without_a_terminal_lines_do_as_well() -> None:
    with World() as w:
        faults.cable_out(w)
        done = lines(w, "next\n\n下一步\nwhat?\nback\nd\n", "--lang", "en")
        assert done.returncode == 0 and not done.stderr and "\x1b" not in done.stdout
        shown = [line for line in done.stdout.splitlines() if line.startswith("Step ")]
        assert [line[: len("Step 1 of 6")] for line in shown[:5]] == [f"Step {number} of 6" for number in (1, 2, 3, 4, 3)]
        assert "Left. Still wrong" in done.stdout
        assert [helped for _, helped in kept(w)] == ["unknown"]


def test_with_lines_it_sees_by_itself_too() -> None:
    with World() as w:
        faults.cable_out(w)
        argv, surroundings = w.seat().command("guide", "--config", str(w.configure()), "--lang", "en")
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings, cwd="/", text=True)
        try:
            assert process.stdin is not None and process.stdout is not None
            while not process.stdout.readline().startswith("Step 1"):
                assert process.poll() is None
            process.stdin.write("did it\n")
            process.stdin.flush()
            while "Done." not in process.stdout.readline():
                assert process.poll() is None
            faults.cable_in(w)
            said = process.stdout.read()
            assert process.wait(PATIENCE_S) == 0
            assert "The cable is in" in said and "It was step 1" in said and said.count("Step 1 of") <= 1
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize(("environ", "language"), [({"LANG": "C", "PYTHONUTF8": "0"}, "en"), ({"PYTHONUTF8": "1"}, "zh")])
def test_an_end_of_input_ends_it_in_any_locale(environ: dict[str, str], language: str) -> None:
    with World() as w:
        faults.cable_out(w)
        done = lines(w, "", "--lang", language, **environ)
        assert done.returncode == 0 and not done.stderr
        assert ("Step 1" if language == "en" else "第 1 步") in done.stdout


def test_where_nobody_reads_any_more_it_ends() -> None:
    with World() as w:
        faults.cable_out(w)
        argv, surroundings = w.seat().command("guide", "--config", str(w.configure()))
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings, cwd="/")
        try:
            assert process.stdout is not None and process.stdin is not None and process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.wait(PATIENCE_S) == 0 and process.stderr.read() == b""
        finally:
            process.kill()
            process.wait()


def test_a_console_that_cannot_place_its_cursor_gets_lines() -> None:
    with World() as w:
        faults.cable_out(w)
        with led(w, TERM="dumb") as shown:
            shown.shows("Step 1", "[n]")
            assert b"\x1b" not in shown.written
            shown.type("n\n")
            shown.shows("Step 2")
            shown.type("q\n")
            assert shown.ended() == 0


def test_where_the_service_cannot_tell_yet_it_looks_itself() -> None:
    with World() as w:
        faults.cable_out(w)
        unclear = current(can_pay=CanPay.UNKNOWN, state=State.UNKNOWN, cause=None, causes=(), remediation=(), checks=())
        (w.folder / "state" / "status.json").write_bytes(encode(unclear))
        done = lines(w, "n\n", "--lang", "en")
        assert done.returncode == 0 and "Step 1 of" in done.stdout, done.stdout
