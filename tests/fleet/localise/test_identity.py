"""A fault has one name while it lasts."""

from __future__ import annotations

import msgspec

from agent.diagnosis.causes import Cause
from agent.fleet.localise.located import answer_of
from agent.fleet.model.answer import Answer, Fault, Totals
from agent.fleet.model.attributes import Family
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, OK, OUTAGE, Row
from agent.fleet.model.table import Table
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, made

DOWN = (Cause.INTERNET_DOWN,)


def scan(previous: Answer | None, *faults: Injected, seed: int = 3, later: int = 0) -> Answer:
    fleet = made(20_000, seed, faults=faults, now=NOW + later)
    return answer_of(fleet.table, fleet.totals, fleet.now, previous, silent=fleet.silent)


def line(rate: float = 0.9, **where: str) -> Injected:
    return Injected(Family.INTERNET, where, DOWN, rate, NOW - 7200)


def only(answer: Answer) -> Fault:
    (fault,) = answer.faults
    return fault


def test_the_same_scan_twice_without_a_memory_gives_the_same_names() -> None:
    assert only(scan(None, line(isp="isp-c"))).id == only(scan(None, line(isp="isp-c"), later=60)).id


def test_it_grows_and_shrinks_and_keeps_its_name() -> None:
    first = scan(None, line(isp="isp-c", region="region-02"))
    grown = scan(first, line(isp="isp-c"), later=60)
    assert only(grown).id == only(first).id
    assert only(grown).where[0] == {"isp": "isp-c"}
    assert only(grown).growing
    shrunk = scan(grown, line(isp="isp-c", region="region-02"), later=120)
    assert only(shrunk).id == only(first).id
    assert not only(shrunk).growing


def test_a_shop_that_was_the_beginning_of_a_region_s_outage() -> None:
    fleet = made(20_000, 3, faults=0)
    shop = next(number for number in range(20_000) if fleet.table.attributes["region"][number] == "region-01")
    first = scan(None, line(1.0, store=fleet.table.attributes["store"][shop]))
    assert only(scan(first, line(region="region-01"), later=60)).id == only(first).id


def test_what_cannot_be_told_apart_may_change_places() -> None:
    first = scan(None, Injected(Family.GATEWAY, {"address": "198.51.7.10"}, (Cause.GATEWAY_DOWN,), 0.9, NOW - 7200))
    fault = only(first)
    swapped = msgspec.structs.replace(fault, where=tuple(reversed(fault.where)))
    before = msgspec.structs.replace(first, faults=(swapped,))
    again = scan(before, Injected(Family.GATEWAY, {"address": "198.51.7.10"}, (Cause.GATEWAY_DOWN,), 0.9, NOW - 7200), later=60)
    assert only(again).id == fault.id


def test_one_that_ended_and_is_back_has_another_name() -> None:
    first = scan(None, line(isp="isp-c"))
    quiet = scan(first, later=3600)
    assert quiet.faults == ()
    back = scan(quiet, line(isp="isp-c"), later=7200)
    assert only(back).id != only(first).id
    assert only(scan(back, line(isp="isp-c"), later=7260)).id == only(back).id


def test_another_place_or_another_family_is_another_fault() -> None:
    first = scan(None, line(isp="isp-c"))
    elsewhere = scan(first, line(isp="isp-d"), later=60)
    assert only(elsewhere).id != only(first).id
    silent = scan(first, Injected(Family.SILENCE, {"isp": "isp-c"}, (), 0.9, NOW - 7200), later=60)
    assert only(silent).id != only(first).id


def test_a_host_that_is_well_again_does_not_lend_its_name_to_a_provider_with_part_of_its_terminals() -> None:
    host = Injected(Family.GATEWAY, {"host": "pay0.example.com"}, (Cause.GATEWAY_DOWN,), 0.9, NOW - 7200)
    region = Injected(Family.GATEWAY, {"isp": "isp-b"}, (Cause.GATEWAY_BLOCKED,), 0.9, NOW - 60)
    first = scan(None, host)
    assert only(scan(first, region, later=3600)).id != only(first).id


