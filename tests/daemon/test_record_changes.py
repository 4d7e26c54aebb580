"""What the daemon records of changes and of its own: once, over restarts, with what came before an incident."""

from __future__ import annotations

from pathlib import Path

from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from probes.model import Outcome, Symptom
from tests.support.checks import check
from tests.support.clocks import SetClock
from tests.support.played_record import Played, changes, link, router
from tests.support.recorded import told


def test_a_change_is_told_once_with_before_and_after_and_over_restarts(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"))
    assert changes(played.state_dir) == []
    played.close()
    again = Played(tmp_path, clock)
    for _ in range(3):
        clock.now += 30
        again.see(*router("02:00:00:00:00:02"))
    expected = [("router", "10.0.0.1", "02:00:00:00:00:01", "02:00:00:00:00:02")]
    assert changes(again.state_dir) == expected
    clock.now += 30
    killed = Played(tmp_path, clock)  # nothing was written down since
    killed.see(*router("02:00:00:00:00:02"))
    assert changes(killed.state_dir) == expected


def test_a_boot_another_kernel_and_another_version_are_changes_and_its_processes_are_none(tmp_path: Path) -> None:
    clock = SetClock()
    app = check("app:pay", pids=(12,), names=("pay",))
    played = Played(tmp_path, clock)
    played.see(app)
    played.close()
    clock.now, clock.ahead = 20.0, clock.now
    later = Played(tmp_path, clock, boot="b-2", store="another shop")
    later.see(check("app:pay", pids=(700,), names=("pay",)))
    assert changes(later.state_dir) == [("boot", "", "b-1", "b-2")], "the name of the shop is no setting of the agent's work"


def test_another_configuration_is_a_change_and_said_of_the_agent(tmp_path: Path) -> None:
    clock = SetClock()
    Played(tmp_path, clock).see()
    other = Played(tmp_path, clock, interval_s=61)
    other.see()
    assert [each[0] for each in changes(other.state_dir)] == ["config"]
    assert [each["what"] for each in told(other.state_dir, "agent")] == ["started", "config_changed"]


def test_a_clock_that_is_set_is_a_change_and_moves_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"))
    clock.now += 100
    played.see(*router("02:00:00:00:00:02"))
    clock.now, clock.ahead = clock.now + 1200, -90_000_000.0
    played.recorder.clock_moved(-90_000_000.0)
    played.see(*router("02:00:00:00:00:02"), state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    assert played.incident is not None
    found = [(each["what"], each["after"], each["seconds"]) for each in played.incident.changes_before]
    assert found == [("clock", "-90000000 s", 0), ("router", "02:00:00:00:00:02", 1200)]
    clock.now += 60
    played.see(*router("02:00:00:00:00:02"))
    [closed] = told(played.state_dir, "closed")
    assert closed["duration_s"] == 60.0


def test_what_changed_before_stands_in_the_incident_and_in_its_line(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"), uplink="eth0")
    clock.now += 100
    played.see(*router("02:00:00:00:00:02"), uplink="eth0")
    clock.now += 1200
    played.see(*router("02:00:00:00:00:02"), state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    clock.now += 60
    played.see(*router("02:00:00:00:00:03"), state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    [opened] = told(played.state_dir, "opened")
    assert played.incident is not None
    assert opened["changes_before"] == list(played.incident.changes_before)
    assert [(each["what"], each["after"], each["seconds"]) for each in opened["changes_before"]] == [("router", "02:00:00:00:00:02", 1200)]


def test_numbers_of_the_acquirer_are_masked(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock, merchant_id="898440154110001")
    played.see(check("gateway:a", certificate={"subject": "CN=898440154110001", "not_after": "2026"}))
    played.see(check("gateway:a", certificate={"subject": "CN=898440154110001", "not_after": "2027"}))
    played.close()
    written = b"".join(path.read_bytes() for path in played.state_dir.iterdir())
    assert b"898440154110001" not in written
    assert b"***********0001" in written


def test_a_later_version_and_a_damaged_file_of_what_was_seen(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(*router("02:00:00:00:00:01"))
    played.see(*router("02:00:00:00:00:02"))
    played.close()
    (played.state_dir / "record-seen.json").write_bytes(b"\0" * 400)
    again = Played(tmp_path, clock)
    again.see(*router("02:00:00:00:00:02"))
    clock.now += 1000
    again.see(*router("02:00:00:00:00:03"))
    assert [each[3][-1] for each in changes(again.state_dir)] == ["2", "3"], "the record's own lines tell what was seen last"


def test_the_time_of_a_line_is_that_of_what_happened(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.see(link(up=True))
    clock.now += 1
    played.see(link(up=False))
    [found] = told(played.state_dir, "change")
    assert (found["at"], found["running_s"], found["boot_id"], found["clock"]) == (utc(clock.wall()), clock.now, "b-1", "ok")
    wrong = check("system:clock", Outcome.FAIL, Symptom.CLOCK_SKEW, skew_s=9000.0)
    clock.now += 1000
    played.see(link(up=True), wrong)
    assert told(played.state_dir, "change")[-1]["clock"] == "doubtful"
