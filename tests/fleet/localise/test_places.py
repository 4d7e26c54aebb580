"""Fleets of shapes that no table of accuracy has: a fleet manager must not be told nonsense, and what fails everywhere must be told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from agent.diagnosis.causes import Cause
from agent.fleet.localise.located import answer_of
from agent.fleet.localise.wording import rates
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.people import Attribute, Numbers, People, people

HOST, LINE, NAMES = Family.GATEWAY, Family.INTERNET, Family.NAMES
DEVICE, CONFIG, SILENCE = Family.DEVICE, Family.CONFIGURATION, Family.SILENCE


def strikes(family: Family, cause: Cause | None, rate: float = 0.9, **where: str) -> Injected:
    return Injected(family, where, (cause,) if cause else (), rate, NOW - 7200)


def told(fleet: Made) -> tuple[Fault, ...]:
    return answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent).faults


def places(faults: Sequence[Fault]) -> list[tuple[str, dict[str, str]]]:
    return [(fault.family, fault.where[0]) for fault in faults]


def folk(size: int, seed: int = 2, **codes: Numbers) -> People:
    """With some attributes otherwise than they are made."""
    known = people(size, np.random.default_rng(seed))
    for name, numbers in codes.items():
        known.attributes[name] = Attribute(known.attributes[name].values, numbers.astype(np.int32))
    return known


def test_two_attributes_that_always_coincide_are_both_named() -> None:
    known = folk(5000)
    hosts = known.attributes["host"]
    banks = ["", *(f"bank-{number}" for number in range(1, len(hosts.values)))]
    known.attributes["label:bank"] = Attribute(banks, hosts.codes)
    (fault,) = told(made(0, 3, known=known, faults=[strikes(HOST, Cause.GATEWAY_DOWN, host="pay1.example.com")]))
    assert fault.where[0] == {"host": "pay1.example.com"}
    assert {"label:bank": "bank-2"} in fault.where


def test_a_region_with_one_provider_of_its_own_is_named_with_it_and_their_meeting_is_not() -> None:
    known = folk(5000)
    region, isp = known.attributes["region"].codes, known.attributes["isp"].codes
    known = folk(5000, isp=np.where(region == 4, 3, np.where(isp == 3, 1, isp)))
    (fault,) = told(made(0, 3, known=known, faults=[strikes(LINE, Cause.INTERNET_DOWN, region="region-04")]))
    assert sorted(fault.where, key=str) == [{"isp": "isp-c"}, {"region": "region-04"}]


def test_a_version_rolled_out_to_three_regions_first() -> None:
    known = folk(20_000)
    region, version = known.attributes["region"].codes, known.attributes["version"].codes
    known = folk(20_000, version=np.where(region <= 3, 3, np.where(version == 3, 1, version)))
    bad = made(0, 3, known=known, faults=[strikes(DEVICE, Cause.PAYMENT_APP_DOWN, version="1.5.0")])
    assert places(told(bad)) == [("device", {"version": "1.5.0"})]
    line = made(0, 3, known=known, faults=[strikes(LINE, Cause.INTERNET_DOWN, region="region-02")])
    assert places(told(line)) == [("internet", {"region": "region-02"})]


def test_a_chain_with_half_of_the_fleet_has_a_label_and_no_cashier_answers_for_it() -> None:
    known = folk(20_000)
    chain = np.where(known.attributes["store"].codes % 2 == 0, 1, known.attributes["label:chain"].codes)
    known.attributes["label:chain"] = Attribute(known.attributes["label:chain"].values, chain)
    fleet = made(0, 3, known=known, faults=[Injected(CONFIG, {"label:chain": "chain-01"}, (Cause.WIFI_PASSWORD,), 0.9, NOW)])
    (fault,) = told(fleet)
    assert fault.where == ({"label:chain": "chain-01"},)
    assert fault.owner == "technician"


def test_one_terminal_that_fails_is_no_shared_fault() -> None:
    fleet = made(1, 1, faults=[strikes(HOST, Cause.GATEWAY_DOWN, 1.0)])
    answer = answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    assert answer.faults == ()
    assert answer.single == {"system.gateway_down": 1}


@pytest.mark.parametrize("size", [3, 20, 5000])
def test_where_everything_fails_there_is_one_fault_and_it_is_everywhere(size: int) -> None:
    (fault,) = told(made(size, 1, faults=[strikes(HOST, Cause.GATEWAY_DOWN, 1.0)]))
    assert (fault.where, fault.elsewhere_of, fault.owner) == (({},), 0, "acquirer")
    assert "in the whole fleet" in rates(fault).en


@pytest.mark.parametrize("rate", [0.15, 0.2, 0.5, 0.9])
def test_a_part_of_the_whole_fleet_that_no_place_has_more_of(rate: float) -> None:
    (fault,) = told(made(5000, 1, faults=[strikes(HOST, Cause.GATEWAY_DOWN, rate)]))
    assert fault.where == ({},)


def test_everyday_faults_of_many_kinds_are_no_fault_of_the_whole_fleet_however_many() -> None:
    fleet = made(5000, 1, faults=0, noise=0.35)
    assert told(fleet) == ()


def test_two_of_three_hosts_do_not_hide_each_other() -> None:
    known = folk(20_000)
    known = folk(20_000, host=(known.attributes["host"].codes - 1) % 3 + 1)
    down = [strikes(HOST, Cause.GATEWAY_DOWN, 0.95, host=f"pay{number}.example.com") for number in (0, 1)]
    faults = told(made(0, 1, known=known, faults=down))
    assert sorted(where["host"] for _, where in places(faults)) == ["pay0.example.com", "pay1.example.com"]


@pytest.mark.parametrize(("family", "cause"), [(LINE, Cause.INTERNET_DOWN), (SILENCE, None)])
def test_nine_of_ten_regions_are_one_fault(family: Family, cause: Cause | None) -> None:
    known = folk(20_000)
    known = folk(20_000, region=(known.attributes["region"].codes - 1) % 10 + 1)
    down = [strikes(family, cause, 0.95, region=f"region-{number:02}") for number in range(1, 10)]
    (fault,) = told(made(0, 1, known=known, faults=down))
    assert fault.where == ({},)


def test_two_meetings_inside_one_host_are_two_faults_and_not_the_host() -> None:
    cause = Cause.GATEWAY_BLOCKED
    blocked = [strikes(HOST, cause, 0.8, host="pay0.example.com", isp=isp) for isp in ("isp-a", "isp-d")]
    faults = told(made(20_000, 5, faults=blocked))
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
    both = [strikes(LINE, Cause.INTERNET_DOWN, isp="isp-c"), strikes(SILENCE, None, 0.7, isp="isp-c")]
    faults = told(made(20_000, 1, faults=both))
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


def test_a_cause_of_a_later_version_is_localised_too() -> None:
    fleet = made(5000, 1, faults=[strikes(LINE, Cause.INTERNET_DOWN, isp="isp-b")])
    for number in range(5000):
        row = fleet.table.row(number)
        if row.cause == "network.internet_down":
            row.cause, row.causes = "network.satellite_lost", ("network.satellite_lost",)
            fleet.table.put(row)
    (fault,) = told(fleet)
    assert (fault.where[0], fault.owner, fault.step) == ({"isp": "isp-b"}, "isp", None)
