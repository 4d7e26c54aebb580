"""The terminal's own network set wrong, and programs of the terminal that stand for a host: what is said, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.examination.relays import relayed
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, GatewayFacts, HttpCheckFacts, LinkFacts, Phase, ReachFacts, RouterFacts

DOWN, SET = Cause.INTERNET_DOWN, Cause.NETWORK_MISCONFIGURED


def reach(symptom: Symptom | None = Symptom.TIMEOUT, because: str | None = None) -> Check[Facts]:
    facts = ReachFacts(port=53, expected=True, interface="eth0", via="192.0.2.1", address="198.51.100.53")
    outcome = Outcome.PASS if symptom is None else Outcome.SKIP if because else Outcome.FAIL
    return check_of(facts, outcome, symptom, because, name="198.51.100.53:53")


def relay(symptom: Symptom | None, interface: str = "lo", status: int | None = None) -> Check[Facts]:
    phase = Phase.TCP if symptom is Symptom.REFUSED else Phase.AFTER_TCP
    facts = GatewayFacts(host="127.0.0.1", phase=phase, interface=interface, address="127.0.0.1", depth=Phase.TCP, http_status=status)
    return check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name="a", target="127.0.0.1:8583")


def codes(*checks: Check[Facts]) -> list[Cause]:
    return [found.code for found in diagnose(relayed(checks)).findings]


@pytest.mark.parametrize("symptom", [Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED])
def test_a_program_of_the_terminal_fails_where_the_line_does(symptom: Symptom) -> None:
    assert codes(reach(), relay(symptom)) == [DOWN]
    assert codes(reach(None), relay(symptom)) == [Cause.GATEWAY_DOWN], "the line is well"
    assert codes(reach(), relay(symptom, "eth0")) != [DOWN], "somebody out there said it"


def test_what_such_a_program_says_of_the_host() -> None:
    assert codes(reach(), relay(Symptom.HTTP_STATUS, status=502)) == [DOWN]
    assert Cause.ACCOUNT_SUSPENDED in codes(reach(), relay(Symptom.HTTP_STATUS, status=402)), "only the host itself knows that"


def test_one_that_does_not_run_is_a_fault_of_its_own() -> None:
    assert Cause.GATEWAY_DOWN in codes(reach(), relay(Symptom.REFUSED))


def test_the_cable_explains_it_too() -> None:
    out = check_of(LinkFacts(used=True, configured=True), Outcome.FAIL, Symptom.NO_CARRIER, name="eth0")
    assert codes(out, reach(because="link:eth0"), relay(Symptom.CLOSED)) == [Cause.CABLE_UNPLUGGED]


@pytest.mark.parametrize("symptom", [Symptom.ADDRESS_RESERVED, Symptom.ADDRESS_ON_PORT])
def test_an_address_of_no_use_is_at_fault_only_where_nothing_comes_back(symptom: Symptom) -> None:
    own = check_of(AddressFacts(addresses=("192.0.2.255/24",)), Outcome.WARN, symptom, name="eth0")
    router = check_of(RouterFacts(interface="eth0"), Outcome.FAIL, Symptom.ROUTER_SILENT, name="192.0.2.1")
    assert codes(own, reach()) == [SET]
    assert codes(own, router, reach(because="router:192.0.2.1")) == [SET]
    assert codes(own, reach(None)) == []


@pytest.mark.parametrize("phase", [Phase.TCP, Phase.HTTP])
@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_who_accepts_for_everybody_and_resets_may_do_so_before_it_is_seen_that_he_accepted(phase: Phase, answer: str) -> None:
    """Which of the two is seen first is a matter of the machine's load."""
    way: dict[str, Any] = {"interface": "eth0", "via": "192.0.2.1"}
    plain = ReachFacts(port=53, expected=True, answer=answer, address="198.51.100.53", **way)
    page = HttpCheckFacts(expected=True, phase=phase, address="203.0.113.80", **way)
    pages = [check_of(page, Outcome.FAIL, Symptom.RESET, name=name) for name in ("one.example", "two.example")]
    facts = GatewayFacts(host="a.example", phase=Phase.TCP, address="192.0.2.10", depth=Phase.TLS, **way)
    gateway = check_of(facts, Outcome.FAIL, Symptom.RESET, name="a", target="a.example:8583")
    assert codes(check_of(plain, Outcome.PASS, name="198.51.100.53:53"), *pages, gateway) == [DOWN]
