"""When a backup is tried for real: by the record's last drill, the terminal's own place, opening hours, and a clock that may be wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent.contract.event import DrillEvent
from agent.record.carry import carried
from agent.record.drills import GIVE_WAY_DAYS, SPREAD_S, WINDOW_S, Schedule, due, known_since, last_drills, schedule
from agent.record.moments import Moment
from agent.record.past import past
from agent.settings.hours import parse
from agent.storage.history_file import HistoryFile
from tests.support.recorded import change, stamped

DAY_S = 86400.0


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    """With a clock that is changed twice a year."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
    time.tzset()


def at(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


def moment(when: float, **more: Any) -> Moment:
    known: dict[str, Any] = {"at": when, "boot_id": "b", "running_s": when - at("2026-01-01 00:00")}
    return Moment(**known | more)


def plan(days: int = 30, begins: str = "05:00", hours: str = "", terminal: str = "T-1") -> Schedule:
    return schedule(days, begins, terminal, parse(hours) if hours else None)


def begins(of: Schedule, last: str | None, now: str, since: str = "2026-01-01 12:00") -> float:
    seconds = due(of, None if last is None else moment(at(last)), moment(at(since)), moment(at(now)))
    assert seconds is not None
    return at(now) + seconds


def clock(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(when))


def test_a_drill_comes_so_many_days_after_the_last_within_two_hours_of_its_time() -> None:
    for number in range(50):
        found = begins(plan(terminal=f"T-{number}"), "2026-02-01 13:00", "2026-02-02 00:00")
        assert at("2026-03-03 05:00") <= found < at("2026-03-03 07:00")


def test_terminals_of_a_fleet_are_spread_over_the_days_and_over_the_two_hours() -> None:
    found = [begins(plan(terminal=f"T-{number}"), None, "2026-01-01 13:00") for number in range(600)]
    days = {clock(each)[:10] for each in found}
    assert len(days) == 30 and min(days) == "2026-01-02"
    minutes = {clock(each)[11:] for each in found}
    assert len(minutes) > 90 and all("05:00" <= each <= "07:00" for each in minutes)
    assert found == [begins(plan(terminal=f"T-{number}"), None, "2026-01-01 13:00") for number in range(600)], "the same at each start"


def test_never_is_never() -> None:
    assert due(plan(days=0), None, moment(at("2026-01-01 00:00")), moment(at("2026-09-01 05:30"))) is None


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_days_on_which_the_clock_is_changed_have_one_drill_each(day: str) -> None:
    """At 02:30, which the one day does not have and the other has twice."""
    daily = plan(days=1, begins="02:30", terminal="T-early")
    now, last, found = at(f"{day} 00:00") - DAY_S, None, []
    while now < at(f"{day} 00:00") + 2 * DAY_S:
        seconds = due(daily, last, moment(at("2026-01-01 00:00")), moment(now))
        assert seconds is not None
        if seconds == 0:
            last = moment(now)
            found.append(clock(now)[:10])
        now += max(60.0, seconds)
    assert len(found) == len(set(found)) == 3


def test_a_drill_that_has_to_wait_is_tried_again_the_same_night_and_then_the_next() -> None:
    of = plan()
    first = begins(of, "2026-02-01 13:00", "2026-03-03 00:00")
    assert due(of, moment(at("2026-02-01 13:00")), moment(0.0), moment(first + WINDOW_S - 1)) == 0
    later = begins(of, "2026-02-01 13:00", clock(first + WINDOW_S + 60))
    assert later - first == DAY_S


def test_a_machine_that_never_runs_at_that_time_is_tried_at_another() -> None:
    of = plan()
    assert begins(of, "2026-02-01 13:00", "2026-03-04 12:00") > at("2026-03-05 04:59")
    overdue = at("2026-03-03 12:00") + GIVE_WAY_DAYS * DAY_S
    assert begins(of, "2026-02-01 13:00", clock(overdue)) == overdue


def test_no_drill_in_opening_hours() -> None:
    early = plan(hours="Mo-Su 04:00-22:00")
    found = begins(early, "2026-02-01 13:00", "2026-03-03 00:00")
    assert at("2026-03-03 22:00") <= found <= at("2026-03-03 22:30")
    assert due(early, moment(at("2026-02-01 13:00")), moment(0.0), moment(at("2026-03-20 12:00"))) == 10 * 3600, "not when overdue either"
    always = plan(hours="24/7")
    assert at("2026-03-03 05:00") <= begins(always, "2026-02-01 13:00", "2026-03-03 00:00") < at("2026-03-03 07:00")
    night = plan(hours="Mo-Su 22:00-06:00")
    assert not parse("Mo-Su 22:00-06:00").open_at(begins(night, "2026-02-01 13:00", "2026-03-03 00:00"))


def test_with_a_clock_in_doubt_only_the_time_that_the_machine_has_run_counts() -> None:
    of = plan()
    here: dict[str, Any] = {"boot_id": "b", "doubtful": True}
    now = Moment(at=at("1970-01-05 00:00"), running_s=3 * DAY_S, **here)
    other_boot = Moment(at=at("2026-02-01 05:00"), boot_id="a", running_s=50.0)
    assert due(of, other_boot, other_boot, now) == pytest.approx(27 * DAY_S + of.offset_s)
    assert due(of, Moment(at=0.0, running_s=2 * DAY_S, **here), other_boot, now) == pytest.approx(29 * DAY_S + of.offset_s)
    assert due(of, other_boot, other_boot, Moment(at=0.0, running_s=31 * DAY_S, **here)) == 0


def test_a_last_drill_that_a_clock_ahead_dated_does_not_put_off_the_next_for_years() -> None:
    ahead = Moment(at=at("2036-01-01 05:00"), boot_id="a", running_s=5.0)
    now = moment(at("2026-02-01 12:00"), running_s=DAY_S)
    seconds = due(plan(), ahead, ahead, now)
    assert seconds is not None and seconds < 31 * DAY_S


def test_the_last_drill_of_each_thing_is_known_and_goes_on_over_rotations(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path, carry=lambda each: carried(each, stamped({})), limit=40_000)
    file.append([DrillEvent(what="uplink", subject="wwan0", result="failed", text="first", **stamped({}))])
    file.append([DrillEvent(what="uplink", subject="wwan0", result="passed", text="second", **stamped({}))])
    file.append([DrillEvent(what="uplink", subject="wwan0", result="skipped", text="no budget", **stamped({}))])
    file.append([DrillEvent(what="gateway", subject="acquirer-b", result="failed", **stamped({}))])
    for _ in range(600):
        file.append([change(after="x" * 500)])
    found = last_drills(tmp_path)
    assert {key: (each.result, each.text) for key, each in found.items()} == {
        ("uplink", "wwan0"): ("passed", "second"),
        ("gateway", "acquirer-b"): ("failed", ""),
    }
    told = [each for each in past(tmp_path).events if isinstance(each, DrillEvent)]
    assert [(each.what, each.result) for each in told] == [("uplink", "passed"), ("gateway", "failed")]
    assert past(tmp_path).unreadable == 0
    since = known_since(tmp_path)
    assert since is not None and since.running_s == 100.0


def test_two_terminals_need_not_begin_in_one_minute() -> None:
    offsets = sorted(plan(terminal=f"T-{number}").offset_s for number in range(100))
    assert offsets[0] >= 0 and offsets[-1] < SPREAD_S and max(b - a for a, b in pairwise(offsets)) < SPREAD_S / 8