def test_of_two_halves_the_larger_keeps_the_name_and_both_have_one() -> None:
    first = scan(None, line(isp="isp-a"))
    halves = scan(first, line(isp="isp-a", region="region-01"), line(isp="isp-a", region="region-03"), later=60)
    names = [fault.id for fault in halves.faults]
    assert len({*names}) == len(names) == 2
    largest = max(halves.faults, key=lambda fault: fault.of)
    assert [fault.id == only(first).id for fault in halves.faults] == [fault is largest for fault in halves.faults]


def test_what_somebody_noted_stays_with_it() -> None:
    first = scan(None, line(isp="isp-c"))
    noted = msgspec.structs.replace(first, faults=(msgspec.structs.replace(only(first), acknowledged="provider called"),))
    assert only(scan(noted, line(isp="isp-c"), later=60)).acknowledged == "provider called"


def test_what_began_for_some_only_now_is_growing_at_the_first_look_too() -> None:
    fleet = made(5000, 3, faults=[line(isp="isp-c")])
    assert not only(answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)).growing
    struck = [number for number in range(5000) if fleet.table.causes[number] == "network.internet_down"]
    for number in struck[::4]:
        fleet.table.since[number] = NOW - 120
    assert only(answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)).growing


def test_a_small_provider_that_fails_by_itself_is_no_rest_of_a_large_one_that_fails_at_the_same_time() -> None:
    """Wrong labels bring some of the large one's to it, never most of it."""
    rows = []
    for number in range(2000):
        isp = "x" if number < 600 else "y" if number < 700 else f"z{number % 4}"
        down = (isp == "x" and number % 25 != 0) or (isp == "y" and number % 16 != 0)
        begun = NOW - 7200 - (300 if isp == "y" else 0) + number % 60
        rows.append(
            Row(
                id=f"T-{number}", generated=NOW, valid_until=NOW + 900, received=NOW, since=begun if down else NOW - 90_000,
                state=OUTAGE if down else OK, can_pay=CANNOT_PAY if down else CAN_PAY, cause="network.internet_down" if down else "",
                causes=("network.internet_down",) if down else (), attributes={"isp": isp, "region": f"r{number % 7}"},
            )
        )  # fmt: skip
    table = Table(rows)
    pay = sum(row.can_pay == CAN_PAY for row in rows)
    answer = answer_of(table, Totals(terminals=2000, can_pay=pay, cannot_pay=2000 - pay, unknown=0, silent=0), NOW, silent=[0] * 2000)
    assert {fault.where[0]["isp"]: fault.remnant_of for fault in answer.faults} == {"x": None, "y": None}


def test_terminals_that_do_not_say_where_they_are_may_have_a_fault_of_their_own() -> None:
    """Half of the fleet names no chain. The chain's fault takes those away with it, as they may be of it; a provider's that strikes most of
    its terminals among them is told all the same, and is no rest."""
    rows = []
    for number in range(2000):
        attributes = {"isp": f"isp-{number % 7}", "region": f"r{number % 5}"}
        if number % 2 == 0:
            attributes["label:chain"] = "beta" if number % 20 == 0 else "alpha"
        of_chain = attributes.get("label:chain") == "alpha" and number % 22 != 0
        of_line = attributes["isp"] == "isp-3" and "label:chain" not in attributes and number % 17 != 0
        down = of_chain or of_line
        rows.append(
            Row(
                id=f"T-{number}", generated=NOW, valid_until=NOW + 900, received=NOW, since=NOW - (7 * 86_400 if of_chain else 600),
                state=OUTAGE if down else OK, can_pay=CANNOT_PAY if down else CAN_PAY, cause="network.internet_down" if down else "",
                causes=("network.internet_down",) if down else (), attributes=attributes,
            )
        )  # fmt: skip
    pay = sum(row.can_pay == CAN_PAY for row in rows)
    totals = Totals(terminals=2000, can_pay=pay, cannot_pay=2000 - pay, unknown=0, silent=0)
    answer = answer_of(Table(rows), totals, NOW, silent=[0] * 2000)
    found = [(fault.where[0], fault.remnant_of) for fault in answer.faults]
    assert found == [({"label:chain": "alpha"}, None), ({"isp": "isp-3"}, None)], answer.faults
