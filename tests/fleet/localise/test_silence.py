"""Silence: a closed shop is no fault, a dead line is one, and where everybody is silent the collector is looked at first."""

from __future__ import annotations

import pytest

from agent.fleet.localise.hours import HOUR, WEEK, Hours, shop_of
from agent.fleet.localise.located import answer_of
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.freshness import Reporting
from tests.fleet.made import shapes
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, Made, made

MONDAY = NOW // (WEEK * HOUR) * WEEK * HOUR  # an hour of the week to count from
OPENS, CLOSES = 9, 21


def line(rate: float = 0.9, **where: str) -> Injected:
    return Injected(Family.SILENCE, where, (), rate, NOW - 7200)


def told(fleet: Made, hours: Hours | None = None) -> tuple[Fault, ...]:
    fleet.silent = freshness.silent(fleet.table, fleet.now, Reporting())
    return answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent, hours=hours).faults


def test_a_dead_line_is_told_without_any_history() -> None:
    (fault,) = told(made(20_000, 3, faults=[line(isp="isp-c")]))
    assert (fault.where[0], fault.family, fault.owner, fault.cannot_pay) == ({"isp": "isp-c"}, "silence", "isp", 0)
    assert fault.causes == {}
    assert fault.step is not None


def test_where_everybody_is_silent_the_collector_comes_first() -> None:
    (fault,) = told(made(5000, 3, faults=[line(1.0)]))
    assert fault.where == ({},)
    assert fault.step is not None
    assert "collecting side" in fault.step.en


@pytest.mark.parametrize("seed", range(5))
def test_at_night_closed_shops_are_no_fault_even_where_nobody_knows_their_hours(seed: int) -> None:
    everywhere, east = shapes.night(seed), shapes.night(seed, 4)
    assert sum(everywhere.silent) > 10_000
    assert told(everywhere) == ()
    assert told(east) == ()


def test_one_shop_that_is_silent_may_be_closed_and_is_told_only_where_its_hours_are_known() -> None:
    fleet = made(5000, 3, faults=[line(1.0, store="S-00007")])
    assert told(fleet) == ()
    (fault,) = told(fleet, always_open(fleet))
    assert fault.where[0] == {"store": "S-00007"}


def always_open(fleet: Made) -> Hours:
    hours, table = Hours(), made(len(fleet.table), 3, faults=0, silent=0, known=fleet.people).table
    for hour in range(-3 * WEEK, 0):
        moment = NOW + hour * HOUR
        table.received = type(table.received)("q", [moment - 60] * len(table))
        hours.note(table, moment)
    return hours


def shops(count: int) -> Table:
    rows = (
        Row(id=f"T-{n}", generated=0, valid_until=180, received=0, state=0, can_pay=1, attributes={"store": f"S-{n}"}) for n in range(count)
    )
    return Table(rows)


def opened(weeks: int = 4) -> Hours:
    """Shop 0 never closes, shop 1 is open by day, shop 2 was heard of once."""
    hours, table = Hours(), shops(3)
    for hour in range(weeks * WEEK):
        moment = MONDAY + hour * HOUR
        heard = (True, OPENS <= hour % 24 < CLOSES, hour == 12)
        for number, there in enumerate(heard):
            table.received[number] = moment - 60 if there else 0
        hours.note(table, moment)
    return hours


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (3, [True, False, False]),
        (9, [True, False, False]),  # the first hour: it may open late, or by another clock
        (10, [True, True, False]),
        (15, [True, True, False]),
        (20, [True, False, False]),
        (23, [True, False, False]),
    ],
)
def test_the_hours_of_a_shop(hour: int, expected: list[bool]) -> None:
    hours = opened()
    moment = MONDAY + 8 * WEEK * HOUR + hour * HOUR
    assert hours.known(moment)
    assert hours.expected(shops(3), moment).tolist() == expected
    again = Hours.decode(hours.encode())
    assert again.expected(shops(3), moment).tolist() == expected


def test_hours_are_noted_once_an_hour_and_nothing_is_known_of_a_week_that_nobody_saw() -> None:
    hours, table = Hours(), shops(1)
    table.received[0] = MONDAY
    assert hours.note(table, MONDAY + 10)
    assert not hours.note(table, MONDAY + 20)
    assert not hours.note(table, MONDAY - HOUR)
    assert not hours.known(MONDAY + 10)
    assert not Hours().known(MONDAY)


def test_a_shop_with_new_hours_is_believed_after_some_weeks() -> None:
    hours, table = opened(), shops(3)
    night = MONDAY + 20 * WEEK * HOUR + 3 * HOUR
    assert not hours.open(shop_of("S-1", ""), night)
    for hour in range(4 * WEEK, 12 * WEEK):
        table.received[1] = MONDAY + hour * HOUR
        hours.note(table, MONDAY + hour * HOUR + 1)
    assert hours.open(shop_of("S-1", ""), night)
    assert not hours.open(shop_of("S-0", ""), night), "it was not heard of any more"


@pytest.mark.parametrize("damaged", [b"", b"\x00", b"{}", opened(1).encode()[:-5]])
def test_a_damaged_file_of_hours_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Hours.decode(damaged)


def test_terminals_without_a_shop_have_hours_of_their_own() -> None:
    table = Table([Row(id="T-1", generated=0, valid_until=180, received=MONDAY, state=0, can_pay=1)])
    hours = Hours()
    for hour in range(3 * WEEK):
        table.received[0] = MONDAY + hour * HOUR
        hours.note(table, MONDAY + hour * HOUR + 1)
    assert hours.expected(table, MONDAY + 4 * WEEK * HOUR).tolist() == [True]


def test_who_stopped_in_order_is_not_silent() -> None:
    fleet = made(5000, 3, faults=[line(isp="isp-c")])
    for number, silent in enumerate(fleet.silent):
        if silent:
            fleet.table.stopped[number] = 1
    assert told(fleet) == ()


def test_those_that_are_given_more_time_are_not_taken_for_well() -> None:
    """The whole fleet fell silent two hours ago; those on a metered line are given three, and do not make it a fault of cables."""
    (fault,) = told(made(5000, 3, faults=[line(1.0)]))
    assert fault.where == ({},)
