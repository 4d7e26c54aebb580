"""Looking back at both files: each line once, in order, over rotations; and what cannot be read is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.contract.event import AnyEvent, ClosedEvent, DayEvent, Lines, OpenedEvent
from agent.record import past as module
from agent.record.carry import carried
from agent.record.past import Past, past
from agent.storage.history_file import FILE, PREDECESSOR, HistoryFile, lines_in
from tests.support.recorded import change, opened, stamped


def closed(incident: str) -> ClosedEvent:
    return ClosedEvent(incident=incident, ended_at="2026-01-31T08:01:00.000Z", duration_s=60.0, **stamped({}))


def day(number: int) -> DayEvent:
    return DayEvent(day=f"day {number}", seconds={"ok": 86_400}, can_pay=86_400, unwatched=0, **stamped({}))


def filled(folder: Path, count: int, limit: int = 40_000) -> HistoryFile:
    file = HistoryFile(folder, carry=lambda each: carried(each, stamped({})), limit=limit)
    for number in range(count):
        file.append([opened(f"I-{number}"), change(after="x" * 500)])
        file.append([closed(f"I-{number}"), day(number)])
    return file


def told(found: Past) -> list[str]:
    return [each.incident for each in found.events if isinstance(each, OpenedEvent)]


@pytest.mark.parametrize("count", [3, 25, 60, 200])
def test_over_rotations_every_incident_and_day_is_there_once(tmp_path: Path, count: int) -> None:
    filled(tmp_path, count)
    found = past(tmp_path)
    gone = sum(total.count for total in found.totals.totals) if found.totals else 0
    ends = sum(isinstance(each, ClosedEvent) for each in found.events)
    assert gone + ends == count, "in what is there, or in what was carried over"
    assert told(found) == [f"I-{number}" for number in range(count - len(told(found)), count)]
    assert [each.day for each in found.days] == [f"day {number}" for number in range(count)]
    sequences = [each.sequence for each in found.events]
    assert sequences == sorted(set(sequences)) and found.unreadable == 0 and found.there


def test_a_rotation_that_a_power_cut_ended_half_way_loses_nothing(tmp_path: Path) -> None:
    filled(tmp_path, 60)
    whole = past(tmp_path)
    (tmp_path / FILE).rename(tmp_path / "history.next.ndjson")
    assert past(tmp_path) == whole


def test_a_rotation_while_it_is_read_makes_it_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, read = filled(tmp_path, 10, limit=14_000), lines_in
    before = (tmp_path / FILE).stat().st_ino

    def disturbed(path: Path) -> object:
        found = list(read(path))
        if path.name == PREDECESSOR and (tmp_path / FILE).stat().st_ino == before:
            file.append([opened("I-10"), *(change(after="x" * 500) for _ in range(30))])
        return iter(found)

    monkeypatch.setattr(module, "lines_in", disturbed)
    found = past(tmp_path)
    assert (tmp_path / FILE).stat().st_ino != before, "it was rotated meanwhile"
    monkeypatch.undo()
    assert found == past(tmp_path) and told(found)[-1] == "I-10"


def test_torn_and_damaged_lines_are_counted_and_cost_no_others(tmp_path: Path) -> None:
    filled(tmp_path, 4, limit=10**6)
    path = tmp_path / FILE
    lines = path.read_bytes().split(b"\n")
    later = b'{"schema":"posdiag.event/1","sequence":7,"kind":"weather","at":"2031-01-31T08:00:00.000Z"}'
    path.write_bytes(b"\n".join([*lines[:5], b"\0" * 90, b"{}", b"[" * 9000, later, *lines[5:-1], b'{"schema":"posdiag.ev']))
    found = past(tmp_path)
    assert told(found) == ["I-0", "I-1", "I-2", "I-3"]
    assert found.unreadable == 4, "three that are no events, and the torn one; of a later version's kind nothing is wrong"


def test_lines_are_put_in_the_order_of_their_sequence(tmp_path: Path) -> None:
    filled(tmp_path, 5, limit=10**6)
    path = tmp_path / FILE
    path.write_bytes(b"".join(line + b"\n" for line in reversed(path.read_bytes().split(b"\n")[:-1])))
    assert told(past(tmp_path)) == [f"I-{number}" for number in range(5)]


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    assert past(tmp_path) == Past(there=False) == past(tmp_path / "none")


def test_2000_incidents_cost_one_look_at_each_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = HistoryFile(tmp_path)
    events: list[AnyEvent] = [each for number in range(2000) for each in (opened(f"I-{number}"), closed(f"I-{number}"))]
    file.append(events)
    looks, read = [], Lines.read

    def counted(self: Lines, line: bytes) -> AnyEvent | None:
        looks.append(1)
        return read(self, line)

    monkeypatch.setattr(Lines, "read", counted)
    assert len(told(past(tmp_path))) == 2000 and len(looks) == 4000
