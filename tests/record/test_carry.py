"""Over many rotations: every incident and every day is counted once, in what is there or in what was carried over."""

from __future__ import annotations

from pathlib import Path

from agent.contract.event import ClosedEvent, DayEvent
from agent.record.carry import MOST_DAYS, carried
from agent.storage.history_file import HistoryFile
from tests.support.recorded import change, in_order, lines, opened, stamped


def closed(incident: str, duration_s: float) -> ClosedEvent:
    return ClosedEvent(incident=incident, ended_at="2026-01-31T08:00:00.000Z", duration_s=duration_s, **stamped({}))


def day(number: int) -> DayEvent:
    return DayEvent(day=f"day {number}", seconds={"ok": 86_400}, can_pay=86_400, unwatched=0, **stamped({}))


def file_in(folder: Path, limit: int = 40_000) -> HistoryFile:
    return HistoryFile(folder, carry=lambda each: carried(each, stamped({})), limit=limit)


def test_totals_days_and_what_is_open_go_on_over_rotations(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    for number in range(300):
        file.append([opened(f"I-{number}", cause=["a.a", "b.b"][number % 2])])
        file.append([change(after="x" * 500)])
        file.append([closed(f"I-{number}", 10.0 + number), day(number)])
    found = lines(tmp_path)
    assert in_order(found)
    newest = [line for line in found if line["kind"] == "carried"][-1]
    left = {line["incident"] for line in found if line["kind"] == "closed"}
    gone = [number for number in range(300) if f"I-{number}" not in left]
    assert len(gone) > 100
    assert sum(total["count"] for total in newest["totals"]) == len(gone)
    assert sum(total["seconds"] for total in newest["totals"]) == sum(10.0 + number for number in gone)
    assert {total["cause"] for total in newest["totals"]} == {"a.a", "b.b"}
    assert {line["day"] for line in found if line["kind"] == "day"} == {f"day {number}" for number in range(300)}
    at = found.index(newest)
    head = [line["day"] for line in found[at + 1 : at + 1 + newest["days"]]]
    assert len(head) == len(set(head)), "each once"


def test_an_incident_that_lasts_longer_than_the_files_is_not_lost(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    file.append([opened("I-long")])
    for _ in range(600):
        file.append([change(after="x" * 500)])
    newest = [line for line in lines(tmp_path) if line["kind"] == "carried"][-1]
    assert [line["incident"] for line in newest["open"]] == ["I-long"]
    file.append([closed("I-long", 5.0)])
    for _ in range(600):
        file.append([change(after="x" * 500)])
    newest = [line for line in lines(tmp_path) if line["kind"] == "carried"][-1]
    assert newest["open"] == []
    assert [(total["count"], total["seconds"]) for total in newest["totals"]] == [(1, 5.0)]


def test_days_are_carried_for_more_than_a_year_and_not_for_ever(tmp_path: Path) -> None:
    file = file_in(tmp_path, limit=200_000)
    for number in range(2000):
        file.append([day(number)])
    found = [line for line in lines(tmp_path) if line["kind"] == "carried"]
    assert found[-1]["days"] <= MOST_DAYS
    assert {line["day"] for line in lines(tmp_path) if line["kind"] == "day"} >= {f"day {number}" for number in range(1600, 2000)}


def test_a_damaged_file_costs_its_own_lines_alone(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    file.append([opened("I-1"), closed("I-1", 5.0)])
    (tmp_path / "history.1.ndjson").write_bytes(file.path.read_bytes() + b"\xff\xfe no event\n" + b'{"half')
    [head] = carried(tmp_path, stamped({}))
    assert [(total.count, total.seconds) for total in head.totals] == [(1, 5.0)]  # type: ignore[union-attr]
