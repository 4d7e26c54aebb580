"""What the record costs: bytes on flash in a quiet month and on the worst day, and how much waits in memory."""

from __future__ import annotations

from pathlib import Path

from agent.daemon.recorder import MOST_WAITING
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.storage.history_file import SIZE_LIMIT, HistoryFile
from tests.support.clocks import SetClock
from tests.support.played_record import Played, host, link, router
from tests.support.recorded import change, in_order, lines, told


def test_at_most_so_many_wait_and_an_incident_longer_than_a_change(tmp_path: Path) -> None:
    clock = SetClock()
    played = Played(tmp_path, clock)
    played.state_dir.write_text("no directory")
    for number in range(2 * MOST_WAITING):
        clock.now += 30
        bad = number % 50 == 0
        state, cause = (State.OUTAGE, Cause.INTERNET_DOWN) if bad else (State.OK, None)
        played.see(*[link(f"eth{number + each}", up=bool(number % 2)) for each in range(2)], state=state, cause=cause)
    played.state_dir.unlink()
    played.recorder.flush()
    found = lines(played.state_dir)
    assert len(found) <= MOST_WAITING
    assert in_order(found)
    assert len(told(played.state_dir, "opened")) == len(told(played.state_dir, "closed")) == 2 * MOST_WAITING // 50


def test_a_quiet_month_costs_less_than_0_2_mb_a_day(tmp_path: Path) -> None:
    """A change now and then, a fault a day, a start a week; all that is written, and not what is left of it."""
    clock, written, seen = SetClock(), 0, 0
    played = Played(tmp_path, clock, interval_s=300)
    for cycle in range(30 * 288):
        clock.now += 300
        day, part = divmod(cycle, 288)
        mac = f"02:00:00:00:00:{day // 10:02x}"
        down = part in (100, 101)
        state, cause = (State.OUTAGE, Cause.INTERNET_DOWN) if down else (State.OK, None)
        before = (played.state_dir / "record-seen.json").stat().st_mtime_ns if seen else 0
        played.see(*router(mac), host("a", f"192.0.2.{cycle % 2}"), state=state, cause=cause)
        path = played.state_dir / "record-seen.json"
        if path.exists() and path.stat().st_mtime_ns != before:
            seen += 4096
        if part == 0 and day % 7 == 6:
            played.close()
            written += played.recorder.flash_bytes
            played = Played(tmp_path, clock, interval_s=300)
    written += played.recorder.flash_bytes
    assert len(told(played.state_dir, "opened")) == 30
    days = told(played.state_dir, "day")
    assert len({each["day"] for each in days}) == len(days) == 30
    assert all(each["seconds"]["outage"] == 600 and each["seconds"]["ok"] in (85_800, 85_500) for each in days[1:]), "but for a restart"
    assert 0 < (written + seen) / 30 < 50_000, (written, seen)


def test_the_worst_day_costs_less_than_0_5_mb(tmp_path: Path) -> None:
    """Everything is otherwise at every look, every 10 s, and each time it is another incident."""
    clock, seen = SetClock(), 0
    played = Played(tmp_path, clock)
    path = played.state_dir / "record-seen.json"
    stamp = 0
    for look in range(8641):
        clock.now += 10
        bad = bool(look % 2)
        state, cause = (State.OUTAGE, [Cause.INTERNET_DOWN, Cause.DNS_UNREACHABLE][look // 2 % 2]) if bad else (State.OK, None)
        many = [link(f"eth{number}", up=bad) for number in range(24)]
        gateways = [host(str(number), f"192.0.{look % 256}.{look // 256}") for number in range(8)]
        played.see(*many, *gateways, *router(f"02:00:00:00:{look // 256:02x}:{look % 256:02x}"), state=state, cause=cause)
        if path.exists() and path.stat().st_mtime_ns != stamp:
            stamp, seen = path.stat().st_mtime_ns, seen + path.stat().st_size // 4096 * 4096 + 4096
    played.close()
    assert played.recorder.flash_bytes + seen < 500_000, (played.recorder.flash_bytes, seen)
    found = lines(played.state_dir)
    assert in_order(found)
    counted = sum(each["count"] for each in found if each["kind"] == "change" and each["subject"] == "eth3")
    assert counted == 8640, "what is not repeated is counted"
    assert sum(each["times"] for each in found if each["kind"] == "closed") == 4320


def test_a_file_that_has_grown_becomes_the_predecessor_and_what_is_open_goes_on(tmp_path: Path) -> None:
    clock = SetClock()
    first = Played(tmp_path, clock)
    first.see(*router("02:00:00:00:00:01"), state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    file = HistoryFile(first.state_dir)
    for _ in range(SIZE_LIMIT // 100_000):
        file.append([change(after="x" * 1700)] * 50)
    while file.path.stat().st_size < SIZE_LIMIT - 4000:
        file.append([change(after="x" * 1700)])
    before = len(lines(first.state_dir))
    played = Played(tmp_path, clock)
    for number in range(200):
        clock.now += 30
        gateways = [host(str(each), f"192.0.2.{number}") for each in range(20)]
        played.see(*router(f"02:00:00:00:00:{number:02x}"), *gateways, state=State.OUTAGE, cause=Cause.INTERNET_DOWN)
    clock.now += 30
    played.see(*router("02:00:00:00:00:01"))
    assert (played.state_dir / "history.1.ndjson").exists()
    found = lines(played.state_dir)
    assert in_order(found)
    assert len(found) > before, "the predecessor is all that was there"
    assert [line["kind"] for line in found].count("carried") == 1
    assert len(told(played.state_dir, "opened")) == len(told(played.state_dir, "closed")) == 1
    assert sum(path.stat().st_size for path in played.state_dir.glob("history*")) <= 2 * SIZE_LIMIT
