"""What the line of a closed incident says of its end: what ended it, and what was tried before, over restarts too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, LinkFacts, RouterFacts
from tests.support import documents
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


def killed(played: Played, tmp_path: Path, clock: SetClock, *last: Check[Facts], boot: str = "b-1", after_s: float = 10) -> Played:
    """The last status is of a moment ago, and tells of the look that was the last one."""
    looked = utc(clock.wall())
    status = documents.status(CanPay.NO, State.OUTAGE, tuple(replace(each, observed_at=looked) for each in last))
    clock.now += after_s
    if boot != "b-1":
        clock.ahead, clock.now = clock.ahead + clock.now - 25, 25.0
    later = Played(tmp_path, clock, boot=boot)
    later.recorded.seen_before(replace(status, boot_id="b-1"))
    return later


MUTE = (check_of(LinkFacts(interface_kind="ethernet", carrier=True), Outcome.PASS, name="eth0"),
        check_of(RouterFacts(interface="eth0"), Outcome.FAIL, Symptom.NO_REPLY, name="10.0.0.1"))  # fmt: skip
WELL, NO_LINE = check("internet:check-1"), check("internet:check-1", Outcome.FAIL, Symptom.TIMEOUT)


@pytest.mark.parametrize("boot", ["b-1", "b-2"])
def test_a_router_that_was_silent_when_the_service_was_killed_was_restarted(tmp_path: Path, boot: str) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"), WELL)
    played.recorder.keep(closing=True)
    clock.now += 60
    played.see(*MUTE, NO_LINE, state=State.OUTAGE, cause=Cause.ROUTER_UNREACHABLE)
    later = killed(played, tmp_path, clock, *MUTE, NO_LINE, boot=boot)
    for seconds, checks in (
        (60, (*MUTE, NO_LINE)),
        (400, (*router("02:00:00:00:00:01"), NO_LINE)),
        (8, (*router("02:00:00:00:00:01"), NO_LINE)),
    ):
        clock.now += seconds
        later.see(*checks, state=State.OUTAGE, cause=Cause.ROUTER_UNREACHABLE)
    clock.now += 5
    later.see(*router("02:00:00:00:00:01"), WELL)
    assert closed(later)["ended_by"]["trace"] == "router_restarted"


def printer(symptom: Symptom | None = None) -> Check[Facts]:
    return check("serial:eth0", Outcome.FAIL, symptom) if symptom else check("serial:eth0")


def test_a_printer_that_had_told_of_its_jam_before_the_service_was_killed_was_switched_off_and_on(tmp_path: Path) -> None:
    for told_of, trace in ((Cause.PRINTER_FAULT, "device_restarted"), (Cause.DEVICE_NOT_RESPONDING, None)):
        clock = SetClock()
        folder = tmp_path / str(trace)
        folder.mkdir()
        played = Played(folder, clock)
        played.see(printer())
        clock.now += 60
        played.see(printer(Symptom.PRINTER_FAULT), state=State.OUTAGE, cause=told_of)
        clock.now += 60
        later = killed(played, folder, clock, printer(Symptom.NO_REPLY))
        later.see(printer())
        assert closed(later)["ended_by"]["trace"] == trace


def test_a_cable_that_came_back_while_no_service_ran_is_known_where_that_was_short(tmp_path: Path) -> None:
    for after_s, trace in ((10, "link_replugged"), (100, None)):
        clock = SetClock()
        folder = tmp_path / str(after_s)
        folder.mkdir()
        played = Played(folder, clock)
        played.see(*router("02:00:00:00:00:01"), WELL)
        clock.now += 60
        played.see(link(up=False), state=State.OUTAGE, cause=Cause.CABLE_UNPLUGGED)
        clock.now += 60
        later = killed(played, folder, clock, link(up=False), after_s=after_s)
        later.see(*router("02:00:00:00:00:01"), WELL)
        assert closed(later)["ended_by"]["trace"] == trace


def test_a_status_of_a_time_to_come_or_none_tells_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(printer())
    clock.now += 60
    played.see(printer(Symptom.PRINTER_FAULT), state=State.OUTAGE, cause=Cause.PRINTER_FAULT)
    later = killed(played, tmp_path, clock, printer(Symptom.NO_REPLY), after_s=-30)
    later.recorded.seen_before(None)
    clock.now += 60
    later.see(printer())
    assert closed(later)["ended_by"] == UNKNOWN


def test_what_was_done_at_a_time_that_nobody_knows_is_no_repair_in_vain(tmp_path: Path) -> None:
    """By a clock that nobody believed, before a start of the machine: all that is known is that it was before that start."""
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(check("system:clock", Outcome.FAIL, Symptom.CLOCK_SKEW, skew_s=9000.0), app(12))
    played.recorder.clock_moved(1.0)
    clock.now += 7200
    played.see(check("system:clock", skew_s=0.0), app(12))
    clock.now += 60
    played.see(app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    later = killed(played, tmp_path, clock, app(), boot="b-2", after_s=300)
    later.see(app(), state=State.OUTAGE, cause=Cause.PAYMENT_APP_DOWN)
    clock.now += 400
    later.see(app(13))
    assert [each["trace"] for each in closed(later)["tried"]] == ["terminal_restarted"]


def uplinks(*routes: str, backup: str = "10.64.0.2/24") -> tuple[Check[Facts], ...]:
    """Of both the address; `routes`: those with a default route."""
    addresses = {"eth0": "192.168.1.20/24", "wwan0": backup}
    found: list[Check[Facts]] = [link(name, up=True) for name in addresses]
    for name, own in addresses.items():
        routers = (f"{own[:-4]}1",) if name in routes else ()
        found.append(check_of(AddressFacts(addresses=(own,) if own else (), routers=routers), Outcome.PASS, name=name))
    return tuple(found)


@pytest.mark.parametrize(("backup", "trace"), [("10.64.0.2/24", "uplink_switched"), ("", "address_renewed")])
def test_a_default_route_over_the_backup_is_no_address_that_was_renewed(tmp_path: Path, backup: str, trace: str) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*uplinks("eth0", backup=backup), uplink="eth0")
    clock.now += 60
    played.see(*uplinks("eth0", backup=backup), uplink="eth0", state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    clock.now += 60
    played.see(*uplinks("eth0", "wwan0"), uplink="wwan0")
    assert closed(played)["ended_by"]["trace"] == trace
