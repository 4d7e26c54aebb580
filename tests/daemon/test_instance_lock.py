"""Two daemons for one state directory: the second gives way, and says to whom."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.staged import Stage, staged
from tests.support.supervisor import Ear, listening, supervised

PATIENT = f"--patience={10 * PATIENCE_S}"  # with another that has the directory: longer than anything here


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with listening(tmp_path) as made:
        yield made


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Stage]:
    """A stage whose daemon has written its status."""
    with staged(tmp_path) as made:
        made.start("--look=0.2")
        made.until(lambda: made.status().get("state") == "ok")
        yield made


def lock(stage: Stage) -> Path:
    return stage.state_dir / "run.lock"


def staged_beside(first: Stage) -> AbstractContextManager[Stage]:
    """One with the same state directory, and a configuration of its own."""
    (first.base / "beside").mkdir()
    return staged(first.base / "beside", state_dir=str(first.state_dir))


@pytest.mark.parametrize(
    ("options", "language", "words"), [((), "en", "another posdiag (process {})"), (("--once",), "zh", "另一个 posdiag（进程 {}）")]
)
def test_the_second_one_says_who_has_it_and_leaves_the_file_alone(
    first: Stage, options: tuple[str, ...], language: str, words: str
) -> None:
    with staged_beside(first) as second:
        second.config.write_text(second.config.read_text().replace('"en"', f'"{language}"'))
        second.say("outage operator.cable_unplugged")
        process = second.start("--patience=0.3", *options)
        said = process.communicate(timeout=PATIENCE_S)[1]
    assert first.process is not None
    assert process.returncode == 3
    assert words.format(first.process.pid) in said and "posdiag --check" in said and f"kill {first.process.pid}" in said
    assert said.count("\n") == 1
    assert first.status()["state"] == "ok" and second.examined == 0
    before = first.status()["sequence"]
    first.until(lambda: first.status()["sequence"] > before)
    assert first.end() == "" and first.process.returncode == 0


def test_where_no_chinese_can_be_shown_it_says_so_in_english(first: Stage) -> None:
    with staged_beside(first) as second:
        second.config.write_text(second.config.read_text().replace('"en"', '"zh"'))
        said = second.start("--patience=0", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}).communicate(timeout=PATIENCE_S)[1]
    assert said.startswith("posdiag: another posdiag (process ")


def test_one_that_is_about_to_end_is_waited_for(first: Stage) -> None:
    assert first.process is not None
    with staged_beside(first) as second:
        second.start(PATIENT)
        second.until(lambda: _waits(second))
        last = first.status()["sequence"]
        first.process.terminate()
        second.until(lambda: second.examined)
        assert first.process.wait(PATIENCE_S) == 0
        second.until(lambda: first.status()["sequence"] > last)
        assert lock(first).read_text().split() == [str(second.process.pid if second.process else 0)]


def _waits(stage: Stage) -> bool:
    """Its handlers stand, and it has not begun."""
    assert stage.process is not None
    status = Path(f"/proc/{stage.process.pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1) and stage.examined == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_waits_is_its_end(first: Stage, number: signal.Signals) -> None:
    with staged_beside(first) as second:
        process = second.start(PATIENT)
        second.until(lambda: _waits(second))
        process.send_signal(number)
        assert process.communicate(timeout=PATIENCE_S)[1] == "" and process.returncode == 0


def test_killed_or_ended_it_leaves_nothing_in_the_way(first: Stage) -> None:
    assert first.process is not None
    first.process.kill()
    first.process.wait()
    assert lock(first).exists()
    assert first.start("--once", "--patience=0").wait(PATIENCE_S) == 0
    assert lock(first).exists()
    assert first.start("--once", "--patience=0").wait(PATIENCE_S) == 0


def test_the_file_is_the_owners_alone_and_written_once(first: Stage) -> None:
    assert first.process is not None
    seen = lock(first).stat()
    assert seen.st_mode & 0o777 == 0o600
    assert lock(first).read_text() == f"{first.process.pid:10d}\n"
    first.until_examined(2)
    assert lock(first).stat().st_mtime_ns == seen.st_mtime_ns


def test_the_kernel_tells_the_holder_where_the_file_does_not(first: Stage) -> None:
    assert first.process is not None
    os.truncate(lock(first), 0)
    with staged_beside(first) as second:
        said = second.start("--patience=0").communicate(timeout=PATIENCE_S)[1]
    assert f"(process {first.process.pid})" in said


def test_the_directory_of_the_status_counts_too(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    shared = str(tmp_path / "memory")
    with staged(tmp_path / "a", status_dir=shared) as first, staged(tmp_path / "b", status_dir=shared) as second:
        first.start()
        first.until(lambda: Path(shared, "status.json").exists())
        process = second.start("--patience=0")
        assert shared in process.communicate(timeout=PATIENCE_S)[1] and process.returncode == 3


def test_two_names_of_one_directory_are_one(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "other-name").symlink_to(tmp_path / "state")
    with staged(tmp_path, status_dir=str(tmp_path / "other-name")) as stage:
        stage.start("--patience=0", "--look=0.1")
        stage.until(lambda: stage.status().get("sequence", 0) > 1)
        assert stage.end() == ""


def test_where_there_is_no_lock_to_be_had_it_works_without(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        lock(stage).mkdir(parents=True)
        stage.start("--patience=0", "--look=0.1")
        stage.until(lambda: stage.status().get("state") == "ok")
        lock(stage).rmdir()
        stage.until(lambda: lock(stage).is_file())  # it is taken as soon as it can be
        with staged_beside(stage) as second:
            assert second.start("--patience=0").wait(PATIENCE_S) == 3
        assert stage.end() == ""


def test_a_directory_that_was_replaced_is_taken_again(first: Stage) -> None:
    gone = first.state_dir.rename(first.state_dir.with_suffix(".gone"))  # at once: the daemon may be writing into it
    shutil.rmtree(gone, ignore_errors=True)
    first.until(lambda: lock(first).exists())
    with staged_beside(first) as second:
        first.until(lambda: lock(first).read_text().strip())
        assert second.start("--patience=0").wait(PATIENCE_S) == 3
    assert first.end().count("\n") <= 2


def test_the_one_whose_directory_another_has_by_now_leaves(tmp_path: Path, ear: Ear) -> None:
    with staged(tmp_path, interval_s=3600, heartbeat_s=3600) as stage:  # meanwhile it makes no directory anew
        process = stage.start("--look=0.5", env=supervised(ear))
        stage.until(lambda: ear.count("READY=1"))
        stage.state_dir.rename(tmp_path / "away")
        with staged_beside(stage) as second:
            second.say("degraded network.slow")
            second.start()
            said = process.communicate(timeout=PATIENCE_S)[1]
            assert process.returncode == 3 and second.process is not None
            assert f"another posdiag (process {second.process.pid})" in said
            assert any("another posdiag" in text for text in ear.texts())
            assert stage.status()["state"] == "degraded"
