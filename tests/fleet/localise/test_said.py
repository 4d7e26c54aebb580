"""Whose fault it is, what comes first, and how it reads."""

from __future__ import annotations

import re
import time

import pytest

from agent.diagnosis.causes import Cause, Owner
from agent.fleet.localise import wording
from agent.fleet.localise.advice import owner_of, step_of
from agent.fleet.localise.families import FAMILY_OF
from agent.fleet.localise.located import located
from agent.fleet.model.answer import Fault, Totals
from agent.fleet.model.attributes import ATTRIBUTES, CELLS, Family
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, made

HAN = re.compile(r"[\u4e00-\u9fff]")


def fault(**changes: object) -> Fault:
    base = {
        "id": "x",
        "family": "internet",
        "causes": {"network.internet_down": 9},
        "where": ({"isp": "isp-c", "region": "south"},),
        "failing": 6496,
    }
    rest = {"of": 7489, "elsewhere_failing": 740, "elsewhere_of": 92_511, "cannot_pay": 6000, "score": 9.0}
    return Fault(**{**base, **rest, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("cause", FAMILY_OF)
def test_every_cause_at_every_place_has_an_owner_and_a_first_step_in_both_languages(cause: Cause) -> None:
    family = FAMILY_OF[cause]
    for cell in (*CELLS[family], (), ("label:chain",)):
        where = {name: "cellular" if name == "uplink" else f"a-{name}" for name in cell}
        owner = owner_of(family, where, cause.value)
        assert Owner(owner).known
        step = step_of(family, where, cause.value, owner, NOW)
        assert step is not None
        assert HAN.search(step.zh)
        assert not HAN.search(step.en)
        assert "{" not in step.zh + step.en


@pytest.mark.parametrize(
    ("family", "where", "cause", "owner"),
    [
        (Family.GATEWAY, {"host": "h"}, "system.gateway_down", "acquirer"),
        (Family.GATEWAY, {"host": "h", "isp": "c"}, "network.gateway_blocked", "isp"),
        (Family.GATEWAY, {"isp": "c"}, "system.gateway_error", "acquirer"),  # the host says so itself
        (Family.INTERNET, {"isp": "c", "region": "south"}, "network.internet_down", "isp"),
        (Family.INTERNET, {"store": "s"}, "network.router_unreachable", "cashier"),
        (Family.DEVICE, {"version": "2"}, "system.payment_app_down", "vendor"),
        (Family.DEVICE, {"config": "c"}, "system.local_firewall", "technician"),
        (Family.CONFIGURATION, {"config": "c"}, "operator.client_certificate", "technician"),
        (Family.SILENCE, {"isp": "c"}, "", "isp"),
        (Family.SILENCE, {"version": "2"}, "", "vendor"),
        (Family.SILENCE, {}, "", "technician"),
    ],
)
def test_who_answers_for_what_they_share(family: Family, where: dict[str, str], cause: str, owner: str) -> None:
    assert owner_of(family, where, cause) == owner


def test_base_rates_in_words() -> None:
    said = wording.rates(fault())
    assert said.en == "6,496 of 7,489 on provider isp-c, region south; elsewhere 0.8 %"
    assert said.zh == "运营商 isp-c、地区 south 的 7,489 台中有 6,496 台，其他地方 0.8 %"


@pytest.mark.parametrize(
    ("some", "of", "said"),
    [
        (0, 0, "there are no others"),
        (0, 5000, "none of 5,000"),
        (3, 92_511, "3 of 92,511"),
        (900, 92_511, "1.0 %"),
        (50_000, 92_511, "54 %"),
    ],
)
def test_a_share_is_said_as_people_read_it(some: int, of: int, said: str) -> None:
    assert wording.share(some, of).en == said


def test_what_cannot_be_told_apart_and_what_is_everywhere() -> None:
    two = wording.alternatives(fault(where=({"host": "pay.example.com"}, {"address": "198.51.100.7"})))
    assert two.en == "host pay.example.com (cannot be told apart from host address 198.51.100.7)"
    assert wording.alternatives(fault(where=({},))).en == "the whole fleet"
    assert wording.rates(fault(where=({},), elsewhere_of=0)).en == "6,496 of 7,489 in the whole fleet, no place stands out"


def test_what_terminals_say_is_harmless_on_a_screen() -> None:
    said = wording.rates(fault(where=({"isp": "\x1b[31mred\n\u202e", "label:\x07bell": "x" * 500},)))
    for text in (said.zh, said.en):
        assert not re.search(r"[\x00-\x1f\u202e]", text)
        assert len(text) < 400


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_attribute_has_its_name(attribute: str) -> None:
    assert wording.attribute(attribute).zh != attribute


def test_titles() -> None:
    assert wording.title(fault()).en == "internet down"
    assert wording.title(fault(family="silence", causes={})).zh == "没有消息"
    assert wording.title(fault(causes={"network.of_a_later_version": 3})).en == "network.of_a_later_version"


def test_the_terminals_behind_a_fault() -> None:
    fleet = made(5000, 7, faults=[Injected(Family.INTERNET, {"isp": "isp-b"}, (Cause.INTERNET_DOWN,), 0.9, NOW - 7200)])
    found = located(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    (one,) = found.answer.faults
    failing, healthy, onsets = found.failing(one.id), found.healthy(one.id), found.onsets(one.id)
    provider = fleet.table.attributes["isp"]
    assert len(failing) == len(onsets) == one.failing
    assert onsets == sorted(onsets)
    assert {provider[number] for number in failing + healthy} == {"isp-b"}
    assert all(fleet.table.causes[number] for number in failing)
    assert len(healthy) == 5
    assert not any(fleet.table.causes[number] for number in healthy)
    assert sum(one.causes.values()) == one.failing
    told = sum(one.causes.values()) + sum(found.answer.single.values())
    assert told == sum(1 for number in range(5000) if fleet.table.causes[number] and not fleet.silent[number])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"isp": "isp-c"}, "acquirer's host not reached from there"),
        ({"host": "pay.example.com", "isp": "isp-c"}, "acquirer's host not reached from there"),
        ({"config": "c1"}, "acquirer's host not reached from there"),
        ({"label:chain": "x"}, "acquirer's host not reached from there"),
        ({"host": "pay.example.com"}, "host out of service"),
        ({"address": "198.51.100.7"}, "host out of service"),
        ({}, "host out of service"),
    ],
)
def test_a_host_that_is_well_for_everybody_else_is_not_called_out_of_service(where: dict[str, str], said: str) -> None:
    assert wording.title(fault(family="gateway", causes={"system.gateway_down": 9}, where=(where,))).en == said
    assert wording.title(fault(where=(where,))).en == "internet down", "what the line is like it says itself"


