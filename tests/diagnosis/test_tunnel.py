"""A tunnel is at fault only where its line was heard and nothing came back through it."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.diagnose import diagnose
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, LinkFacts, Phase, ReachFacts, ResolverFacts, TunnelFacts

GATEWAY = check_of(
    GatewayFacts(host="gw.example", port=443, phase=Phase.TCP, interface="wg0", via="", address="203.0.113.7"),
    Outcome.FAIL, Symptom.TIMEOUT, name="a", target="gw.example:443",
)  # fmt: skip


def reach(interface: str, outcome: Outcome = Outcome.FAIL, number: int = 9) -> Check[Facts]:
    symptom = Symptom.TIMEOUT if outcome is Outcome.FAIL else None
    via = "" if interface == "wg0" else "192.0.2.1"
    facts = ReachFacts(port=53, expected=True, interface=interface, via=via, address=f"198.51.100.{number}")
    return check_of(facts, outcome, symptom, name=f"198.51.100.{number}:53")


def tunnel(answers: bool | None, outcome: Outcome = Outcome.FAIL) -> Check[Facts]:
    facts = TunnelFacts(interface="wg0", line="eth0", line_answers=answers)
    return check_of(facts, outcome, Symptom.TUNNEL_SILENT if outcome is Outcome.FAIL else None, name="wg0")


def codes(*checks: Check[Facts]) -> list[Cause]:
    return [finding.code for finding in diagnose(checks).findings]


def test_its_line_works_and_nothing_comes_back_through_it() -> None:
    (found,) = diagnose([GATEWAY, reach("wg0"), reach("wg0", number=8), tunnel(True)]).findings
    assert (found.code, found.subject, found.severity) == (Cause.TUNNEL_DOWN, "wg0", Severity.OUTAGE)
    assert 0.5 < found.confidence <= 0.8  # that the line answers is the one thing that would differ if the Internet were down


def test_one_silent_host_in_it_is_less_sure() -> None:
    (found,) = diagnose([GATEWAY, reach("eth0", Outcome.PASS), tunnel(None)]).findings
    assert found.code is Cause.TUNNEL_DOWN and found.confidence <= 0.8


def test_a_name_server_that_alone_was_asked_in_it_may_be_silent_by_itself() -> None:
    facts = ResolverFacts(interface="wg0", names={"www.example": "timeout"})
    silent = check_of(facts, Outcome.FAIL, Symptom.TIMEOUT, name="10.53.0.53")
    (found,) = diagnose([silent, reach("eth0", Outcome.PASS), tunnel(True)]).findings
    assert (found.code, found.candidates) == (Cause.INDETERMINATE, (Cause.DNS_UNREACHABLE, Cause.TUNNEL_DOWN))
    asked = check_of(tunnel(True).facts.with_(peer="10.53.0.1"), Outcome.FAIL, Symptom.TUNNEL_SILENT, name="wg0")
    (found,) = diagnose([silent, reach("eth0", Outcome.PASS), asked]).findings
    assert found.code is Cause.TUNNEL_DOWN and found.confidence <= 0.8
    well = check_of(asked.facts, Outcome.PASS, name="wg0")
    assert codes(silent, reach("eth0", Outcome.PASS), well) == [Cause.DNS_UNREACHABLE]


def test_its_line_is_dead_too() -> None:
    assert codes(GATEWAY, reach("wg0"), reach("wg0", number=8), tunnel(False)) == [Cause.INTERNET_DOWN]


def test_nobody_knows_of_its_line() -> None:
    found = diagnose([GATEWAY, reach("wg0"), tunnel(None)]).findings[0]
    assert (found.code, found.candidates) == (Cause.INDETERMINATE, (Cause.TUNNEL_DOWN, Cause.INTERNET_DOWN))


@pytest.mark.parametrize("seen", [tunnel(True, Outcome.PASS), reach("wg0", Outcome.PASS, 8)])
def test_somebody_answered_through_it(seen: Check[Facts]) -> None:
    assert Cause.TUNNEL_DOWN not in codes(GATEWAY, seen, *([] if isinstance(seen.facts, TunnelFacts) else [tunnel(True)]))


def test_a_tunnel_without_its_program() -> None:
    link = check_of(LinkFacts(tunnel=True, used=True), Outcome.FAIL, Symptom.NO_CARRIER, name="wg0")
    skipped = check_of(GATEWAY.facts, Outcome.SKIP, Symptom.TIMEOUT, "link:wg0", name="a")
    assert codes(link, skipped, tunnel(True)) == [Cause.TUNNEL_DOWN]
    assert codes(link, skipped, tunnel(False)) == [Cause.INTERFACE_DISABLED]


def test_where_payments_pass_another_way_it_is_a_remark() -> None:
    paid = check_of(GatewayFacts(host="gw.example", phase=Phase.DONE, interface="eth0", via="192.0.2.1"), Outcome.PASS, name="a")
    assert [(f.code, f.severity) for f in diagnose([paid, reach("wg0"), tunnel(True)]).findings] == [(Cause.TUNNEL_DOWN, Severity.NOTICE)]
