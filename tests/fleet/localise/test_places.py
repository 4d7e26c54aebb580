"""Fleets of shapes that no table of accuracy has: a fleet manager must not be told nonsense, and what fails everywhere must be told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.diagnosis.causes import Cause
from agent.fleet.localise.located import answer_of
from agent.fleet.localise.wording import rates
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from tests.fleet.made import shapes
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.shapes import strikes

HOST, LINE, CONFIG, SILENCE = Family.GATEWAY, Family.INTERNET, Family.CONFIGURATION, Family.SILENCE


def told(fleet: Made) -> tuple[Fault, ...]:
    return answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent).faults


def places(faults: Sequence[Fault]) -> list[tuple[str, dict[str, str]]]:
    return [(fault.family, fault.where[0]) for fault in faults]


def test_two_attributes_that_always_coincide_are_both_named() -> None:
    (fault,) = told(shapes.coinciding())
    assert fault.where[0] == {"host": "pay1.example.com"}
    assert {"label:bank": "bank-2"} in fault.where


def test_a_region_with_one_provider_of_its_own_is_named_with_it_and_their_meeting_is_not() -> None:
    (fault,) = told(shapes.region_of_one_provider())
    assert sorted(fault.where, key=str) == [{"isp": "isp-c"}, {"region": "region-04"}]


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (strikes(Family.DEVICE, Cause.PAYMENT_APP_DOWN, version="1.5.0"), ("device", {"version": "1.5.0"})),
        (strikes(LINE, Cause.INTERNET_DOWN, region="region-02"), ("internet", {"region": "region-02"})),
    ],
)
def test_a_version_rolled_out_to_three_regions_first(fault: Injected, place: tuple[str, dict[str, str]]) -> None:
    assert places(told(shapes.rolled_out(fault))) == [place]


def test_a_chain_with_half_of_the_fleet_has_a_label_and_no_cashier_answers_for_it() -> None:
    (fault,) = told(shapes.chain_of_half())
    assert fault.where == ({"label:chain": "chain-01"},)
    assert fault.owner == "technician"


def test_one_terminal_that_fails_is_no_shared_fault() -> None:
    fleet = shapes.whole_fleet(1, 1.0)
    answer = answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    assert answer.faults == ()
    assert answer.single == {"system.gateway_down": 1}


@pytest.mark.parametrize("size", [3, 20, 5000])
def test_where_everything_fails_there_is_one_fault_and_it_is_everywhere(size: int) -> None:
    (fault,) = told(shapes.whole_fleet(size, 1.0))
    assert (fault.where, fault.elsewhere_of, fault.owner) == (({},), 0, "acquirer")
    assert "in the whole fleet" in rates(fault).en


@pytest.mark.parametrize("rate", [0.15, 0.2, 0.5, 0.9])
def test_a_part_of_the_whole_fleet_that_no_place_has_more_of(rate: float) -> None:
    (fault,) = told(shapes.whole_fleet(5000, rate))
    assert fault.where == ({},)


def test_everyday_faults_of_many_kinds_are_no_fault_of_the_whole_fleet_however_many() -> None:
    fleet = made(5000, 1, faults=0, noise=0.35)
    assert told(fleet) == ()


def test_two_of_three_hosts_do_not_hide_each_other() -> None:
    faults = told(shapes.two_of_three_hosts())
    assert sorted(where["host"] for _, where in places(faults)) == ["pay0.example.com", "pay1.example.com"]


@pytest.mark.parametrize(("family", "cause"), [(LINE, Cause.INTERNET_DOWN), (SILENCE, None)])
def test_nine_of_ten_regions_are_one_fault(family: Family, cause: Cause | None) -> None:
    (fault,) = told(shapes.nine_of_ten_regions(family, cause))
    assert fault.where == ({},)


def test_two_meetings_inside_one_host_are_two_faults_and_not_the_host() -> None:
    faults = told(shapes.two_meetings_in_one_host())
    assert sorted(where.get("isp", "") for _, where in places(faults)) == ["isp-a", "isp-d"]


def test_a_dead_host_leaves_no_false_faults_of_other_kinds_and_says_whom_it_hides() -> None:
    """Who cannot reach it tells nothing else; among the few left on it everyday faults look frequent."""
    fleet = made(50_000, 11, faults=[strikes(HOST, Cause.GATEWAY_DOWN, 0.97, host="pay0.example.com")], noise=0.1)
    assert places(told(fleet)) == [("gateway", {"host": "pay0.example.com"})]
    config = fleet.people.attributes["config"].values[
        fleet.people.attributes["config"].codes[fleet.people.attributes["host"].codes == 1][0]
    ]
    both = [strikes(HOST, Cause.GATEWAY_DOWN, 0.9, host="pay0.example.com"), strikes(CONFIG, Cause.CLIENT_CERTIFICATE, 0.9, config=config)]
    found = {fault.family: fault for fault in told(made(50_000, 11, faults=both))}
    assert found["configuration"].where[0] == {"config": config}
    assert found["configuration"].masked > 0


def test_a_line_whose_victims_are_silent_or_tell_it_over_another_line_is_one_fault_and_a_rest() -> None:
    faults = told(shapes.told_twice())
    assert {fault.family for fault in faults} == {"internet", "silence"}
    main, rest = sorted(faults, key=lambda fault: -fault.failing)
    assert (main.remnant_of, rest.remnant_of) == (None, main.id)


def test_names_of_labels_from_terminals_are_not_all_tried() -> None:
    """A terminal may say what it likes; a fleet of them with a thousand names each leads nowhere."""
    fleet = made(300, 1, faults=[strikes(LINE, Cause.INTERNET_DOWN, isp="isp-a")])
    for number in range(400):
        row = fleet.table.row(number % 300)
        row.attributes = {**row.attributes, f"label:=HYPERLINK({number})": "\x1b[31m<script>", "label:serial": row.id}
        fleet.table.put(row)
    (fault,) = told(fleet)
    assert fault.where[0] == {"isp": "isp-a"}


def test_terminals_whose_state_could_not_be_told_are_no_healthy_ones() -> None:
    fleet = made(2000, 1, faults=0)
    for number in range(0, 2000, 2):
        row = fleet.table.row(number)
        row.cause, row.causes, row.state, row.can_pay = "", (), 3, -1
        fleet.table.put(row)
    assert told(fleet) == ()
    fleet = made(2000, 1, faults=[strikes(HOST, Cause.GATEWAY_DOWN, host="pay1.example.com")])
    (before,) = told(fleet)
    number = next(
        number
        for number in range(2000)
        if not fleet.table.causes[number] and fleet.table.attributes["host"][number] == before.where[0]["host"]
    )
    row = fleet.table.row(number)
    row.state, row.can_pay = 3, -1
    fleet.table.put(row)
    (after,) = told(fleet)
    assert (after.of, after.masked) == (before.of - 1, before.masked + 1)


def test_the_rate_elsewhere_is_of_those_in_no_fault() -> None:
    both = [strikes(LINE, Cause.INTERNET_DOWN, isp="isp-b"), strikes(LINE, Cause.INTERNET_DOWN, isp="isp-c")]
    faults = told(made(20_000, 1, faults=both, noise=0.01))
    assert len(faults) == 2
    assert all(fault.elsewhere_failing < 0.01 * fault.elsewhere_of for fault in faults)


def test_a_cause_of_a_later_version_is_localised_too() -> None:
    fleet = made(5000, 1, faults=[strikes(LINE, Cause.INTERNET_DOWN, isp="isp-b")])
    for number in range(5000):
        row = fleet.table.row(number)
        if row.cause == "network.internet_down":
            row.cause, row.causes = "network.satellite_lost", ("network.satellite_lost",)
            fleet.table.put(row)
    (fault,) = told(fleet)
    assert (fault.where[0], fault.owner) == ({"isp": "isp-b"}, "isp")
    assert fault.step is not None and fault.step.en.startswith("Call the provider")
