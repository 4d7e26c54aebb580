"""What is reckoned from the record: how long, why, how often, and how much of the time payments were possible."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, DayEvent, OpenedEvent, StepCount, Total
from agent.contract.history import CauseTotal, History, StepTotal
from agent.contract.times import parse, utc
from agent.record import history as module
from agent.record.history import Asked, history
from agent.record.moments import Moment, elapsed_s
from agent.record.past import Past
from tests.support.recorded import BOOT

START = parse("2026-01-31T08:00:00.000Z") or 0.0
RUNNING = 1000.0
CABLE, INTERNET = "operator.cable_unplugged", "network.internet_down"


def at(seconds: float, **more: Any) -> dict[str, Any]:
    return {"at": utc(START + seconds), "boot_id": BOOT, "running_s": RUNNING + seconds, **more}


def opened(name: str, seconds: float, cause: str | None = CABLE, **more: Any) -> OpenedEvent:
    known: dict[str, Any] = {
        "chain": name,
        "state": "outage",
        "can_pay": "no",
        "subject": "eth0",
        "category": "operator",
        "confidence": 0.9,
    }
    began = {"began_at": utc(START + seconds - 10)}
    return OpenedEvent(incident=name, cause=cause, **(known | began | at(seconds) | more))


def cause(name: str, seconds: float, code: str | None, **more: Any) -> CauseEvent:
    known: dict[str, Any] = {"state": "outage", "can_pay": "no", "subject": "", "category": "network", "confidence": 0.6}
    return CauseEvent(incident=name, cause=code, **(known | at(seconds) | more))


def closed(name: str, seconds: float, duration_s: float, **more: Any) -> ClosedEvent:
    known: dict[str, Any] = {"ended_at": utc(START + seconds - 5)}
    return ClosedEvent(incident=name, duration_s=duration_s, **(known | at(seconds) | more))


def day(name: str, can_pay: int, seconds: dict[str, int]) -> DayEvent:
    return DayEvent(day=name, seconds=seconds, can_pay=can_pay, unwatched=0, **at(0))


def reckoned(
    *events: AnyEvent,
    days: tuple[DayEvent, ...] = (),
    totals: CarriedEvent | None = None,
    now_s: float = 9000.0,
    well_since: Moment | None = None,
    **asked: Any,
) -> History:
    ordered = tuple(_numbered(events))
    past = Past(there=True, events=ordered, days=days, totals=totals)
    return history(past, Asked(**asked), moment(now_s), "t-1", well_since=well_since)[0]


def moment(seconds: float) -> Moment:
    return Moment(at=START + seconds, boot_id=BOOT, running_s=RUNNING + seconds)


def _numbered(events: tuple[AnyEvent, ...]) -> list[AnyEvent]:
    return [replace(event, sequence=number) for number, event in enumerate(events, 1)]


def of_one_chain(count: int) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    for n in range(count):
        events += [opened(f"I-{n}", 100 * n + 10, chain="I-0"), closed(f"I-{n}", 100 * n + 55, 50.0)]
    return events


def test_an_incident_has_its_worst_state_and_the_cause_that_led_the_longest() -> None:
    found = reckoned(
        opened("I-1", 10, state="degraded", can_pay="yes"),
        cause("I-1", 60, INTERNET),
        cause("I-1", 300, CABLE, state="degraded", can_pay="unknown", subject="eth1"),
        closed("I-1", 405, 400.0, ended_by={"trace": "router_restarted", "step": "restart"}, times=3),
    )
    [one] = found.incidents
    assert (one.state, one.can_pay, one.duration_s, one.times) == ("outage", "no", 400.0, 3)
    assert (one.cause, one.subject, one.category, one.causes) == (INTERNET, "", "network", (CABLE, INTERNET))
    assert (one.began_at, one.ended_at) == (utc(START), utc(START + 400))
    assert one.ended_by["trace"] == "router_restarted"


SILENT, PAPER = "network.router_unreachable", "operator.paper_out"


def led_longest(first: str, then: str, last: str, tried: list[dict[str, Any]], **ended_by: Any) -> str | None:
    """`first` from 0 to 90 s, `then` until 300 s, `last` until 400 s."""
    events = (cause("I-1", 80, then), cause("I-1", 290, last)) if last != then else (cause("I-1", 80, then),)
    found: str | None = (
        reckoned(opened("I-1", 10, first), *events, closed("I-1", 405, 400.0, tried=tried, ended_by=ended_by)).incidents[0].cause
    )
    return found


def test_a_silence_that_a_repair_brings_is_part_of_the_cause_that_it_was_made_against() -> None:
    restart = {"trace": "router_restarted", "step": None, "seconds": 280}
    assert led_longest(INTERNET, SILENT, INTERNET, [restart]) == INTERNET
    assert led_longest(INTERNET, SILENT, INTERNET, []) == SILENT, "nobody restarted it"
    assert led_longest(INTERNET, SILENT, INTERNET, [restart | {"seconds": 30}]) == SILENT, "before it was silent"
    assert led_longest(INTERNET, SILENT, INTERNET, [restart | {"cause": SILENT}]) == SILENT, "made against the silence"
    assert led_longest(PAPER, SILENT, PAPER, [restart]) == SILENT, "nobody restarts a router for the paper"
    assert led_longest("of.later", SILENT, INTERNET, [restart | {"trace": "of_later"}]) == SILENT


def test_likewise_of_the_repair_that_ended_it() -> None:
    jam, off = "system.printer_fault", "system.device_not_responding"
    assert led_longest(jam, off, off, [], trace="device_restarted") == jam
    assert led_longest(jam, off, off, [], trace="device_restarted", cause=off) == off
    assert led_longest(jam, off, off, [], trace=None) == off


def test_one_that_is_open_lasts_until_now() -> None:
    [one] = reckoned(opened("I-1", 10)).incidents
    assert (one.ended_at, one.duration_s) == (None, 9000.0)


def test_one_whose_end_was_never_written_ended_when_the_next_one_opened() -> None:
    first, second = reckoned(opened("I-1", 10), opened("I-2", 510), closed("I-2", 605, 100.0)).incidents
    assert (first.id, first.ended_at, first.duration_s) == ("I-1", utc(START + 500), 500.0)
    assert (second.id, second.ended_at) == ("I-2", utc(START + 600))


def test_one_whose_opening_cannot_be_read_is_not_lost() -> None:
    [one] = reckoned(cause("I-1", 60, INTERNET), closed("I-1", 405, 400.0)).incidents
    assert (one.began_at, one.ended_at, one.duration_s) == (utc(START), utc(START + 400), 400.0)
    assert (one.state, one.can_pay, one.cause) == ("unknown", "unknown", None)


def test_a_clock_that_is_set_makes_none_longer() -> None:
    year = 365 * 86_400.0
    found = reckoned(
        opened("I-1", 10),
        cause("I-1", 100, INTERNET),
        cause("I-1", 110, CABLE, at=utc(START + 110 - year)),
        closed("I-1", 205, 200.0, at=utc(START + 205 - year), ended_at=utc(START + 200 - year)),
        opened("I-2", 1010, at=utc(START + 1010 + year), began_at=utc(START + 1000 + year)),
    )
    first, second = found.incidents
    assert (first.cause, first.duration_s) == (CABLE, 200.0), "it led 190 of the 200 s"
    assert second.duration_s == 8000.0 and found.failures.mean_between_s == 1000.0


def test_how_often_it_came_back_is_counted_in_its_chain() -> None:
    events: list[AnyEvent] = [
        each for n in range(4) for each in (opened(f"I-{n}", 100 * n + 10, chain="I-0"), closed(f"I-{n}", 100 * n + 55, 50.0))
    ]
    assert [each.recurred for each in reckoned(*events).incidents] == [3, 2, 1, 0]


def test_availability_is_the_share_of_the_watched_time() -> None:
    found = reckoned(
        days=(
            day("2026-01-30", 86_000, {"ok": 86_000, "outage": 400}),
            day("2026-01-31", 1_000, {"ok": 900, "degraded": 100, "unknown": 50}),
            day("2026-01-31", 500, {"ok": 500}),
            day("no day", 500, {"ok": 500}),
        )
    )
    assert (found.availability.watched_s, found.availability.can_pay_s, found.availability.outage_s) == (87_950, 87_500, 400)
    assert found.availability.percent == 99.488, "rounded down"
    assert [(each.day, each.watched_s) for each in found.days] == [("2026-01-30", 86_400), ("2026-01-31", 1_550)]
    assert reckoned().availability.percent is None
    assert reckoned(days=(day("2026-01-30", 86_399_999, {"ok": 86_400_000}),)).availability.percent == 99.999, "100 % is all of it"


def test_mean_times_are_of_incidents_in_which_nothing_could_be_paid() -> None:
    found = reckoned(
        *(opened("I-1", 10), closed("I-1", 105, 100.0)),
        *(opened("I-2", 210, state="degraded", can_pay="yes"), closed("I-2", 305, 90.0)),
        *(opened("I-3", 610), closed("I-3", 905, 300.0)),
        opened("I-4", 1610),
    )
    assert (found.failures.count, found.failures.mean_between_s, found.failures.mean_repair_s) == (3, 800.0, 200.0)


def seen(trace: str, step: str | None) -> dict[str, Any]:
    return {"trace": trace, "step": step, "how": "seen", "confidence": 0.9}


def test_causes_and_steps_are_counted() -> None:
    tried = ({"trace": "link_replugged", "step": "replug", "seconds": 9},)
    found = reckoned(
        *(opened("I-1", 10), closed("I-1", 105, 100.0, ended_by=seen("router_restarted", "restart"), tried=tried)),
        *(opened("I-2", 210), closed("I-2", 515, 300.0, ended_by=seen("link_replugged", "replug"))),
        *(opened("I-4", 610), closed("I-4", 715, 100.0, ended_by=seen("host_recovered", "wait"))),
        opened("I-3", 910, INTERNET),
    )
    assert found.causes == (
        CauseTotal(code=CABLE, count=3, mean_s=166.7, longest_s=300.0),
        CauseTotal(code=INTERNET, count=1, mean_s=None, longest_s=8100.0),
    )
    assert found.steps == (
        StepTotal(cause=CABLE, step="replug", tried=2, helped=1),
        StepTotal(cause=CABLE, step="restart", tried=1, helped=1),
    )


def test_what_was_told_in_files_that_are_gone_counts_where_everything_was_asked_for() -> None:
    carried = CarriedEvent(totals=(Total(cause=CABLE, count=3, seconds=900.0, longest_s=800.0),), open=(opened("I-0", 10),), **at(0))
    steps = (StepCount(cause=CABLE, step="replug", tried=4, helped=3), StepCount(cause=CABLE, trace="router_restarted", tried=1))
    carried = replace(carried, steps=steps)
    events = (closed("I-0", 105, 100.0, ended_by=seen("link_replugged", "replug")),)
    found = reckoned(*events, totals=carried)
    assert found.steps == (StepTotal(cause=CABLE, step="replug", tried=5, helped=4),), "a trace is no step"
    assert reckoned(*events, totals=carried, since=START - 1).steps == (StepTotal(cause=CABLE, step="replug", tried=1, helped=1),)
    assert reckoned(*events, totals=carried, cause=lambda code: code == INTERNET).steps == ()
    assert found.causes == (CauseTotal(code=CABLE, count=4, mean_s=250.0, longest_s=800.0),)
    assert found.complete_from == utc(START + 105) and [each.id for each in found.incidents] == ["I-0"]
    assert [each.count for each in reckoned(*events, totals=carried, since=START - 1).causes] == [1]
    assert reckoned(*events, totals=carried, cause=lambda code: code == INTERNET).causes == ()


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [(None, None, [1, 2, 3]), (50, None, [1, 2, 3]), (150, None, [2, 3]), (None, 150, [1]), (600, 900, [3]), (None, -20, [])],
)
def test_of_a_span_of_time_whatever_lies_partly_in_it(since: float | None, until: float | None, wanted: list[int]) -> None:
    events: list[AnyEvent] = [*(opened("1", 10), closed("1", 105, 100.0)), *(opened("2", 210), closed("2", 305, 90.0)), opened("3", 410)]
    asked: dict[str, Any] = {"since": None if since is None else START + since, "until": None if until is None else START + until}
    assert [int(each.id) for each in reckoned(*events, **asked).incidents] == wanted


def test_a_day_belongs_to_where_its_middle_lies() -> None:
    days = tuple(day(f"2026-01-{number}", 10, {"ok": 10}) for number in (29, 30, 31))
    noon = parse("2026-01-30T12:00:00.000Z")
    assert [each.day[-2:] for each in reckoned(days=days, since=noon).days] == ["30", "31"]
    assert [each.day[-2:] for each in reckoned(days=days, until=noon).days] == ["29"]


def test_a_cause_that_led_for_a_while_is_found_by_it() -> None:
    events: list[AnyEvent] = [opened("I-1", 10), cause("I-1", 20, INTERNET), closed("I-1", 405, 400.0), opened("I-2", 510)]
    assert [each.id for each in reckoned(*events, cause=lambda code: code == CABLE).incidents] == ["I-1", "I-2"]
    assert [each.id for each in reckoned(*events, cause=lambda code: code == INTERNET).incidents] == ["I-1"]


def test_2000_incidents_are_reckoned_with_a_handful_of_comparisons_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of one chain, as the worst would have it."""
    from agent.record import incidents

    counted: list[int] = []

    def counting(earlier: Moment, later: Moment) -> float:
        counted.append(1)
        return elapsed_s(earlier, later)

    monkeypatch.setattr(incidents, "elapsed_s", counting)
    monkeypatch.setattr(module, "elapsed_s", counting)
    events: list[AnyEvent] = [
        each for n in range(2000) for each in (opened(f"I-{n}", 100 * n + 10, chain="I-0"), closed(f"I-{n}", 100 * n + 55, 50.0))
    ]
    found = reckoned(*events, now_s=300_000.0)
    assert len(found.incidents) == 2000 and found.incidents[0].recurred == 1999
    assert len(counted) <= 3 * 2000


def test_what_the_service_holds_for_over_is_over_before_its_end_is_written() -> None:
    events = [opened("I-1", 10)]
    [over] = reckoned(*events, well_since=moment(50)).incidents
    assert (over.ended_at, over.duration_s, over.ended_by) == (utc(START + 50), 50.0, {})
    [younger] = reckoned(*events, well_since=moment(-20)).incidents
    assert younger.ended_at is None, "it began after the status was written"
    [still] = reckoned(*events).incidents
    assert still.ended_at is None
    [told] = reckoned(*events, closed("I-1", 35, 30.0), well_since=moment(50)).incidents
    assert told.duration_s == 30.0
