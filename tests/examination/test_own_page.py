"""A router that gives itself for every name and shows its own page: its line is dead, unless somebody beyond it was heard."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.examination.dependencies import settle
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, HttpCheckFacts, PageFacts, Phase, ReachFacts, ResolverFacts, RouterFacts

ROUTER, PORTAL = "192.168.1.1", "192.168.1.2"


def page(number: int, address: str, symptom: Symptom = Symptom.REDIRECTED) -> Check[Facts]:
    facts = HttpCheckFacts(
        url="http://x.example/", host=f"x{number}.example", resolver=ROUTER, address=address, via="", phase=Phase.DONE, expected=True,
        interface="eth0",
    )  # fmt: skip
    return check_of(facts, Outcome.FAIL, symptom, name=str(number), target=f"x{number}.example")


def reach(symptom: Symptom | None, number: int = 9, by: str = "") -> Check[Facts]:
    facts = ReachFacts(port=53, expected=True, interface="eth0", via=ROUTER, address=f"198.51.100.{number}", by=by or None)
    return check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name=f"198.51.100.{number}:53")


def told(address: str, *more: Check[Facts], symptom: Symptom = Symptom.REDIRECTED) -> list[tuple[Cause, float]]:
    refused = GatewayFacts(host="gw.example", port=443, resolver=ROUTER, address=address, via="", phase=Phase.TCP, interface="eth0")
    seen = (
        check_of(RouterFacts(interface="eth0", on_subnet=True, answered_by="icmp"), Outcome.PASS, name=ROUTER),
        check_of(ResolverFacts(names={"x.example": "NOERROR"}, beyond_router=False, interface="eth0"), Outcome.PASS, name=ROUTER),
        *(page(number, address, symptom) for number in (1, 2)),
        check_of(refused, Outcome.FAIL, Symptom.REFUSED, name="a", target="gw.example:443"),
    )
    return [(finding.code, finding.confidence) for finding in diagnose(settle((*seen, *more))).findings]


@pytest.mark.parametrize("symptom", [Symptom.REDIRECTED, Symptom.REWRITTEN])
def test_the_router_s_own_page_and_nobody_beyond_it(symptom: Symptom) -> None:
    ((code, sure),) = told(ROUTER, reach(Symptom.UNREACHABLE), reach(Symptom.UNREACHABLE, 8), symptom=symptom)
    assert code is Cause.INTERNET_DOWN and sure > 0.65


@pytest.mark.parametrize("symptom", [Symptom.TIMEOUT, Symptom.PROHIBITED])
def test_where_it_does_not_say_that_it_gets_nowhere_it_may_want_a_login(symptom: Symptom) -> None:
    ((code, sure),) = told(ROUTER, reach(symptom), reach(symptom, 8))
    assert code is Cause.INTERNET_DOWN and sure <= 0.7


@pytest.mark.parametrize(
    ("address", "beyond"),
    [
        (ROUTER, [reach(None)]),  # somebody beyond it was heard
        (ROUTER, []),  # nobody was asked
        (PORTAL, [reach(Symptom.UNREACHABLE)]),  # more than the router's own page
    ],
)
def test_a_portal(address: str, beyond: list[Check[Facts]]) -> None:
    assert next(code for code, _ in told(address, *beyond)) is Cause.CAPTIVE_PORTAL


def test_a_page_at_any_address_where_the_router_knows_no_way_to_any_is_of_its_own_side() -> None:
    nowhere = [reach(Symptom.UNREACHABLE, number, by=ROUTER) for number in (8, 9)]
    assert [code for code, _ in told(PORTAL, *nowhere)] == [Cause.INTERNET_DOWN]
    by_number = PageFacts(
        host="198.51.100.8", address="198.51.100.8", via=ROUTER, phase=Phase.DONE, interface="eth0", elsewhere="router.example"
    )
    led = check_of(by_number, Outcome.FAIL, Symptom.REDIRECTED, name="198.51.100.8:53")
    assert [code for code, _ in told(PORTAL, led, *nowhere)] == [Cause.INTERNET_DOWN]
    assert told(PORTAL, reach(Symptom.UNREACHABLE, 8, by=ROUTER), reach(Symptom.TIMEOUT))[0][0] is Cause.CAPTIVE_PORTAL
