"""The daemon under somebody who supervises it: what is said over the notification socket, and to the journal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.outputs.seam import Health
from agent.outputs.systemd import Systemd
from agent.storage.status_file import Flaw, read
from probes.ground.clock import Clock
from tests.support.patience import PATIENCE_S
from tests.support.processes import until_state
from tests.support.staged import ROOT, Stage, staged
from tests.support.supervisor import Ear, listening, supervised

CABLE = "outage operator.cable_unplugged"


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with listening(tmp_path) as made:
        yield made


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def test_ready_comes_with_the_first_status_and_the_verdict_in_words(stage: Stage, ear: Ear) -> None:
    stage.start(env=supervised(ear))
    stage.until(lambda: ear.count("READY=1"))
    assert stage.status()["state"] == "ok"
    assert ear.texts() == ["ok: can take payments"]
    stage.say(CABLE)
    stage.until(lambda: any("operator.cable_unplugged eth0" in text for text in ear.texts()))
    stage.end()
    assert ear.listen()[-1] == "STOPPING=1" and ear.count("READY=1") == 1


def test_without_a_status_there_is_no_ready_and_the_start_is_given_more_time(stage: Stage, ear: Ear) -> None:
    stage.state_dir.write_text("in the way of the directory")
    stage.start(env=supervised(ear))
    stage.until(lambda: any(each.startswith("EXTEND_TIMEOUT_USEC=") for each in ear.listen()))
    stage.until_examined(3)
    assert not ear.count("READY=1") and not ear.count("WATCHDOG=1")
    assert any(str(stage.state_dir) in text for text in ear.texts())
    stage.state_dir.unlink()
    stage.until(lambda: ear.count("READY=1") and ear.count("WATCHDOG=1"))
    stage.until(lambda: ear.texts()[-1] == "ok: can take payments")  # once each file has found its place again


@pytest.mark.parametrize("fault", ["hang", "crash it broke"])
def test_the_watchdog_is_fed_only_while_examinations_come_to_their_end(tmp_path: Path, ear: Ear, fault: str) -> None:
    with staged(tmp_path) as stage:
        stage.start("2", env=supervised(ear))
        stage.until(lambda: ear.count("WATCHDOG=1") >= 3)
        stage.say(fault)
        stage.until(lambda: any("a fault of its own" in text for text in ear.texts()))
        fed, written = ear.count("WATCHDOG=1"), stage.status()["sequence"]
        stage.until(lambda: stage.status()["sequence"] >= written + 2)
        assert ear.count("WATCHDOG=1") == fed
        if fault != "hang":  # what hangs for ever is ended by the watchdog alone
            stage.say("ok")
            stage.until(lambda: ear.count("WATCHDOG=1") > fed)


def test_a_stopped_process_feeds_nobody(stage: Stage, ear: Ear) -> None:
    process = stage.start(env=supervised(ear))
    stage.until(lambda: ear.count("WATCHDOG=1"))
    process.send_signal(19)
    until_state("T", process.pid)
    fed = ear.count("WATCHDOG=1")
    time.sleep(1.2)  # more than half the watchdog's time, in which it would have been fed twice
    assert ear.count("WATCHDOG=1") == fed
    process.send_signal(18)
    stage.until(lambda: ear.count("WATCHDOG=1") > fed)


def test_a_supervised_daemon_without_its_directory_leaves_it_to_be_made_anew(tmp_path: Path, ear: Ear) -> None:
    """As under `ProtectSystem=strict`, where the daemon itself may not make it."""
    blocker = tmp_path / "file"
    blocker.write_text("")
    with staged(tmp_path, state_dir=str(blocker / "state")) as stage:
        process = stage.start("--barred=0.5", env=supervised(ear))
        assert process.wait(PATIENCE_S) == 3
        assert ear.count("STOPPING=1") and not ear.count("READY=1")


def test_unsupervised_it_goes_on_without_its_directory(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with staged(tmp_path, state_dir=str(blocker / "state")) as stage:
        process = stage.start("--barred=0.1")
        stage.until_examined(3)
        assert process.poll() is None


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/to/be/found"}, {"NOTIFY_SOCKET": "@posdiag-test-nobody"}])
def test_nobody_listens(environment: dict[str, str]) -> None:
    Systemd(Clock(), environment).health(Health(completing=True, delivered=True, text="ok"))


def test_a_watchdog_that_waits_for_another_process_is_not_fed(ear: Ear) -> None:
    told = Systemd(Clock(), supervised(ear, WATCHDOG_PID=str(os.getppid())))
    told.health(Health(completing=True, delivered=True, text="fine\nWATCHDOG=1"))
    assert ear.listen() == ["STATUS=fine WATCHDOG=1", "READY=1"]


# --- a wrong configuration


def run_with(config: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "agent.toml").write_text(config)
    argv = [sys.executable, "-m", "agent", "--config", str(folder / "agent.toml"), "run"]
    variables = {key: value for key, value in os.environ.items() if key not in ("NOTIFY_SOCKET", "JOURNAL_STREAM")}
    return subprocess.run(argv, cwd=ROOT, env=variables | environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


@pytest.mark.parametrize("linked", [False, True], ids=["a file", "a link to memory"])
def test_a_wrong_configuration_is_told_and_the_last_status_is_stale_at_once(tmp_path: Path, ear: Ear, linked: bool) -> None:
    with staged(tmp_path, status_dir=str(tmp_path / "run") if linked else "") as stage:
        process = stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        process.kill()  # an orderly end would mark the file by itself
        process.communicate()
    left: dict[str, Any] = stage.status()
    done = run_with("[agent]\nintervall_s = 5\n", stage.base, **supervised(ear), STATE_DIRECTORY=str(stage.state_dir))
    assert done.returncode == 3 and "agent.intervall_s" in done.stderr
    (text,) = ear.texts()
    assert text.startswith("wrong configuration: ") and "agent.intervall_s" in text
    assert stage.status() | {"valid_until": ""} == left | {"valid_until": ""}
    assert stage.status_file.is_symlink() is linked
    time.sleep(0.01)
    assert read(stage.state_dir / "status.json", now=time.time(), boot_id="").flaw is Flaw.EXPIRED


def test_a_wrong_configuration_tried_by_hand_leaves_the_file_of_the_running_daemon_alone(tmp_path: Path) -> None:
    with staged(tmp_path, interval_s=3600, heartbeat_s=3600) as stage:
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        done = run_with("[agent]\nintervall_s = 5\n", stage.base, STATE_DIRECTORY=str(stage.state_dir))
        assert done.returncode == 3
        assert not read(stage.state_dir / "status.json", now=time.time(), boot_id="").stale


# --- the journal


def journal_of(stage: Stage, name: str, *, real: bool) -> tuple[dict[str, str], Path]:
    path = stage.base / name
    path.touch()
    seen = path.stat()
    return {"JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino if real else seen.st_ino + 1}", "STDERR_TO": str(path)}, path


@pytest.mark.parametrize("real", [True, False])
def test_the_journal_gets_marks_and_changes_and_nobody_else_does(tmp_path: Path, real: bool) -> None:
    with staged(tmp_path) as stage:
        environment, path = journal_of(stage, "journal", real=real)
        stage.start(env=environment)
        stage.until(lambda: stage.status().get("state") == "ok")
        stage.say(CABLE)
        stage.until(lambda: len(stage.entries()) == 2)
        stage.say("crash it broke")
        stage.until(lambda: "it broke" in path.read_text())
        stage.end()
        lines = path.read_text().splitlines()
    if real:
        assert lines[0] == '<6>state=ok can_pay=yes msg="ok: can take payments"'
        assert re.fullmatch(
            r'<3>state=outage can_pay=no cause=operator.cable_unplugged subject=eth0 incident=\S+ msg="outage: .+"', lines[1]
        )
        assert lines[2].startswith("<3>posdiag: a fault of its own")
    else:
        assert [line.partition(":")[0] for line in lines] == ["posdiag"], lines


def test_a_wrong_configuration_is_an_error_in_the_journal(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w") as stream:
        seen = os.fstat(stream.fileno())
        (tmp_path / "agent.toml").write_text("[agent]\nintervall_s = 5\n")
        argv = [sys.executable, "-m", "agent", "--config", str(tmp_path / "agent.toml"), "run"]
        environment = os.environ | {"JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino}"}
        assert subprocess.run(argv, cwd=ROOT, env=environment, stderr=stream, check=False, timeout=PATIENCE_S).returncode == 3
    lines = (tmp_path / "journal").read_text().splitlines()
    assert lines and all(line.startswith("<3>") for line in lines)
