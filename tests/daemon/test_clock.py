"""The wall clock is set while the daemon runs: cycles go on, and what began keeps its age."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.contract.times import parse
from agent.daemon.scheduler import Every
from probes.ground.clock import JUMP_S, Clock, JumpWatch
from tests.support.clocks import SetClock
from tests.support.shifted import SOURCE
from tests.support.staged import Stage, staged

DAY = 86400
COMPILER = shutil.which("cc") or shutil.which("gcc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="needs a C compiler, to preload a clock that can be set")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path, interval_s=2) as made:
        yield made


def started(stage: Stage, shift: int = 0) -> Path:
    assert COMPILER is not None
    library, shifted = stage.base / "shift.so", stage.base / "shift"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    shifted.write_text(str(shift))
    stage.start(env={"LD_PRELOAD": str(library), "SHIFT_FILE": str(shifted)})
    return shifted


def put(shifted: Path, seconds: int) -> None:
    draft = shifted.with_suffix(".new")
    draft.write_text(str(seconds))
    draft.rename(shifted)


def truly(moment: str, shift: int) -> float:
    """What the clock of this machine said then, of a time written by the shifted one."""
    return (parse(moment) or 0) - shift


def beginnings(document: dict[str, Any]) -> tuple[str, ...]:
    began = document["since"], document["causes"][0]["since"], document["incident"]["opened_at"], document["terminal"]["agent_started_at"]
    return tuple(map(str, began))


@needs_compiler
@pytest.mark.parametrize(
    ("before", "after"),
    [(0, -DAY), (0, DAY), (-50 * 365 * DAY, 0), (0, -50 * 365 * DAY)],
    ids=["a day back", "a day forward", "from 1976 to now", "to 1976"],
)
def test_cycles_go_on_and_nothing_is_dated_by_the_old_clock(stage: Stage, before: int, after: int) -> None:
    stage.say("outage operator.cable_unplugged")
    shifted = started(stage, before)
    stage.until(lambda: stage.status().get("state") == "outage")
    first = stage.status()
    told = time.time()
    put(shifted, after)
    stage.until_examined(3)
    status = stage.status()
    assert told <= truly(status["generated_at"], after) <= time.time()
    for now, then in zip(beginnings(status), beginnings(first), strict=True):
        assert truly(now, after) == pytest.approx(truly(then, before), abs=1)
    assert status["incident"]["id"] == first["incident"]["id"]
    assert len(stage.entries()) == 1
    assert stage.end() == ""


def test_what_the_wall_clock_was_set_by_is_told_once_and_steering_is_not() -> None:
    clock = SetClock(1000.0)
    watch = JumpWatch(clock)
    clock.now += 3600
    assert watch.jumped() == 0.0, "both clocks went on"
    for set_by, told in ((JUMP_S / 2, 0.0), (86400.0, 86400.0), (0.0, 0.0), (-86400.0, -86400.0), (0.0, 0.0)):
        clock.ahead += set_by
        assert watch.jumped() == told


def test_half_a_century_of_missed_runs_is_one_run() -> None:
    trigger, now = Every(60, Clock()), datetime.now(UTC)
    long_ago = now - timedelta(days=50 * 365)
    following = trigger.get_next_fire_time(long_ago, now)
    assert timedelta(seconds=50) < following - now < timedelta(seconds=70)


def test_intervals_vary_so_that_a_fleet_does_not_call_at_once() -> None:
    trigger, now = Every(60, Clock()), datetime.now(UTC)
    runs = [now + timedelta(microseconds=number) for number in range(100)]
    waits = {round((trigger.get_next_fire_time(run, now) - datetime.now(UTC)).total_seconds(), 1) for run in runs}
    assert len(waits) > 10
    assert all(56 <= wait <= 64 for wait in waits)
