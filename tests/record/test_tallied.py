"""What a record adds up to never goes down, is the same before and after rotations, and is what looking back counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from agent.contract.event import AnyEvent, CauseEvent, ClosedEvent, DayEvent
from agent.record.carry import carried
from agent.record.history import Asked, history
from agent.record.moments import Moment
from agent.record.past import past
from agent.record.recount import tallied
from agent.record.tallied import MOST_CLOSED, Tallied
from agent.storage.history_file import HistoryFile
from tests.support.recorded import change, lines, opened, stamped

CAUSES = ("network.internet_down", "operator.cable_unplugged", "system.gateway_down")
NOW = Moment(at=1_770_000_000.0, boot_id="b", running_s=1e9)


def closed(incident: str, duration_s: float, step: str | None = None) -> ClosedEvent:
    by = {"trace": "link_replugged", "step": step, "how": "seen", "confidence": 0.9} if step else {}
    return ClosedEvent(incident=incident, ended_at="2026-01-31T08:00:00.000Z", duration_s=duration_s, ended_by=by, **stamped({}))


def day(number: int) -> DayEvent:
    return DayEvent(day=f"day {number}", seconds={"ok": 86_000, "outage": number % 7}, can_pay=86_000, unwatched=400, **stamped({}))


def seen(found: Tallied) -> tuple[object, ...]:
    return found.seconds, found.incidents, list(found.closed)


def test_it_is_the_same_after_any_number_of_rotations(tmp_path: Path) -> None:
    """More than 400 days, of which the oldest have no line any more."""
    file, whole = HistoryFile(tmp_path, carry=lambda each: carried(each, stamped({})), limit=120_000), Tallied()
    for number in range(900):
        name = f"I-{number}"
        events: list[AnyEvent] = [opened(name, cause=CAUSES[number % 3]), change(after="x" * 300), closed(name, 10.0 + number, "a_step")]
        events.append(day(number))
        file.append(events)
        for event in events:
            whole.take(event)
        if number % 97 == 0:
            assert seen(tallied(tmp_path)) == seen(whole), number
    left = {line["day"] for line in lines(tmp_path) if line["kind"] == "day"}
    assert len(left) < 900 and any(line.get("seconds") for line in lines(tmp_path) if line["kind"] == "carried"), "days have gone"
    assert seen(tallied(tmp_path)) == seen(whole)
    assert whole.seconds == {"ok": 900 * 86_000, "outage": sum(number % 7 for number in range(900))}
    assert whole.incidents == dict.fromkeys(CAUSES, 300) and len(whole.closed) == MOST_CLOSED
    assert whole.closed[-1].seconds == 909 and whole.closed[-1].step == "a_step"
    looked, _ = history(past(tmp_path), Asked(), NOW, "T-1")
    assert Counter({each.code: each.count for each in looked.causes}) == Counter(whole.incidents)


def test_an_incident_counts_for_the_cause_that_led_the_longest() -> None:
    found = Tallied()
    began = opened("I-1", cause=CAUSES[0])
    became = CauseEvent(
        incident="I-1", state="outage", can_pay="no", cause=CAUSES[1], subject="eth0", category="operator", confidence=0.9, **stamped({})
    )
    for event in (began, replace(became, running_s=105.0), replace(closed("I-1", 100.0), running_s=200.0)):
        found.take(event)
    assert found.incidents == {CAUSES[1]: 1} and found.closed[0].subject == "eth0"


def test_what_is_open_counts_when_it_is_over() -> None:
    found = Tallied()
    found.take(opened("I-1"))
    assert found.incidents == {} and not found.closed
    found.take(closed("I-1", 5.0))
    found.take(closed("I-1", 5.0))
    assert sum(found.incidents.values()) == 1


def test_the_day_that_is_not_over_counts_besides() -> None:
    found = Tallied()
    found.take(day(1))
    assert found.with_today({"ok": 10, "degraded": 5}) == {"ok": 86_010, "outage": 1, "degraded": 5}


def test_damage_costs_the_lines_that_it_hit(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path)
    file.append([day(1), opened("I-1"), closed("I-1", 5.0)])
    with (tmp_path / "history.ndjson").open("ab") as torn:
        torn.write(b'{"kind":"day","schema":"posdiag.event/1","seq\n\xff\xff\n')
    file.append([day(2)])
    found = tallied(tmp_path)
    assert found.seconds["ok"] == 172_000 and sum(found.incidents.values()) == 1
    assert seen(tallied(tmp_path / "nothing")) == ({}, {}, [])
