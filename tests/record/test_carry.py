"""Over many rotations: every incident and every day is counted once, in what is there or in what was carried over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, DayEvent, Evidence, StepCount, ToldEvent
from agent.diagnosis.causes import Cause
from agent.record.carry import MOST_DAYS, carried
from agent.record.learned import Learned
from agent.record.recount import recount
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


def test_an_incident_counts_for_the_cause_that_led_the_longest(tmp_path: Path) -> None:
    """As it does while its lines are there."""

    def at(seconds: int) -> dict[str, Any]:
        return stamped({"at": f"2026-01-31T08:00:{seconds:02}.000Z", "running_s": 100.0 + seconds})

    led: dict[str, Any] = {"incident": "I-1", "state": "outage", "can_pay": "no", "subject": "", "category": None, "confidence": 0.9}
    file = file_in(tmp_path, limit=10_000_000)
    file.append([opened("I-1", cause="a.a", began_at="2026-01-31T08:00:00.000Z", **at(0)), CauseEvent(cause="b.b", **led, **at(5))])
    file.append([ClosedEvent(incident="I-1", ended_at="2026-01-31T08:00:50.000Z", duration_s=50.0, **at(50))])
    file.path.rename(tmp_path / "history.1.ndjson")
    [head] = carried(tmp_path, stamped({}))
    assert isinstance(head, CarriedEvent)
    assert [(total.cause, total.count, total.seconds) for total in head.totals] == [("b.b", 1, 50.0)]


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


REOPENED = {"trace": "app_restarted", "step": "reopen_app", "how": "seen", "confidence": 0.9}
REPLUGGED = {"trace": "link_replugged", "step": None, "how": "seen", "confidence": 0.9}
RENUMBERED, CABLE = "system.port_renumbered", "operator.cable_unplugged"


def test_what_was_learnt_of_the_steps_goes_on_over_rotations_and_later_words_with_it(tmp_path: Path) -> None:
    file, whole = file_in(tmp_path), Learned()
    for number in range(300):
        name, cause, end = f"I-{number}", *[(RENUMBERED, REOPENED), (CABLE, REPLUGGED)][number % 2]
        events: list[AnyEvent] = [opened(name, cause=cause), replace(closed(name, 10.0), ended_by=end), change(after="x" * 500)]
        if number % 7 == 0:
            events.append(ToldEvent(what="did", word="w", incident=name, step=f"{RENUMBERED}:restart_terminal", helped="no", **stamped({})))
        if number % 10 == 9:  # a word about one of some incidents ago, which may lie in the other file
            events.append(ToldEvent(what="did", word="w", incident=f"I-{number - 9}", step="reopen_app", helped="no", **stamped({})))
        file.append(events)
        for event in events:
            whole.take(event)
        if number % 23 == 0:
            assert recount(tmp_path).tallies() == whole.tallies(), number
    assert len([line for line in lines(tmp_path) if line["kind"] == "carried"]) == 2
    found = recount(tmp_path)
    assert found.tallies() == whole.tallies()
    assert found.totals() == (
        StepCount(cause=CABLE, trace="link_replugged", tried=150, helped=150),
        StepCount(cause=RENUMBERED, step="reopen_app", tried=150, helped=120),
        StepCount(cause=RENUMBERED, step="restart_terminal", tried=43),
    )


def test_a_head_that_is_too_long_for_a_line_keeps_what_counts(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    for number, cause in enumerate(Cause):
        name, tried = f"I-{number}", tuple({"trace": None, "step": f"a_step_of_some_length_{each}"} for each in range(12))
        file.append([opened(name, cause=cause.value), replace(closed(name, 1.0), ended_by=REOPENED, tried=tried)])
    long = opened("I-long", evidence=tuple(Evidence(id=f"gateway:{each}", facts={"text": "x" * 2000}) for each in range(6)))
    file.append([long, change(after="x" * 500)])
    for _ in range(120):
        file.append([change(after="x" * 500)])
    head = [line for line in lines(tmp_path) if line["kind"] == "carried"][-1]
    assert len(head["totals"]) == len(Cause)
    assert [line["incident"] for line in head["open"]] == ["I-long"]
    assert len(head["steps"]) >= 50 and head["steps"][0]["tried"] >= head["steps"][-1]["tried"]


def test_a_damaged_file_costs_its_own_lines_alone(tmp_path: Path) -> None:
    file = file_in(tmp_path)
    file.append([opened("I-1"), closed("I-1", 5.0)])
    (tmp_path / "history.1.ndjson").write_bytes(file.path.read_bytes() + b"\xff\xfe no event\n" + b'{"half')
    [head] = carried(tmp_path, stamped({}))
    assert [(total.count, total.seconds) for total in head.totals] == [(1, 5.0)]  # type: ignore[union-attr]
