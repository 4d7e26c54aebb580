"""Whose fault it is, what comes first, and how it reads."""

from __future__ import annotations

import re

import pytest

from agent.diagnosis.causes import Cause, Owner
from agent.fleet.localise import wording
from agent.fleet.localise.advice import owner_of, step_of
from agent.fleet.localise.families import FAMILY_OF
from agent.fleet.localise.located import located
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import ATTRIBUTES, CELLS, Family
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
