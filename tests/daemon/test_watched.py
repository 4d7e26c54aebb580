"""After an incident: what the daemon says and records of the time in which it is watched."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.contract.event import AgentEvent
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.examination.light_examination import Depth, LightExamination
from agent.examination.result import Examination
from agent.settings.load import load
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S
from tests.support.played_record import Played, link
from tests.support.recorded import in_order, lines, told
from tests.support.staged import Stage, cycle_of, diagnosis, examination, staged

CABLE = "outage operator.cable_unplugged"
HOUR = 3600.0


def broken(played: Played, for_s: float = 60.0, cause: Cause = Cause.CABLE_UNPLUGGED) -> None:
    """An incident that begins now."""
    played.see(state=State.OUTAGE, cause=cause)
    played.clock.now += for_s
    played.see()


def quiet(played: Played, hours: float, step_s: float = 600.0) -> None:
    end = played.clock.now + hours * HOUR
    while played.clock.now < end:
        played.clock.now = min(end, played.clock.now + step_s)
        played.see()


def watched(played: Played) -> list[tuple[float, int]]:
    return [(line["hours"], line["recurred"]) for line in told(played.state_dir, "watched")]


def test_it_is_watched_for_a_day_and_told_once(tmp_path: Path) -> None:
    played = Played(tmp_path, SetClock())
    quiet(played, 1)
    assert played.recorded.watch() is None
    broken(played)
    watch = played.recorded.watch()
    assert watch is not None
    [first] = told(played.state_dir, "opened")
    assert (watch.incident, watch.cause, watch.subject, watch.recurred) == (first["incident"], Cause.CABLE_UNPLUGGED, "eth0", 0)
    quiet(played, 23.9)
    assert watched(played) == []
    quiet(played, 0.2)
    assert watched(played) == [(24.0, 0)]
    assert played.recorded.watch() is None
    quiet(played, 30)
    broken(played)
    assert told(played.state_dir, "opened")[-1]["chain"] != first["incident"], "a matter of its own"


def test_while_it_is_there_again_it_has_no_end(tmp_path: Path) -> None:
    played = Played(tmp_path, SetClock())
    broken(played)
    quiet(played, 2)
    played.see(state=State.OUTAGE, cause=Cause.CABLE_UNPLUGGED)
    watch = played.recorded.watch()
    assert watch is not None
    assert (watch.recurred, watch.until) == (1, None)
    quiet(played, 0.1)
    after = played.recorded.watch()
    assert after is not None
    assert after.until is not None
    assert after.until > watch.since
    broken(played, cause=Cause.DNS_UNREACHABLE)
    newest = played.recorded.watch()
    assert newest is not None
    assert newest.cause is Cause.DNS_UNREACHABLE, "of several the newest"
    quiet(played, 25)
    assert sorted(watched(played)) == [(24.0, 0), (26.0, 1)]


@pytest.mark.parametrize("by_s", [86_400.0, -86_400.0])
def test_a_clock_set_by_a_day_moves_no_end(tmp_path: Path, by_s: float) -> None:
    played = Played(tmp_path, SetClock())
    broken(played)
    quiet(played, 3)
    played.clock.ahead += by_s
    played.recorder.clock_moved(by_s)
    quiet(played, 20.9)
    assert watched(played) == []
    quiet(played, 0.2)
    assert watched(played) == [(24.0, 0)]


def test_it_goes_on_over_a_power_cut_and_a_start_of_the_machine(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    broken(played)
    quiet(played, 3)
    played.see(state=State.OUTAGE, cause=Cause.CABLE_UNPLUGGED)
    clock.now += 60  # and now the power is cut
    again = Played(tmp_path, clock)
    assert again.recorded.watch() == played.recorded.watch()
    quiet(again, 10)

    started = SetClock(30.0)
    started.ahead = clock.wall() + HOUR - 30.0
    booted = Played(tmp_path, started, boot="b-2")
    quiet(booted, 12.9)
    assert watched(booted) == []
    quiet(booted, 0.2)
    assert watched(booted) == [(27.0, 1)], "3 hours before, 10, one without power, and 13"
    late = Played(tmp_path, started, boot="b-2")
    quiet(late, 30)
    assert len(watched(late)) == 1
    assert in_order(lines(late.state_dir))


def test_50_times_within_a_day_are_one_chain_and_one_line(tmp_path: Path) -> None:
    played = Played(tmp_path, SetClock())
    for _ in range(51):
        broken(played)
        quiet(played, 1.1)
        if _ % 10 == 0:
            played = Played(tmp_path, played.clock)
    watch = played.recorded.watch()
    times = sum(line["times"] for line in told(played.state_dir, "closed"))
    assert watch is not None
    assert times == 51
    assert watch.recurred == len(told(played.state_dir, "opened")) - 1
    assert len({line["chain"] for line in told(played.state_dir, "opened")}) == 1
    quiet(played, 25)
    assert len(watched(played)) == 1


def test_what_is_watched_is_known_behind_more_lines_than_a_start_reads(tmp_path: Path) -> None:
    played = Played(tmp_path, SetClock())
    broken(played)
    quiet(played, 1)
    broken(played)
    _many_lines(played)
    assert len(lines(played.state_dir)) > 400
    again = Played(tmp_path, played.clock)
    watch = again.recorded.watch()
    assert watch is not None
    assert watch.recurred == 1


def test_a_file_that_grew_takes_what_is_watched_along(tmp_path: Path) -> None:
    played = Played(tmp_path, SetClock())
    played.recorder._file._limit = 30_000  # as two megabytes are in earnest
    broken(played)
    quiet(played, 1)
    broken(played)
    _many_lines(played)
    left = {line["kind"] for line in lines(played.state_dir)}
    assert "closed" not in left
    again = Played(tmp_path, played.clock)
    assert again.recorded.watch() == played.recorded.watch()
    quiet(again, 25)
    assert watched(again) == [(25.0, 1)]


def _many_lines(played: Played) -> None:
    for number in range(400):
        stamp = played.recorder.stamp(played.recorder.now())
        played.recorder.put(AgentEvent(what="upgraded", version=f"{number}", config_hash="x" * 100, **stamp))
        played.recorder.flush()


def test_in_the_first_hour_the_daemon_looks_again_half_a_cycle_later(tmp_path: Path) -> None:
    clock, sees, sooner = SetClock(0.0), diagnosis(State.OK), list[float]()
    lights: list[LightExamination | None] = []

    def examine(*_: object, light: LightExamination | None = None, **__: object) -> Examination:
        lights.append(light)
        found = examination(sees, checks=(link("eth1", up=True),))
        return replace(found, seen=found.checks, complete=light is None)

    loaded = load(str(Stage(tmp_path, interval_s=60, retry_s=5).config))
    cycle = cycle_of(loaded, examine, clock, remaining_s=60.0, sooner=sooner.append)

    def look(at: float) -> list[float]:
        """When the next look is to come, where that is before the next cycle."""
        clock.now = at
        sooner.clear()
        cycle.examine_once()
        assert cycle.wait(PATIENCE_S)
        return list(sooner)

    assert [look(at) for at in (0, 60)] == [[], []]
    sees = diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED)
    for at in (120, 130):
        look(at)
    sees = diagnosis(State.OK)
    look(200)
    [half] = look(210)
    assert 28 <= half <= 32
    [half] = look(240)
    between = lights[-1]
    assert between is not None
    assert between.gateways is Depth.REACH
    assert 28 <= half <= 32
    look(270)
    assert lights[-1] is None or lights[-1].gateways is Depth.FULL
    assert look(210 + HOUR) == look(270 + HOUR) == []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as made:
        yield made


def test_the_daemon_says_what_it_watches_and_tells_its_end(tmp_path: Path) -> None:
    with staged(tmp_path, watch_h=0.001) as stage:
        stage.start()
        for _ in range(2):
            stage.say(CABLE)
            stage.until(lambda: stage.status().get("incident"))
            stage.say("ok")
            stage.until(lambda: stage.status()["incident"] is None)
        watch = stage.status()["watch"]
        [*_, last] = told(stage.state_dir, "opened")
        assert watch is None or watch["incident"] == last["chain"]
        stage.until(lambda: stage.status()["watch"] is None)
        found = told(stage.state_dir, "watched")
        assert {line["incident"] for line in found} == {line["chain"] for line in told(stage.state_dir, "opened")}
        assert stage.end() == ""


def test_killed_while_it_watches_it_goes_on(stage: Stage) -> None:
    process = stage.start()
    for _ in range(2):
        stage.say(CABLE)
        stage.until(lambda: stage.status().get("incident"))
        stage.say("ok")
        stage.until(lambda: stage.status()["incident"] is None)
    before = stage.status()["watch"]
    assert before["recurred"] == 1
    process.kill()
    process.wait()
    os.unlink(stage.status_file)
    stage.start()
    stage.until(lambda: stage.status().get("watch"))
    assert stage.status()["watch"] == before
    assert stage.end() == ""


def test_nothing_is_watched_where_that_is_not_wanted(tmp_path: Path) -> None:
    with staged(tmp_path, watch_h=0) as stage:
        stage.start()
        for _ in range(2):
            stage.say(CABLE)
            stage.until(lambda: stage.status().get("incident"))
            stage.say("ok")
            stage.until(lambda: stage.status()["incident"] is None)
        assert json.loads(stage.status_file.read_bytes())["watch"] is None
        assert stage.end() == ""
        assert told(stage.state_dir, "watched") == []
        assert len({line["chain"] for line in told(stage.state_dir, "opened")}) == 2
