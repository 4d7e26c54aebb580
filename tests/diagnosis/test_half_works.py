"""That one half works says nothing of the other: families, ways, one box for all, and answers that are dropped here."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import Finding
from agent.examination.dependencies import settle
from agent.examination.judge import judge
from agent.settings.model import Settings
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import (
    AddressFacts,
    ArrivalsFacts,
    GatewayFacts,
    HttpCheckFacts,
    LinkFacts,
    LossFacts,
    PageFacts,
    Phase,
    ReachFacts,
    ResolverFacts,
    RouterFacts,
)

FOUR, SIX = "192.168.1.1", "2001:db8:1::1"
FAIL, PASS = Outcome.FAIL, Outcome.PASS
TIMEOUT = Symptom.TIMEOUT


def of(router: str, number: int) -> str:
    """Hosts of different operators lie in different networks."""
    return f"2001:db8:{number}::1" if ":" in router else f"198.{number}.100.1"


def reach(number: int, router: str = FOUR, symptom: Symptom | None = None) -> Check[Facts]:
    facts = ReachFacts(port=53, expected=True, interface="eth0", via=router, address=of(router, number))
    known = facts if symptom else facts.with_(answer="accepted")
    return check_of(known, FAIL if symptom else PASS, symptom, name=f"[{of(router, number)}]:53")


def web(number: int, router: str = FOUR, symptom: Symptom | None = None, status: int = 204) -> Check[Facts]:
    facts = HttpCheckFacts(
        host=f"check{number}.example", resolver=FOUR, address=of(router, 80 + number), interface="eth0", via=router, expected=True,
        phase=Phase.DONE, http_status=status,
    )  # fmt: skip
    return check_of(facts, FAIL if symptom else PASS, symptom, name=str(number), target=f"check{number}.example")


def gateway(router: str = FOUR, symptom: Symptom | None = TIMEOUT, phase: Phase = Phase.TCP, **more: object) -> Check[Facts]:
    facts = GatewayFacts(host="gw.example", port=8583, protocol="tls", tls=True, resolver=FOUR, interface="eth0", via=router, phase=phase)
    known = facts.with_(**{"address": of(router, 10), **more})
    return check_of(known, FAIL if symptom else PASS, symptom, name="a", target="gw.example:8583")


def page(name: str, symptom: Symptom | None = Symptom.REDIRECTED, **more: object) -> Check[Facts]:
    facts = PageFacts(host=name, address="198.51.100.10", interface="eth0", via=FOUR, phase=Phase.DONE, http_status=302).with_(**more)
    return check_of(facts, FAIL if symptom else PASS, symptom, name=name, target=name)


BELOW: tuple[Check[Facts], ...] = (
    check_of(LinkFacts(interface_kind="ethernet", used=True, carrier=True), PASS, name="eth0"),
    check_of(AddressFacts(addresses=("192.168.1.9/24", "2001:db8:1::9/64")), PASS, name="eth0"),
    *(check_of(RouterFacts(interface="eth0", on_subnet=True, answered_by="icmp"), PASS, name=each) for each in (FOUR, SIX)),
    check_of(ResolverFacts(names={"x.example": "NOERROR"}, beyond_router=False, interface="eth0"), PASS, name=FOUR),
)


def found(*checks: Check[Facts], below: tuple[Check[Facts], ...] = BELOW) -> Finding:
    first, *_ = diagnose(settle(judge((*below, *checks), Settings()))).findings
    return first


@pytest.mark.parametrize(("dead", "well"), [(FOUR, SIX), (SIX, FOUR)])
def test_a_family_in_which_nobody_answers_is_a_line_that_is_dead(dead: str, well: str) -> None:
    others = (reach(1, well), reach(2, well), web(1, well), web(2, well))
    first = found(reach(1, dead, TIMEOUT), reach(2, dead, TIMEOUT), *others, gateway(dead))
    assert first.code is Cause.INTERNET_DOWN and "gateway:a" in first.evidence
    alone = found(reach(1, dead), reach(2, dead, TIMEOUT), *others, gateway(dead))
    assert alone.code is Cause.GATEWAY_BLOCKED, "somebody answers there"


def test_one_silent_address_beside_it_leaves_a_doubt() -> None:
    first = found(reach(1, FOUR, TIMEOUT), reach(1, SIX), web(1, SIX), web(2, SIX), gateway(FOUR))
    assert set(first.candidates) == {Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED}


def test_a_router_of_the_host_s_own_is_another_way() -> None:
    first = found(reach(1), reach(2), web(1), web(2), gateway("192.168.1.2"))
    assert set(first.candidates) == {Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED}
    assert found(reach(1), reach(2), web(1), web(2), gateway(FOUR)).code is Cause.GATEWAY_BLOCKED


@pytest.mark.parametrize(("dead", "well", "doubted"), [(FOUR, SIX, True), (SIX, FOUR, False)])
def test_a_name_server_on_the_site_asks_by_ipv4(dead: str, well: str, doubted: bool) -> None:
    failing = check_of(ResolverFacts(names={"x.example": "SERVFAIL"}, interface="eth0"), FAIL, Symptom.SERVFAIL, name=FOUR)
    lost = gateway(symptom=Symptom.SERVFAIL, phase=Phase.RESOLVE, address=None, interface=None, via=None)
    below = (*BELOW[:-1], failing)
    first = found(reach(1, dead, TIMEOUT), reach(2, dead, TIMEOUT), reach(1, well), reach(2, well), lost, below=below)
    assert (Cause.INTERNET_DOWN in first.candidates) is doubted
    assert doubted or first.code is Cause.DNS_FAILING


@pytest.mark.parametrize("status", [502, 503, 504, 400])
def test_one_status_from_everybody_while_no_address_answers_is_one_box(status: int) -> None:
    pages = (web(1, symptom=Symptom.WRONG_STATUS, status=status), web(2, symptom=Symptom.WRONG_STATUS, status=status))
    first = found(reach(1, symptom=TIMEOUT), reach(2, symptom=TIMEOUT), *pages, gateway())
    assert set(first.candidates) == {Cause.CAPTIVE_PORTAL, Cause.INTERNET_DOWN}
    heard = found(reach(1), reach(2, symptom=TIMEOUT), *pages, gateway())
    assert heard.code is Cause.GATEWAY_BLOCKED


def test_two_hosts_that_lead_to_one_page_are_a_portal_s() -> None:
    checks = (reach(1, symptom=TIMEOUT), reach(2, symptom=TIMEOUT), web(1), web(2))
    led = page("a", elsewhere="login.example"), page("198.1.100.1:53", elsewhere="login.example")
    assert found(*checks, gateway(), *led).code is Cause.CAPTIVE_PORTAL
    assert found(*checks, gateway(symptom=Symptom.REFUSED), *led).code is Cause.CAPTIVE_PORTAL
    apart = found(*checks, gateway(), led[0])
    assert set(apart.candidates) == {Cause.CAPTIVE_PORTAL, Cause.GATEWAY_BLOCKED}, "the host's owner may lead there himself"


@pytest.mark.parametrize(("status", "expected"), [(200, Cause.CAPTIVE_PORTAL), (502, Cause.GATEWAY_BLOCKED)])
def test_one_page_for_both_is_somebody_else_s_unless_it_tells_of_a_trouble(status: int, expected: Cause) -> None:
    shown = [page(name, None, http_status=status, page="0badcafe") for name in ("a", "198.1.100.1:53")]
    assert found(reach(1, symptom=TIMEOUT), reach(2, symptom=TIMEOUT), web(1), web(2), gateway(), *shown).code is expected


def arrived(outcome: Outcome, **dropped: int) -> Check[Facts]:
    symptom = Symptom.DROPPED_HERE if outcome is FAIL else None
    return check_of(ArrivalsFacts(asked={"ipv4": 9}, dropped=dropped), outcome, symptom)


def test_answers_that_the_kernel_counted_and_nobody_got() -> None:
    silence = (reach(1, symptom=TIMEOUT), reach(2, symptom=TIMEOUT), gateway())
    first = found(*silence, arrived(FAIL, ipv4=9))
    assert first.code is Cause.LOCAL_FIREWALL and first.confidence <= 0.7
    assert found(*silence, arrived(PASS)).code is Cause.INTERNET_DOWN
    assert found(*silence, arrived(FAIL, ipv6=9)).code is Cause.INTERNET_DOWN, "of another family"


def test_where_some_of_the_answers_vanish_a_check_that_got_none_is_no_firewall() -> None:
    silent = check_of(ResolverFacts(names={"x.example": "timeout"}, interface="eth0"), FAIL, TIMEOUT, name=FOUR)
    measured = {
        lost: check_of(LossFacts(interface="eth0", via=FOUR, sent=40, lost=lost, method="tcp"), FAIL, Symptom.LOSS, name="eth0")
        for lost in (16, 40)
    }
    seen = (*BELOW[:-1], silent, gateway(symptom=None, phase=Phase.DONE), reach(1), arrived(FAIL, ipv4=9))
    told = {lost: [each.code for each in diagnose(settle(judge((*seen, loss), Settings()))).findings] for lost, loss in measured.items()}
    assert Cause.LOCAL_FIREWALL not in told[16] and Cause.UNSTABLE in told[16]
    assert Cause.LOCAL_FIREWALL in told[40]


def test_a_silent_router_whose_answers_are_dropped_here() -> None:
    router = check_of(RouterFacts(interface="eth0", on_subnet=True), FAIL, Symptom.ROUTER_SILENT, name=SIX)
    below = (*BELOW[:2], router)
    assert found(gateway(SIX), reach(1, SIX, TIMEOUT), arrived(FAIL, ipv6=4), below=below).code is Cause.LOCAL_FIREWALL
    assert found(gateway(SIX), reach(1, SIX, TIMEOUT), arrived(PASS), below=below).code is Cause.ROUTER_UNREACHABLE


@pytest.mark.parametrize(("symptom", "expected"), [(Symptom.DNS_REFUSED, Cause.UNSTABLE), (Symptom.NXDOMAIN, Cause.GATEWAY_MISCONFIGURED)])
def test_a_name_server_loses_its_own_questions_where_packets_are_lost(symptom: Symptom, expected: Cause) -> None:
    loss = check_of(
        LossFacts(interface="eth0", via=FOUR, sent=40, lost=24, loss_percent=60.0, method="tcp"), FAIL, Symptom.LOSS, name="eth0"
    )
    lost = gateway(symptom=symptom, phase=Phase.RESOLVE, address=None, interface=None, via=None)
    codes = [each.code for each in diagnose(settle(judge((*BELOW, reach(1), reach(2), lost, loss), Settings()))).findings]
    assert expected in codes and Cause.DNS_FAILING not in codes


def test_names_that_come_from_beyond_while_nothing_else_does_leave_a_doubt() -> None:
    beyond = check_of(ResolverFacts(names={"x.example": "NOERROR"}, beyond_router=True, interface="eth0"), PASS, name="198.51.100.53")
    first = found(reach(1, symptom=TIMEOUT), reach(2, symptom=TIMEOUT), gateway(), below=(*BELOW[:-1], beyond))
    assert set(first.candidates) == {Cause.INTERNET_DOWN, Cause.CAPTIVE_PORTAL, Cause.GATEWAY_BLOCKED}
