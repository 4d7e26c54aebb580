"""The daemon as a process with an output that is at fault: cycles go on, the other outputs get theirs, and it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.example_output import FILE
from tests.support.patience import PATIENCE_S
from tests.support.processes import until_state
from tests.support.staged import ROOT, Stage, staged
from tests.support.supervisor import Ear, listening, supervised

CABLE = "outage operator.cable_unplugged"
FAULTS = {
    "hangs": "output example hangs, the others go on",
    "OSError": "output example cannot deliver (document), it goes on trying: Connection refused",
    "raises": "a fault of the output example itself (document): ZeroDivisionError: by nought",
    "exits": "a fault of the output example itself (document): SystemExit: 7",
    "cannot be made": "the output tests.support.example_output cannot be made: RuntimeError: no such thing",
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, heartbeat_s=1) as made:
        yield made


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Ear]:
    with listening(tmp_path) as made:
        yield made


def lines_of(stage: Stage) -> list[str]:
    path = stage.base / FILE
    return path.read_text().splitlines() if path.exists() else []


def ended(stage: Stage) -> None:
    assert stage.process is not None
    stage.process.send_signal(signal.SIGTERM)
    assert stage.process.wait(timeout=PATIENCE_S) == 0


def test_an_output_is_one_file_and_one_line(stage: Stage) -> None:
    """The file is `tests/support/example_output.py`; the option is its line in the table."""
    stage.start("--output=")
    stage.until(lambda: lines_of(stage)[:2] == ["document ok", "change ok"])
    stage.say(CABLE)
    stage.until(lambda: "change outage" in lines_of(stage))
    assert stage.end() == ""
    assert lines_of(stage).count("change outage") == 1 and lines_of(stage)[-1] == "stopping"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_output_costs_nobody_else_anything(stage: Stage, systemd: Ear, fault: str) -> None:
    stage.start(f"--output={fault}", "--output=", "--hangs=0.3", env=supervised(systemd))
    stage.until(lambda: stage.status().get("state") == "ok" and systemd.count("READY=1"))
    stage.until(lambda: any(FAULTS[fault] in text for text in systemd.texts()))
    stage.say(CABLE)
    stage.until(lambda: stage.status()["state"] == "outage" and len(stage.entries()) == 2 and "change outage" in lines_of(stage))
    fed, sequence = systemd.count("WATCHDOG=1"), stage.status()["sequence"]
    stage.until_examined(3)
    stage.until(lambda: systemd.count("WATCHDOG=1") > fed and stage.status()["sequence"] > sequence)
    said = stage.end()
    assert said.count(FAULTS[fault]) == 1, said
    assert stage.process is not None and stage.process.returncode == 0


# --- standard error


def full_pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for size in (4096, 1):
        try:
            while True:
                os.write(writer, b"x" * size)
        except BlockingIOError:
            continue
    return reader, writer


def goes_on(stage: Stage) -> None:
    """With something to say in every state."""
    stage.say("crash it broke")
    stage.until(lambda: stage.status()["state"] == "unknown")
    stage.say(CABLE)
    stage.until(lambda: stage.status()["state"] == "outage" and len(stage.entries()) >= 2)
    stage.until_examined(3)
    ended(stage)


def test_standard_error_that_nobody_reads(stage: Stage) -> None:
    reader, writer = full_pipe()
    stage.start(env={"STDERR_TO": f"/proc/self/fd/{writer}"})
    stage.until(lambda: stage.status().get("state") == "ok")
    goes_on(stage)
    os.close(reader)
    os.close(writer)


def test_standard_error_whose_reader_is_gone(stage: Stage) -> None:
    reader, writer = os.pipe()
    stage.start(env={"STDERR_TO": f"/proc/self/fd/{writer}"})
    stage.until(lambda: stage.status().get("state") == "ok")
    os.close(reader)
    os.close(writer)
    goes_on(stage)


# --- files


def test_a_pipe_that_nobody_reads_in_the_place_of_the_log(stage: Stage) -> None:
    stage.log_dir.mkdir()
    os.mkfifo(stage.log_dir / "posdiag.log")
    stage.say(CABLE)
    stage.start()
    stage.until(lambda: stage.status().get("state") == "outage")
    stage.until_examined(3)
    (stage.log_dir / "posdiag.log").unlink()
    stage.until(lambda: len(stage.entries()) == 1)
    said = stage.end().splitlines()
    assert len(said) == 2 and "cannot write" in said[0] and "can be written again" in said[1], said


def test_pipes_in_the_place_of_the_status_and_of_what_the_daemon_keeps(stage: Stage) -> None:
    stage.state_dir.mkdir()
    for name in ("status.json", "memory.json", "data-use.json"):
        os.mkfifo(stage.state_dir / name)
    stage.start()
    stage.until(lambda: stage.status_file.is_file() and (stage.state_dir / "memory.json").is_file())
    assert stage.end() == ""
    assert stage.status()["state"] == "ok"


def hanging(pid: int, folder: Path, told: Ear) -> subprocess.Popen[bytes]:
    """Mounts what never answers over the folder, for the process alone, as long as the returned one lives."""
    argv = ("nsenter", "--mount", "--target", str(pid), sys.executable, str(ROOT / "tests/system/hanging_disk.py"), str(folder))
    return subprocess.Popen(argv, env=os.environ | supervised(told))


@pytest.mark.root
@pytest.mark.parametrize("what", ["state_dir", "log_dir"])
def test_a_disk_that_hangs_holds_up_no_cycle_and_no_end(stage: Stage, systemd: Ear, what: str) -> None:
    """A file system whose server never answers is mounted over the directory, in the daemon's own mounts."""
    folder: Path = getattr(stage, what)
    process = stage.start("--hangs=0.3", "--look=0.2", env=supervised(systemd), under=("unshare", "--mount"))
    stage.until(lambda: stage.status().get("state") == "ok" and stage.entries() and systemd.count("WATCHDOG=1"))
    hung = Ear(stage.base / "hung")
    server = hanging(process.pid, folder, hung)
    try:
        stage.until(lambda: hung.count("READY=1"))
        stage.say(CABLE)
        name = "status file" if what == "state_dir" else "log"
        stage.until(lambda: any(f"output {name} hangs" in text for text in systemd.texts()))
        stage.until(lambda: any("operator.cable_unplugged" in text for text in systemd.texts()))
        if what == "log_dir":
            stage.until(lambda: stage.status()["state"] == "outage")
        fed, examined = systemd.count("WATCHDOG=1"), stage.examined
        stage.until(lambda: systemd.count("WATCHDOG=1") >= fed + 2 and stage.examined >= examined + 3)
        process.send_signal(signal.SIGTERM)
        until_state("Z", process.pid)  # the kernel keeps the thread that hangs, and so the process, as long as the disk
    finally:
        server.terminate()
        server.wait()
        hung.close()
    assert process.wait(timeout=PATIENCE_S) == 0
    assert systemd.listen()[-1] == "STOPPING=1"


@pytest.mark.root
def test_a_disk_that_hung_gets_the_newest_document_and_every_change(stage: Stage, systemd: Ear) -> None:
    process = stage.start("--hangs=0.3", env=supervised(systemd), under=("unshare", "--mount"))
    stage.until(lambda: stage.status().get("state") == "ok" and len(stage.entries()) == 1)
    hung = Ear(stage.base / "hung")
    servers = [hanging(process.pid, folder, hung) for folder in (stage.state_dir, stage.log_dir)]
    try:
        stage.until(lambda: hung.count("READY=1") == 2)
        last = stage.status()["sequence"]
        for words in (CABLE, "ok", CABLE):
            told = len(systemd.texts())
            stage.say(words)
            stage.until(lambda: any(text.startswith(words.split()[0]) for text in systemd.texts()[told:]))  # noqa: B023
        assert stage.status()["sequence"] == last and len(stage.entries()) == 1
    finally:
        for server in servers:
            server.terminate()
            server.wait()
        hung.close()
    stage.until(lambda: stage.status()["sequence"] > last and stage.status()["state"] == "outage")
    stage.until(lambda: len(stage.entries()) == 4)
    stage.end()
    assert process.returncode == 0
    assert stage.told() == ["ok", "outage", "ok", "outage"]
