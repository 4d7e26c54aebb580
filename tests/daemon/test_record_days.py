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


def test_what_the_last_status_told_of_the_day_outlives_a_kill(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    with in_zone("UTC"):
        played = Played(tmp_path, clock, hours="12:30-20:00")
        watch(played, 60)
        watch(played, 20, State.OUTAGE)
        today = played.recorder.today
        assert today is not None and today.seconds == {"ok": 3600, "outage": 1140}
        played = Played(tmp_path, clock, hours="12:30-20:00", today=today)  # nothing was said at its end
        watch(played, 5)
        found = played.recorder.today
    assert found is not None and found.seconds == {"ok": 3840, "outage": 1140} and found.can_pay == 3840
    assert found.opening is not None and found.opening.seconds == {"ok": 2100, "outage": 1140}


def test_a_status_of_a_day_that_was_told_since_adds_nothing(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    played = Played(tmp_path, clock)
    watch(played, 10)
    today = played.recorder.today
    clock.now += 86_400
    watch(played, 3)
    kept = played.recorder.today
    played.close()
    played = Played(tmp_path, clock, today=today)
    found = played.recorder.today
    assert found is not None and kept is not None and (found.day, found.seconds) == (kept.day, kept.seconds)
    assert [line["day"] for line in told(played.state_dir, "day")] == ["2026-02-02"]


def test_what_is_kept_of_the_day_is_not_made_less_by_an_older_status(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    played = Played(tmp_path, clock)
    watch(played, 10)
    older = played.recorder.today
    watch(played, 10)
    newer = played.recorder.today
    played.close()
    found = Played(tmp_path, clock, today=older).recorder.today
    assert found is not None and newer is not None and found.seconds == newer.seconds
