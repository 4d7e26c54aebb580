"""The status file in memory: renewed there alone, and found at the same path as ever, whatever becomes of the memory and of the disk."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.storage.identity import boot_id
from agent.storage.status_file import Flaw, read
from tests.support.staged import ROOT, Stage, staged

CABLE = "outage operator.cable_unplugged"


@pytest.fixture
def memory() -> Iterator[Path]:
    """A directory on a file system that takes nothing of the disk."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder) / "posdiag"


@pytest.fixture
def stage(tmp_path: Path, memory: Path) -> Iterator[Stage]:
    """All but the state and the log in memory: what is written to the disk is what the daemon has to write."""
    state, log = tmp_path / "state", tmp_path / "log"
    with staged(memory.parent, heartbeat_s=1, state_dir=str(state), log_dir=str(log), status_dir=str(memory)) as made:
        made.state_dir, made.log_dir, made.status_file = state, log, state / "status.json"
        yield made


def document(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes()) if path.exists() else {}


def copy_of(stage: Stage) -> Path:
    return stage.state_dir / "last-status.json"


def configure(stage: Stage, status_dir: Path | None) -> None:
    """From the next start on."""
    lines = [line for line in stage.config.read_text().splitlines() if not line.startswith("status_dir")]
    stage.config.write_text("\n".join([*lines, f'status_dir = "{status_dir}"' if status_dir else ""]) + "\n")


def renewed(stage: Stage, times: int = 1) -> None:
    goal = stage.status().get("sequence", 0) + times
    stage.until(lambda: stage.status().get("sequence", 0) >= goal)


def killed(stage: Stage) -> None:
    assert stage.process is not None
    stage.process.kill()
    stage.process.wait()


def written(pid: int) -> int:
    """Bytes that the process has sent to disks."""
    return int(Path(f"/proc/{pid}/io").read_text().split("\nwrite_bytes:")[1].split()[0])


def test_it_is_alive_where_readers_look_and_costs_the_disk_nothing(stage: Stage, memory: Path) -> None:
    process = stage.start()
    renewed(stage)
    stage.until(lambda: (stage.state_dir / "memory.json").exists())
    assert stage.status_file.readlink() == memory / "status.json"
    assert stat.S_IMODE(stage.status_file.stat().st_mode) == stat.S_IMODE(copy_of(stage).stat().st_mode) == 0o644
    stage.until_examined(2)  # the cycle that wrote it is over
    before, folder = written(process.pid), stage.state_dir.stat().st_mtime_ns
    renewed(stage, 3)
    assert (written(process.pid), stage.state_dir.stat().st_mtime_ns) == (before, folder)
    assert read(stage.status_file, now=time.time(), boot_id=boot_id()).flaw is None
    stage.say(CABLE)
    stage.until(lambda: document(copy_of(stage))["state"] == "outage")
    assert stage.status()["state"] == "outage"
    assert stage.end() == ""


def test_a_reader_never_finds_nothing_or_half_of_it_while_the_daemon_is_killed_and_started(stage: Stage) -> None:
    stage.start()
    renewed(stage)
    found: list[int] = []
    over = threading.Event()
    wrong: list[Exception] = []

    def look() -> None:
        try:
            while not over.is_set():
                found.append(json.loads(stage.status_file.read_bytes())["sequence"])
        except (OSError, ValueError) as error:
            wrong.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for end in (killed, killed, Stage.end):
            end(stage)
            stage.say(CABLE if end is killed else "ok")
            stage.start()
            renewed(stage)
            newest = stage.status()["sequence"]
            stage.until(lambda newest=newest: wrong or (found and found[-1] >= newest))  # type: ignore[misc]
    finally:
        over.set()
        reader.join()
    assert wrong == []
    assert found == sorted(found) and len(set(found)) >= 4 and len(found) > 100
    stage.end()


