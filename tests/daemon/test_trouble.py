"""The daemon when it cannot write: a directory that goes, a disk that is full or read-only. It says so once, and goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.staged import Stage, staged

CABLE = "outage operator.cable_unplugged"
DNS = "outage network.dns_unreachable"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def test_a_directory_that_is_removed_comes_back(stage: Stage) -> None:
    stage.start()
    stage.until(lambda: stage.status().get("state") == "ok" and stage.log_dir.is_dir())  # outputs make theirs in their own time
    for directory in (stage.state_dir, stage.log_dir):
        directory.rename(directory.with_suffix(".gone"))
        shutil.rmtree(directory.with_suffix(".gone"), ignore_errors=True)
    stage.until(lambda: stage.status().get("state") == "ok")
    stage.say(CABLE)
    stage.until(lambda: len(stage.entries()) == 1)
    assert stage.end() == ""


@pytest.mark.root
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_what_cannot_be_written_is_said_once_and_again_when_it_can(stage: Stage, trouble: str) -> None:
    stage.state_dir.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", stage.state_dir], check=True)
    try:
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        _obstruct(stage, trouble)
        last = stage.status()["sequence"]
        stage.until_examined(4)
        assert stage.status()["sequence"] <= last + 1
        _relieve(stage, trouble)
        stage.until(lambda: stage.status()["sequence"] > last + 1)
        stage.until_examined(2)
        said = stage.end().splitlines()
    finally:
        subprocess.run(["umount", "-l", stage.state_dir], check=True)
    assert len(said) == 2, said
    assert ("the disk is full" if trouble == "full" else "read-only") in said[0]
    assert "can be written again" in said[1]
    assert str(stage.state_dir) in said[0]


def _obstruct(stage: Stage, trouble: str) -> None:
    if trouble == "full":
        with open(stage.state_dir / "filler", "wb", buffering=0) as filler:
            while True:
                try:
                    filler.write(b"x" * 512)
                except OSError:
                    return
    stage.until(lambda: _remounted(stage, "ro"))


def _relieve(stage: Stage, trouble: str) -> None:
    if trouble == "full":
        os.unlink(stage.state_dir / "filler")
    else:
        assert _remounted(stage, "rw")


def _remounted(stage: Stage, how: str) -> bool:
    return subprocess.run(["mount", "-o", f"remount,{how}", stage.state_dir], capture_output=True, check=False).returncode == 0


@pytest.mark.root
def test_the_log_catches_up_when_its_disk_has_room(stage: Stage) -> None:
    stage.log_dir.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=8", "tmpfs", stage.log_dir], check=True)
    try:
        (stage.log_dir / "filler").write_bytes(b"x" * 4096)
        stage.say(CABLE)
        stage.start()
        stage.until(lambda: stage.status().get("state") == "outage")
        stage.until_examined(2)
        assert stage.log() == ""
        os.unlink(stage.log_dir / "filler")
        stage.until(lambda: len(stage.entries()) == 1)
        said = stage.end().splitlines()
    finally:
        subprocess.run(["umount", "-l", stage.log_dir], check=True)
    assert len(said) == 2, said


def test_a_memory_and_a_copy_that_could_not_be_written_are_written_once_they_can_be(tmp_path: Path) -> None:
    """Though neither changes any more. A directory in the place of each file stands in the way, and the status lies elsewhere."""
    with staged(tmp_path, status_dir=str(tmp_path / "run")) as stage:
        stage.status_file = tmp_path / "run" / "status.json"
        files = [stage.state_dir / name for name in ("memory.json", "last-status.json")]
        for file in files:
            file.mkdir(parents=True)
        stage.start()
        stage.until(lambda: stage.status().get("state") == "ok")
        stage.until_examined(2)
        for file in files:
            file.rmdir()
        stage.until(lambda: all(file.is_file() for file in files))
        stage.until_examined(2)
        said = stage.end().splitlines()
    assert ["cannot write" in line for line in said] == [True, False], said
    assert "can be written again" in said[1]
