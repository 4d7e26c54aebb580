"""Days as the service counts them: over starts, in opening hours, with planned work; told in the status document until they are over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.contract.event import ToldEvent
from agent.contract.times import parse, utc
from agent.diagnosis.model import State
from probes.model import Check, Facts, Outcome, check_of
from probes.model.facts import ReachFacts
from tests.support.clocks import SetClock, in_zone
from tests.support.played_record import Played
from tests.support.recorded import told

NOON = parse("2026-02-02T12:00:00Z") or 0.0  # a Monday


def answered(at: float, took_ms: float = 20.0) -> Check[Facts]:
    facts = ReachFacts(interface="eth0", via="10.0.0.1", connect_ms=took_ms)
    return replace(check_of(facts, Outcome.PASS, name="1.1.1.1:53"), observed_at=utc(at))


def watch(played: Played, minutes: int, state: State = State.OK) -> None:
    for _ in range(minutes):
        played.clock.now += 60
        played.see(answered(played.clock.now), state=state, uplink="eth0")


def planned(played: Played, minutes: float) -> None:
    known: dict[str, Any] = played.recorder.stamp(played.recorder.now())
    played.recorder.put(ToldEvent(what="maintenance", word="w-1", until=utc(played.clock.wall() + 60 * minutes), **known))


def test_a_day_is_told_with_its_opening_hours_its_planned_work_and_its_uplinks(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    with in_zone("UTC"):
        played = Played(tmp_path, clock, hours="12:30-20:00")
        watch(played, 61)
        planned(played, 10)
        watch(played, 5, State.OUTAGE)
        played.close()
        played = Played(tmp_path, clock, hours="12:30-20:00")  # what was planned goes on
        watch(played, 11, State.OUTAGE)
        today = played.recorder.today
        clock.now += 12 * 3600
        watch(played, 1)
        played.close()
    assert today is not None and (today.day, today.planned, today.can_pay) == ("2026-02-02", 540, 3600)
    [line] = told(played.state_dir, "day")
    assert line["day"] == today.day and line["planned"] == today.planned and line["can_pay"] == today.can_pay
    assert line["seconds"] == today.seconds == {"ok": 3600, "outage": 360}
    assert line["unwatched"] == 86_400 - 3600 - 360 - 540
    assert line["opening"] == {"seconds": {"ok": 1860, "outage": 360}, "can_pay": 1860, "planned": 540}
    assert line["uplinks"]["eth0"]["n"] == 77 and line["uplinks"]["eth0"]["p50_ms"] == 20.0


def test_without_opening_hours_nothing_is_said_of_them(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    played = Played(tmp_path, clock)
    watch(played, 3)
    today = played.recorder.today
    assert today is not None and today.opening is None and today.planned == 0
    clock.now += 86_400
    watch(played, 1)
    [line] = told(played.state_dir, "day")
    assert "opening" not in line or line["opening"] is None


def test_a_day_that_was_told_is_not_told_again_where_what_is_kept_is_older(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    played = Played(tmp_path, clock)
    watch(played, 10)
    played.close()
    kept = (played.state_dir / "record-seen.json").read_bytes()
    clock.now += 86_400
    played = Played(tmp_path, clock)
    watch(played, 2)  # the line about yesterday is written
    (played.state_dir / "record-seen.json").write_bytes(kept)  # and a power cut comes before what is kept is
    played = Played(tmp_path, clock)
    watch(played, 2)
    assert [line["day"] for line in told(played.state_dir, "day")] == ["2026-02-02"]