@pytest.mark.root
def test_after_a_restart_of_the_machine_the_old_one_stands_there_as_old_until_there_is_a_new_one(stage: Stage, memory: Path) -> None:
    earlier = stage.base / "boot_id"
    earlier.write_text("11111111-2222-3333-4444-555555555555\n")
    stage.say(CABLE)
    stage.start(under=("unshare", "-m", "sh", "-c", 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', str(earlier)))
    renewed(stage, 3)
    killed(stage)
    last = stage.status()
    assert last["boot_id"] == earlier.read_text().strip()
    shutil.rmtree(memory)
    assert not stage.status_file.exists()
    command = (sys.executable, "-m", "agent", "--config", str(stage.config), "status")
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 3 and "before the terminal was last started" in said.stdout.replace("\n", " "), said
    stage.say("hang")
    stage.start()
    stage.until(lambda: stage.examined and stage.status())
    old = stage.status()
    assert read(stage.status_file, now=time.time(), boot_id=boot_id()).flaw is Flaw.OTHER_BOOT
    assert old["incident"] == last["incident"] and old["sequence"] >= last["sequence"]
    killed(stage)
    stage.say(CABLE)
    stage.start()
    stage.until(lambda: stage.status()["boot_id"] == boot_id())
    again = stage.status()
    assert again["incident"] == last["incident"] and again["sequence"] > old["sequence"]
    assert len(stage.entries()) == 1
    stage.end()


def test_moved_out_of_memory_and_back_the_sequence_goes_on(stage: Stage, memory: Path) -> None:
    stage.start()
    renewed(stage, 2)
    stage.end()
    shutil.rmtree(memory)
    configure(stage, None)
    stage.start()
    stage.until(lambda: stage.status() and not stage.status_file.is_symlink() and not copy_of(stage).exists())
    first = stage.status()["sequence"]
    assert first > 2
    renewed(stage, 2)
    stage.end()
    last = stage.status()["sequence"]
    memory.mkdir()
    (memory / "status.json").write_bytes(stage.status_file.read_bytes().replace(f'"sequence":{last}'.encode(), b'"sequence":2'))
    configure(stage, memory)
    stage.start()
    stage.until(lambda: stage.status_file.is_symlink())
    assert stage.status()["sequence"] > last
    assert document(copy_of(stage))["sequence"] > last, "what stood there alone has a copy before the link takes its place"
    assert stage.end() == ""


def test_a_link_that_is_lost_comes_back(stage: Stage) -> None:
    stage.start()
    renewed(stage)
    stage.status_file.unlink()
    stage.until(lambda: stage.status_file.is_symlink())
    (stage.state_dir / "other").write_text("{}")
    (stage.state_dir / "other").replace(stage.status_file)
    stage.until(lambda: stage.status_file.is_symlink())
    assert stage.end() == ""


def test_one_directory_under_two_names_gets_no_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "alias").symlink_to("state")
    with staged(tmp_path, heartbeat_s=1, status_dir=str(tmp_path / "alias")) as stage:
        stage.start()
        renewed(stage, 2)
        assert not stage.status_file.is_symlink() and not copy_of(stage).exists()
        assert stage.end() == ""


@pytest.mark.root
def test_a_state_directory_that_is_read_only_is_said_once(stage: Stage, memory: Path) -> None:
    stage.state_dir.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", stage.state_dir], check=True)
    try:
        stage.start()
        stage.until(lambda: document(memory / "status.json").get("sequence", 0) >= 3)
        subprocess.run(["mount", "-o", "remount,rw", stage.state_dir], check=True)
        stage.until(lambda: stage.status_file.is_symlink())
        stage.until(lambda: (stage.state_dir / "memory.json").exists())
        stage.until(
            lambda: subprocess.run(["mount", "-o", "remount,ro", stage.state_dir], capture_output=True, check=False).returncode == 0
        )
        renewed(stage, 2)
        said = stage.end().splitlines()
    finally:
        subprocess.run(["umount", "-l", stage.state_dir], check=True)
    assert len(said) == 3 and "read-only" in said[0] and "can be written again" in said[1], said
    # the record could not be told of the end, or of what came before it
    assert ("history.ndjson" in said[2] or "record-seen.json" in said[2]) and "read-only" in said[2], said


def test_without_links_the_document_is_renewed_all_the_same(stage: Stage, memory: Path) -> None:
    stage.start("--no-links")
    stage.until(lambda: document(memory / "status.json").get("sequence", 0) >= 3)
    said = stage.end().splitlines()
    assert len(said) == 1 and "no symbolic links" in said[0], said
    assert not os.path.lexists(stage.status_file) and copy_of(stage).exists()


def test_where_the_memory_takes_nothing_it_is_written_to_the_disk_meanwhile(stage: Stage, memory: Path) -> None:
    memory.write_text("in the way")
    stage.start()
    renewed(stage, 3)
    assert not stage.status_file.is_symlink()
    assert subprocess.run((sys.executable, "-m", "agent", "--config", str(stage.config), "status"), cwd=ROOT, check=False,
                          capture_output=True).returncode == 0  # fmt: skip
    memory.unlink()
    stage.until(lambda: stage.status_file.is_symlink())
    renewed(stage)
    said = stage.end().splitlines()
    assert len(said) == 2 and f"Until then it is written to {stage.state_dir}" in said[0] and "can be written again" in said[1], said
