"""What the line of a closed incident says of its end: what ended it, and what was tried before, over restarts too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from probes.model import Check, Facts, Outcome, Symptom
from tests.support.checks import check
from tests.support.clocks import SetClock
from tests.support.played_record import Played, link, router
from tests.support.recorded import told

UNKNOWN = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}


def app(*pids: int) -> Check[Facts]:
    return check("app:eth0", pids=pids, names=("pay",)) if pids else check("app:eth0", Outcome.FAIL, Symptom.NOT_RUNNING)


def closed(played: Played) -> dict[str, Any]:
    found: dict[str, Any] = told(played.state_dir, "closed")[-1]
    return found


def test_what_was_done_and_the_end_seen_in_one_look(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(app(12))
    clock.now += 60
    played.see(app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 60
    played.see(app(12, 13))
    assert closed(played)["ended_by"] == UNKNOWN, "the same process goes on"
    clock.now += 60
    played.see(app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 60
    played.see(app(40))
    assert closed(played)["ended_by"] == {"trace": "app_restarted", "step": None, "how": "seen", "confidence": 0.9}
    assert closed(played)["tried"] == []


def test_what_flaps_and_is_not_told_again_is_a_trace_all_the_same(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(app(12))
    for pid in (20, 21, 22):
        clock.now += 30
        played.see(app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
        clock.now += 30
        played.see(app(pid))
        assert closed(played)["ended_by"]["trace"] == "app_restarted"


def test_in_vain_and_then_what_helped_over_a_start_of_the_machine(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(link(up=True), app(12))
    clock.now += 60
    played.see(link(up=True), app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 3
    played.see(link(up=False), app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 3
    played.see(link(up=True), check("internet:check-1"), app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 100
    played.see(link(up=True), app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.ahead, clock.now = clock.ahead + clock.now + 30, 30.0
    later = Played(tmp_path, clock, boot="b-2")
    later.see(link(up=True), app(8))
    found = closed(later)
    assert found["ended_by"]["trace"] == "terminal_restarted"
    assert found["duration_s"] == 166.0


def test_nothing_moved_here_and_the_host_answers_again(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"))
    clock.now += 60
    played.see(*router("02:00:00:00:00:01"), state=State.OUTAGE, cause=Cause.GATEWAY_DOWN)
    clock.now += 600
    played.see(*router("02:00:00:00:00:01"))
    assert closed(played)["ended_by"]["trace"] == "host_recovered"


def test_a_clock_that_was_set(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see()
    clock.now += 60
    played.see(state=State.OUTAGE, cause=Cause.CLOCK_WRONG)
    clock.now, clock.ahead = clock.now + 60, 90_000_000.0
    played.recorder.clock_moved(90_000_000.0)
    played.see()
    assert closed(played)["ended_by"]["trace"] == "clock_set"


def test_what_changed_in_the_look_that_first_saw_it_ended_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"))
    clock.now += 60
    played.see(*router("02:00:00:00:00:02"), state=State.OUTAGE, cause=Cause.ROUTER_UNREACHABLE)
    clock.now += 60
    played.see(*router("02:00:00:00:00:02"))
    assert closed(played)["ended_by"] == UNKNOWN


def test_an_answer_that_was_only_carried_over_says_nothing_of_now(tmp_path: Path) -> None:
    """Of an earlier look, in one that spared the router: the restart is not over."""
    clock = SetClock()
    played = Played(tmp_path, clock)
    old = check("internet:check-1", observed_at="2020-01-01T00:00:00.000Z")
    bad = check("internet:check-1", Outcome.FAIL, Symptom.TIMEOUT)
    mute = check("router:10.0.0.1", Outcome.FAIL, Symptom.NO_REPLY, interface="eth0")
    played.see(*router("02:00:00:00:00:01"), check("internet:check-1"))
    for seconds, checks in (
        (10, (link(up=True), mute, bad)),
        (30, (link(up=True), mute, old)),
        (30, (*router("02:00:00:00:00:01"), old)),
        (10, (*router("02:00:00:00:00:01"), bad)),
    ):
        clock.now += seconds
        played.see(*checks, state=State.OUTAGE, cause=Cause.ROUTER_UNREACHABLE)
    clock.now += 10
    played.see(*router("02:00:00:00:00:01"), check("internet:check-1"))
    assert closed(played)["ended_by"]["trace"] == "router_restarted"
