"""What people said, as far as it counts: which promises are open, what they have to say of what ended an incident, and planned work."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent.contract.event import AnyEvent, ClosedEvent, ToldEvent
from agent.record.carry import carried
from agent.record.forgetting import without
from agent.record.history import Asked, history
from agent.record.moments import Moment
from agent.record.past import past
from agent.record.standing import standing_of
from agent.record.words import Standing, judged, passed
from agent.storage.history_file import HistoryFile
from tests.support.recorded import BOOT, change, opened, stamped

NOW = Moment(at=1769900000.0, boot_id=BOOT, running_s=5000.0)
SEEN = {"trace": "router_restarted", "step": "restart_router", "how": "seen", "confidence": 0.8}
LED = ("network.internet_down", "network.internet_down")
UNKNOWN = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}


def word(word: str = "w-00000001", what: str = "note", **more: Any) -> ToldEvent:
    return ToldEvent(word=word, what=what, **({"incident": "I-1"} | stamped(more)))


def did(step: str, helped: str, **more: Any) -> ToldEvent:
    return word(what="did", step=step, helped=helped, **more)


def called(who: str, **more: Any) -> ToldEvent:
    return word(what="called", who=who, **more)


def closed(incident: str = "I-1", **more: Any) -> ClosedEvent:
    return ClosedEvent(incident=incident, ended_at="2026-01-31T08:01:00.000Z", duration_s=60.0, **stamped(more))


def standing(*events: AnyEvent) -> Standing:
    found = Standing()
    for event in events:
        found.take(event)
    return found


@pytest.mark.parametrize(
    ("later", "open_still"),
    [
        (called("ISP", ticket="T-1"), False),  # it was told how that went
        (called("somebody else", ticket="t-1"), False),
        (called("isp"), False),
        (called("ISP", ticket="T-2"), True),  # another matter
        (called("bank"), True),
        (word(text="ISP came"), True),
        (closed(), False),
        (closed("I-0"), True),
    ],
)
def test_a_promise_is_open_until_its_call_is_answered_or_its_incident_is_over(later: AnyEvent, open_still: bool) -> None:
    made = called("ISP", ticket="T-1", promised="2026-02-01")
    assert (made in standing(opened(), made, later).promises) is open_still


def test_another_day_takes_the_place_of_the_first() -> None:
    first, second = called("ISP", promised="2026-02-01"), called("ISP", promised="2026-02-03", word="w-00000002")
    assert standing(first, second).promises == (second,)
    assert passed(first, date(2026, 2, 2)) and not passed(first, date(2026, 2, 1)) and passed(called("x", promised="soon"), date.min)


def test_a_promise_made_after_the_incident_outlives_it() -> None:
    made = called("ISP", promised="2026-02-01")
    assert standing(opened(), closed(), made, opened("I-2"), closed("I-2")).promises == (made,)


@pytest.mark.parametrize(
    ("said", "ended", "tried"),
    [
        ([did("seat_plug", "yes")], ("seat_plug", "told"), []),
        ([did("restart_router", "yes")], ("restart_router", "told"), []),
        ([did("restart_router", "no")], (None, "unknown"), ["restart_router"]),
        ([did("seat_plug", "no")], ("restart_router", "seen"), ["seat_plug"]),
        ([did("seat_plug", "no"), did("seat_plug", "yes")], ("seat_plug", "told"), []),
        ([did("seat_plug", "yes"), did("seat_plug", "no")], ("restart_router", "seen"), ["seat_plug"]),
        ([did("seat_plug", "yes"), did("call_isp", "yes")], ("call_isp", "told"), []),
        ([did("network.internet_down:seat_plug", "yes")], ("seat_plug", "told"), []),
        ([did("network.dns_failing:seat_plug", "no"), did("seat_plug", "yes")], ("seat_plug", "told"), ["seat_plug"]),
        ([did("seat_plug", "unknown"), word(text="the router")], ("restart_router", "seen"), []),
    ],
)
def test_a_person_s_word_outranks_what_was_inferred(said: list[ToldEvent], ended: tuple[str | None, str], tried: list[str]) -> None:
    found, in_vain = judged(SEEN, (), said, LED)
    assert (found["step"], found["how"]) == ended
    assert [each["step"] for each in in_vain] == tried
    assert judged(found, in_vain, said, LED) == (found, in_vain), "computed once or twice, it is the same"


def test_a_step_against_another_cause_than_the_first_names_it() -> None:
    found, in_vain = judged(
        SEEN, (), [did("seat_plug", "yes"), did("network.internet_down:call_isp", "no")], ("network.internet_down", "b.c")
    )
    assert (found["step"], found["cause"]) == ("seat_plug", "b.c")
    assert in_vain[0]["step"] == "call_isp" and "cause" not in in_vain[0]


def test_a_word_told_after_the_end_counts_when_it_is_read(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path)
    file.append([opened(), closed(ended_by=UNKNOWN, running_s=160.0), did("restart_router", "yes", running_s=900.0)])
    [incident] = history(past(tmp_path), Asked(), NOW, "T-1")[0].incidents
    assert (incident.ended_by["step"], incident.ended_by["how"], incident.ended_by["confidence"]) == ("restart_router", "told", 1.0)
    assert incident.told == (
        {"at": "2026-01-31T08:00:00.000Z", "what": "did", "word": "w-00000001", "step": "restart_router", "helped": "yes"},
    )


def test_planned_work_stands_until_it_ends_or_the_next_word_says_otherwise() -> None:
    def plan(until: str) -> ToldEvent:
        return word(what="maintenance", until=f"1970-01-01T{until}:00Z")

    hour, long, over = 3600.0, plan("03:00"), plan("01:00")
    assert standing(long).planned(2 * hour) is long and standing(long).planned(3 * hour) is None
    assert standing(long, over).planned(2 * hour) is None and standing(over, long).planned(2 * hour) is long


def test_open_promises_planned_work_and_what_was_said_of_the_open_incident_outlive_the_files_they_stood_in(tmp_path: Path) -> None:
    words = [
        called("ISP", promised="2026-02-01", word="w-0000000a", ticket="T-1"),
        did("seat_plug", "no", word="w-0000000b"),
        word("w-0000000c", "maintenance", until="2099-01-01T00:00:00.000Z", incident=""),
        word("w-0000000d", text="only told"),
        called("bank", promised="2026-02-01", word="w-0000000e", incident="I-0"),
        called("bank", word="w-0000000f", incident="I-0"),
    ]
    stamp = stamped({})
    file = HistoryFile(tmp_path, carry=lambda folder: carried(folder, stamp), limit=20_000)
    file.append([opened(), *words])
    for number in range(400):
        file.append([change(subject=f"eth{number}")])
    assert b"w-0000000d" not in b"".join(each.read_bytes() for each in tmp_path.iterdir()), "both files are others by now"
    kept = standing_of(tmp_path)
    assert [each.word for each in kept.promises] == ["w-0000000a"]
    assert [each.word for each in kept.said("I-1")] == ["w-0000000b"]
    planned = kept.planned(NOW.at)
    assert planned is not None and planned.word == "w-0000000c"
    file.append([closed(ended_by=UNKNOWN)])
    [incident] = history(past(tmp_path), Asked(), NOW, "T-1")[0].incidents
    assert [each["word"] for each in incident.told] == ["w-0000000a", "w-0000000b"] and incident.tried[0]["step"] == "seat_plug"
    assert standing_of(tmp_path).promises == ()


def test_what_is_forgotten_leaves_nothing_but_that_it_was(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path, limit=4_000)
    file.append([opened(), word("w-0000000a", text="Mr. Wang"), word("w-0000000b", text="Mrs. Li", incident="I-2")])
    for number in range(12):
        file.append([change(subject=f"eth{number}")])
    file.append([word("w-0000000c", text="Mr. Wang again")])
    torn = b'{"kind":"told","word":"w-0000000a"'
    with file.path.open("ab") as end:
        end.write(torn)
    before = [each for part in ("history.1.ndjson", "history.ndjson") for each in (tmp_path / part).read_bytes().splitlines()]
    file.rewrite(b'"I-1"', lambda event: without(event, "I-1"))
    after = [each for part in ("history.1.ndjson", "history.ndjson") for each in (tmp_path / part).read_bytes().splitlines()]
    assert b"Wang" not in b"".join(after) and b"Mrs. Li" in b"".join(after)
    others = [line for line in before if b"Wang" not in line and line != torn]
    assert [line for line in after if b'"forgotten"' not in line] == others, "all other lines stay as they were"
    assert sum(b'"forgotten"' in line for line in after) == 2
    numbers = [event.sequence for event in past(tmp_path).events]
    assert numbers == list(range(1, len(numbers) + 1))
    file.append([change()])
    assert past(tmp_path).events[-1].sequence == len(numbers) + 1
