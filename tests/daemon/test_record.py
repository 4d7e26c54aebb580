"""The record as the daemon keeps it: told before the status, once over kills and restarts, and what may be told in a day."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.mounts import mounted
from tests.support.recorded import in_order, lines, told
from tests.support.staged import Stage, staged

CABLE, DNS = "outage operator.cable_unplugged", "outage network.dns_unreachable"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def test_the_line_stands_before_the_status_that_tells_of_it(stage: Stage) -> None:
    stage.start()
    for number, words in enumerate((CABLE, DNS, CABLE), 1):
        stage.say(words)
        stage.until(lambda: stage.status().get("incident"))
        incident = stage.status()["incident"]["id"]
        opened = told(stage.state_dir, "opened")
        assert [each["incident"] for each in opened][number - 1 :] == [incident]
        stage.say("ok")
        stage.until(lambda: stage.status()["incident"] is None)
        assert [each["incident"] for each in told(stage.state_dir, "closed")][number - 1 :] == [incident]
    assert stage.end() == ""
    found = lines(stage.state_dir)
    assert in_order(found)
    assert [each["what"] for each in found if each["kind"] == "agent"] == ["started", "stopped"]
    first, second, third = told(stage.state_dir, "opened")
    assert first["chain"] == third["chain"] == first["incident"], "the same came back"
    assert second["chain"] == second["incident"]
    assert first["evidence"][0]["id"] == "link:eth0"


def test_killed_12_times_nothing_is_told_twice_and_nothing_is_left_open(stage: Stage) -> None:
    chance = random.Random(3)
    for round_ in range(12):
        process = stage.start()
        stage.say(chance.choice([CABLE, DNS, "ok"]))
        stage.until_examined(chance.randrange(1, 6))
        time.sleep(chance.uniform(0, 0.05))  # at what moment of its writing it is killed is the chance that is tried
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = lines(stage.state_dir)
        assert in_order(found), round_
        opened = [each["incident"] for each in found if each["kind"] == "opened"]
        closed = [each["incident"] for each in found if each["kind"] == "closed"]
        assert max(Counter(opened).values(), default=1) == 1
        assert max(Counter(closed).values(), default=1) == 1
        assert set(closed) <= set(opened)
        assert len(set(opened) - set(closed)) <= 1
    stage.start()
    stage.say("ok")
    stage.until(lambda: stage.status().get("state") == "ok")
    assert stage.end() == ""
    assert len(told(stage.state_dir, "opened")) == len(told(stage.state_dir, "closed")) > 1


def test_an_incident_goes_on_over_a_restart(stage: Stage) -> None:
    stage.start()
    stage.say(CABLE)
    stage.until(lambda: stage.status().get("incident"))
    first = stage.status()["incident"]
    assert stage.end() == ""
    stage.status_file.unlink()
    stage.start()
    stage.until(lambda: stage.status().get("incident"))
    assert stage.status()["incident"] == first, "the record knows of it, whatever became of the status file"
    assert stage.end() == ""
    assert len(told(stage.state_dir, "opened")) == 1


@pytest.mark.root
def test_what_a_full_disk_does_not_take_waits_and_is_written_in_order_later(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    with mounted(tmp_path / "base/state", "-t", "tmpfs", "-o", "size=256k", "tmpfs"), staged(tmp_path / "base") as stage:
        stage.start()
        stage.until(lambda: told(stage.state_dir, "agent"))
        filler = stage.state_dir / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        before = lines(stage.state_dir)
        stage.say(CABLE)
        stage.until(lambda: "state=outage" in stage.log())
        stage.until_examined(2)
        found = lines(stage.state_dir)
        assert found[: len(before)] == before
        subprocess.run(["rm", str(filler)], check=True)
        stage.until(lambda: told(stage.state_dir, "opened"))
        stage.end()
        assert in_order(lines(stage.state_dir))


@pytest.mark.parametrize("name", ["history.ndjson", "history.1.ndjson"])
def test_a_pipe_in_the_place_of_the_record_holds_nothing_up(stage: Stage, name: str) -> None:
    stage.state_dir.mkdir()
    os.mkfifo(stage.state_dir / name)
    stage.start()
    stage.until(lambda: stage.status().get("state") == "ok")
    stage.say(CABLE)
    stage.until(lambda: stage.status().get("state") == "outage")
    said = stage.end()
    assert (str(stage.state_dir / name) in said) is (name == "history.ndjson"), said
