"""How much of the watched time payments were possible: in opening hours and at all, without planned work, and until now."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from agent.contract.day import DayPart, Today
from agent.contract.event import AnyEvent, DayEvent, GatewayDay, OpenedEvent, ToldEvent
from agent.contract.history import OpeningTotal
from agent.contract.times import parse, utc
from agent.record.availability import availability, counted, day_totals, planned_in
from agent.record.history import Asked, history
from agent.record.moments import Moment
from agent.record.past import Past
from tests.support.recorded import opened, stamped

NOW = Moment(at=parse("2026-02-02T20:00:00Z") or 0.0, boot_id="b", running_s=1e6)
PART = DayPart(seconds={"ok": 30, "outage": 10}, can_pay=30, planned=5)


def everything(_begin: float, _end: float) -> bool:
    return True


def day(name: str, sequence: int = 1, **more: Any) -> DayEvent:
    known: dict[str, Any] = {"seconds": {"ok": 60, "outage": 40}, "can_pay": 60, "unwatched": 0}
    return DayEvent(day=name, **(stamped({"sequence": sequence}) | known | more))


def today(name: str, sequence: int = 1, ok: int = 50, **more: Any) -> Today:
    return Today(day=name, sequence=sequence, seconds={"ok": ok, "outage": 50}, can_pay=ok, **more)


def told(until: str, at: str) -> ToldEvent:
    return ToldEvent(what="maintenance", word="w", until=until, **stamped({"at": at}))


def test_of_opening_hours_counts_what_lies_in_them_and_a_day_without_them_counts_whole() -> None:
    days = day_totals([day("2026-02-01", opening=PART, planned=7), day("2026-01-31")], [], everything)
    assert [(each.day, each.opening is None) for each in days] == [("2026-01-31", True), ("2026-02-01", False)]
    of_hours, of_all = availability(days, opening=True), availability(days)
    assert (of_hours.watched_s, of_hours.can_pay_s, of_hours.outage_s, of_hours.planned_s) == (140, 90, 50, 5)
    assert (of_all.watched_s, of_all.can_pay_s, of_all.outage_s, of_all.planned_s) == (200, 120, 80, 7)
    assert (of_hours.percent, of_all.percent) == (64.285, 60.0)


def test_a_day_on_which_the_shop_is_closed_lowers_nothing() -> None:
    days = day_totals([day("2026-02-01", opening=DayPart())], [], everything)
    assert availability(days, opening=True).percent is None and availability(days).percent == 60.0


def test_several_lines_of_one_day_add_up_part_by_part() -> None:
    lines = [day("2026-02-01", 1, opening=PART, uplinks={"a": GatewayDay(n=1)}), day("2026-02-01", 2, uplinks={"a": GatewayDay(n=2)})]
    [one] = day_totals(lines, [], everything)
    assert (one.watched_s, one.can_pay_s, one.uplinks["a"].n) == (200, 120, 2)
    assert one.opening == OpeningTotal(watched_s=140, can_pay_s=90, outage_s=50, planned_s=5)


def test_the_running_day_is_part_of_it_once_whoever_tells_of_it() -> None:
    known = [today("2026-02-02", 8), today("2026-02-02", 5, ok=10)]  # the status document, and what is kept for a start
    for running in (known, known[::-1]):
        first, running_day = day_totals([day("2026-02-01", 7)], running, everything)
        assert (first.over, running_day.over, running_day.watched_s, running_day.can_pay_s) == (True, False, 100, 50)
    [of_it_all] = day_totals([day("2026-02-02", 9)], known, everything)
    assert of_it_all.over and of_it_all.watched_s == 100, "a later line says that it is over"
    [twice] = day_totals([day("2026-02-02", 6)], [today("2026-02-02", 8)], everything)
    assert twice.watched_s == 200, "the clock was set back into a day that was over"
    assert day_totals([], [today("no day")], everything) == ()


def test_incidents_are_counted_on_the_day_on_which_they_began() -> None:
    events = (opened("I-1", **stamped({"sequence": 1})),)
    past = Past(there=True, events=events, days=(day("2026-01-31"), day("2026-02-01")))
    found, lived = history(past, Asked(), NOW, "t")
    assert [each.incidents for each in found.days] == [1, 0] == [each.incidents for each in counted(found.days, lived)]


def at(hour: int) -> str:
    return f"2026-01-31T{hour:02}:00:00.000Z"


def test_a_later_word_ends_what_an_earlier_one_said_of_planned_work() -> None:
    plans = planned_in([told(at(12), at(8)), told(at(9), at(9)), told("soon", at(9)), told(at(14), at(13))])
    assert [(utc(each.since), utc(each.until)) for each in plans] == [(at(8), at(9)), (at(9), at(9)), (at(13), at(14))]


def test_an_incident_that_begins_in_planned_work_is_shown_and_is_no_failure() -> None:
    def incident(name: str, hour: int) -> OpenedEvent:
        return opened(name, began_at=at(hour), at=at(hour), running_s=3600.0 * hour)

    word = replace(told(at(12), at(9)), running_s=3600.0 * 9)
    events: list[AnyEvent] = [incident("I-1", 8), word, incident("I-2", 10), incident("I-3", 12)]
    ordered: tuple[AnyEvent, ...] = tuple(replace(event, sequence=number) for number, event in enumerate(events, 1))
    found, _ = history(Past(there=True, events=ordered), Asked(), NOW, "t")
    assert [each.planned for each in found.incidents] == [False, True, False]
    assert found.failures.count == 2 and found.failures.mean_between_s == 4 * 3600.0


def test_availability_is_of_opening_hours_only_where_some_are_configured() -> None:
    past = Past(there=True, days=(day("2026-02-01", opening=PART),))
    known = [today("2026-02-02", opening=PART)]
    plain, _ = history(past, Asked(), NOW, "t", running=known)
    assert plain.availability == plain.availability_all and plain.availability.watched_s == 200
    of_hours, _ = history(past, Asked(), NOW, "t", hours="08:00-20:00", running=known)
    assert of_hours.availability.watched_s == 80 and of_hours.availability_all == plain.availability_all
    assert of_hours.hours == "08:00-20:00"