def test_of_a_cause_of_a_later_version_the_owner_is_called_all_the_same() -> None:
    where = {"isp": "c"}
    step = step_of(Family.INTERNET, where, "network.satellite_down", owner_of(Family.INTERNET, where, "network.satellite_down"), NOW)
    assert step is not None and step.en.startswith("Call the provider")
    assert step_of(Family.DEVICE, {"store": "s"}, "system.new", "technician", NOW) is None


def test_who_has_to_act_is_named_where_the_place_does() -> None:
    assert wording.whom(fault(owner="isp")) == "isp-c"
    assert wording.whom(fault(owner="acquirer", where=({"host": "h\x1b", "isp": "isp-c"},))) == "h\\x1b"
    assert wording.whom(fault(owner="isp", where=({"region": "south"},))) == wording.whom(fault(owner="technician")) == ""


@pytest.mark.parametrize(
    ("terminals", "labelled", "failing", "why"),
    [
        (12, True, 6, "few"),
        (12, True, 12, None),
        (200, False, 60, "unlabelled"),
        (200, True, 60, None),
    ],
)
def test_why_no_place_is_told(terminals: int, labelled: bool, failing: int, why: str | None) -> None:
    down, step = "network.internet_down", terminals // failing
    table = Table(
        Row(
            id=f"T-{number}",
            generated=NOW,
            valid_until=NOW + 180,
            received=NOW,
            since=NOW - 600,
            state=2 if number % step == 0 else 0,
            can_pay=0 if number % step == 0 else 1,
            cause=down if number % step == 0 else "",
            causes=(down,) if number % step == 0 else (),
            attributes={"isp": f"isp-{number // 2 % 5}", "version": "1"} if labelled else {"version": "1"},
        )
        for number in range(terminals)
    )
    totals = Totals(terminals=terminals, can_pay=0, cannot_pay=0, unknown=0, silent=0)
    (found,) = located(table, totals, NOW, silent=bytearray(terminals)).answer.faults
    assert (found.where[0], found.unplaced) == ({}, why)
    assert ("no place stands out" in wording.rates(found).en) == (why is None)


def test_codes_that_a_terminal_makes_up_are_harmless_and_few() -> None:
    table = Table(
        Row(
            id=f"T-{number}",
            generated=NOW,
            valid_until=NOW + 180,
            received=NOW,
            state=1,
            can_pay=1,
            cause=f"operator.\x1b]{number}\u202e{'x' * 200}" if number else "operator.paper_out",
        )
        for number in range(60)
    )
    totals = Totals(terminals=60, can_pay=60, cannot_pay=0, unknown=0, silent=0)
    answer = located(table, totals, NOW, silent=bytearray(60)).answer
    told = {**answer.single, **{code: count for each in answer.faults for code, count in each.causes.items()}}
    assert len(told) == 18 and sum(told.values()) == 60 and told["operator.paper_out"] == 1
    assert all(code.isprintable() and len(code) <= 80 for code in told)


def test_a_moment_in_a_step_is_told_by_the_time_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        said = [
            step
            for cause in FAMILY_OF
            if (
                step := step_of(FAMILY_OF[cause], {"store": "s"}, cause.value, owner_of(FAMILY_OF[cause], {"store": "s"}, cause.value), NOW)
            )
        ]
        dated = [step for step in said if "2026-" in step.en]
        assert dated and all("(UTC+08:00)" in step.en and "(UTC+08:00)" in step.zh for step in dated)
    finally:
        monkeypatch.undo()
        time.tzset()
