"""Every cause says what it foretells, no verdict outlives an observation that contradicts it, and none is sure that could be another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import Finding, State
from agent.diagnosis.places import Aspect
from agent.diagnosis.predictions import PREDICTIONS, UNREACHED, ways
from agent.diagnosis.second_opinion import second_opinion
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Facts, Kind, Outcome, Symptom, check_of
from probes.model.facts import (
    ClockFacts,
    GatewayFacts,
    HttpCheckFacts,
    LossFacts,
    NamesElsewhereFacts,
    Phase,
    ReachFacts,
    ResolverFacts,
    RouterFacts,
    SerialFacts,
    SerialPresentFacts,
)
from probes.model.facts.devices import PresentPort
from probes.model.facts.gateway import AppConnection
from tests.support import scenario_files
from tests.support.observations import observations
from tests.support.scenario_files import Scenario

SURE = 0.8


def test_every_cause_says_what_it_foretells() -> None:
    missing = [cause.value for cause in Cause if cause not in PREDICTIONS]
    assert not missing, f"say in agent/diagnosis/predictions.py what these make fail: {', '.join(missing)}"
    silent = [cause.value for cause in Cause if cause is not Cause.INDETERMINATE and not any(row.own for row in ways(cause))]
    assert not silent, f"these foretell nothing, so nothing can speak for or against them: {', '.join(silent)}"


def test_every_kind_of_check_is_reached_by_some_cause() -> None:
    reached = {place for cause in Cause for row in ways(cause) for place in (*row.own, *row.others)}
    missing = [kind.value for kind in Kind if kind not in {*reached, *UNREACHED}]
    assert not missing, f"say in agent/diagnosis/predictions.py which causes reach {', '.join(missing)}, or list them as UNREACHED"
    assert not reached & {*UNREACHED}
    assert {*Aspect} <= reached


def test_a_sign_is_something_that_the_cause_itself_makes_fail() -> None:
    for cause in Cause:
        for row in ways(cause):
            assert {*row.sign} <= {*row.own}, cause


@pytest.mark.parametrize("scenario", scenario_files.every(), ids=lambda scenario: scenario.name)
def test_the_verdict_of_every_scenario_stands(scenario: Scenario) -> None:
    """What a rule is right to say is what its cause foretells: nothing that was seen contradicts it."""
    snapshot = Snapshot(scenario.checks)
    for found in diagnose(scenario.checks).findings:
        if found.severity is not Severity.NOTICE and found.code is not Cause.INDETERMINATE:
            told = Candidate(code=found.code, subject=found.subject, evidence=found.evidence)
            assert second_opinion(told, snapshot).against == ()


@settings(max_examples=400, deadline=None)
@given(observations(), st.randoms(use_true_random=False))
def test_nothing_contradicted_is_a_verdict_and_nothing_sure_could_be_another(checks: list[Check[Facts]], rng: object) -> None:
    snapshot = Snapshot(checks)
    for found in diagnose(checks).findings:
        if found.code is not Cause.INDETERMINATE and found.confidence > SURE:
            opinion = second_opinion(Candidate(code=found.code, subject=found.subject, evidence=found.evidence), snapshot)
            assert not opinion.against, found


RESOLVER = "192.0.2.1"
WAY: dict[str, Any] = {"interface": "eth0", "via": RESOLVER}
NAMED = WAY | {"phase": Phase.TCP, "resolver": RESOLVER}
ROUTER = check_of(RouterFacts(interface="eth0"), Outcome.PASS, name=RESOLVER)
REACHED = [check_of(ReachFacts(expected=True, **WAY), Outcome.PASS, name=f"198.51.100.{n}:53") for n in (1, 2)]
LOSSLESS = check_of(LossFacts(sent=20, lost=0, interface="eth0"), Outcome.PASS, name="eth0")


def http(outcome: Outcome, symptom: Symptom | None = None, **facts: Any) -> Check[Facts]:
    return check_of(HttpCheckFacts(**(NAMED | {"expected": True} | facts)), outcome, symptom, name="1")


def gateway(outcome: Outcome, symptom: Symptom | None = None, name: str = "a", **facts: Any) -> Check[Facts]:
    known = NAMED | {"host": "gw.example", "port": 443, "protocol": "tls"} | facts
    return check_of(GatewayFacts(**known), outcome, symptom, name=name)


def verdict(*checks: Check[Facts]) -> Finding:
    leading = diagnose(checks).leading
    assert leading is not None
    return leading


def test_a_resolver_whose_answer_led_to_a_gateway_that_accepted_does_not_fail_for_every_name() -> None:
    resolver = check_of(ResolverFacts(interface="eth0", names={"a.example": "SERVFAIL"}), Outcome.FAIL, Symptom.SERVFAIL, name=RESOLVER)
    asked = gateway(Outcome.FAIL, Symptom.SERVFAIL, "b", phase=Phase.RESOLVE)
    found = diagnose([ROUTER, *REACHED, resolver, gateway(Outcome.PASS), asked]).findings
    assert Cause.DNS_FAILING not in [f.code for f in found if f.severity is not Severity.NOTICE]
    assert diagnose([ROUTER, *REACHED, resolver, asked]).findings[0].code is Cause.DNS_FAILING


def test_where_payments_pass_what_was_contradicted_is_a_remark() -> None:
    resolver = check_of(ResolverFacts(interface="eth0"), Outcome.FAIL, Symptom.SERVFAIL, name=RESOLVER)
    found = diagnose([ROUTER, *REACHED, resolver, gateway(Outcome.PASS)])
    assert (found.state, [(f.code, f.severity) for f in found.findings]) == (State.OK, [(Cause.DNS_FAILING, Severity.NOTICE)])


def test_a_doubt_that_names_what_could_have_done_it_takes_over_what_was_contradicted() -> None:
    resolver = check_of(ResolverFacts(interface="eth0"), Outcome.FAIL, Symptom.SERVFAIL, name=RESOLVER)
    asked = gateway(Outcome.FAIL, Symptom.SERVFAIL, phase=Phase.RESOLVE)
    (found,) = diagnose([ROUTER, *REACHED, resolver, http(Outcome.PASS, phase=Phase.DONE), asked]).findings
    assert found.code is Cause.INDETERMINATE and Cause.DNS_FAILING in found.candidates and len(found.candidates) > 1
    assert {resolver.id, asked.id} <= {*found.evidence}


def test_loss_speaks_for_a_name_server_that_was_contradicted() -> None:
    resolver = check_of(ResolverFacts(interface="eth0"), Outcome.FAIL, Symptom.SERVFAIL, name=RESOLVER)
    loss = check_of(LossFacts(sent=20, lost=9, interface="eth0"), Outcome.FAIL, Symptom.LOSS, name="eth0")
    found = diagnose([ROUTER, *REACHED, resolver, http(Outcome.PASS, phase=Phase.DONE), loss]).findings
    assert [f.code for f in found] == [Cause.UNSTABLE]
    assert resolver.id in found[0].evidence


def test_only_the_gateway_refuses_is_not_sure_where_something_else_fails_unexplained() -> None:
    refused = gateway(Outcome.FAIL, Symptom.REFUSED)
    alone = verdict(ROUTER, *REACHED, LOSSLESS, http(Outcome.PASS, phase=Phase.DONE), refused)
    beside = verdict(ROUTER, *REACHED, LOSSLESS, http(Outcome.FAIL, Symptom.TIMEOUT), refused)
    assert alone.code is beside.code is Cause.GATEWAY_DOWN and beside.confidence < alone.confidence


@pytest.mark.parametrize(
    ("symptom", "resolver", "code"),
    [
        (Symptom.TIMEOUT, RESOLVER, Cause.GATEWAY_BLOCKED),
        (Symptom.TIMEOUT, None, Cause.GATEWAY_BLOCKED),
        (Symptom.CERT_WRONG_NAME, RESOLVER, Cause.GATEWAY_MISCONFIGURED),
        (Symptom.CERT_UNTRUSTED, RESOLVER, Cause.TLS_INTERCEPTED),
    ],
)
def test_nothing_is_sure_of_an_address_that_nobody_else_confirms(symptom: Symptom, resolver: str | None, code: Cause) -> None:
    """A name server may give an old address, and a file of the terminal's own too."""
    failing = gateway(Outcome.FAIL, symptom, resolver=resolver, phase=Phase.TLS)
    found = verdict(ROUTER, *REACHED, LOSSLESS, http(Outcome.PASS, phase=Phase.DONE), failing)
    assert found.code is code and found.confidence <= SURE


def test_an_expired_certificate_is_as_sure_as_the_clock() -> None:
    expired = gateway(Outcome.FAIL, Symptom.CERT_EXPIRED, phase=Phase.TLS)
    clock = [check_of(ClockFacts(sources=sources), Outcome.PASS) for sources in ({}, {"a": 0.1, "b": 0.2})]
    unknown, right = (verdict(ROUTER, *REACHED, each, expired).confidence for each in clock)
    assert unknown < right


def test_a_device_that_is_gone_is_less_surely_unplugged_where_a_strange_port_is_there() -> None:
    gone = check_of(SerialFacts(port="/dev/ttyUSB0"), Outcome.FAIL, Symptom.DEVICE_MISSING, name="printer")
    strange = PresentPort(node="/dev/ttyUSB1", usb="067b:2303")
    alone, beside = (verdict(check_of(SerialPresentFacts(devices=there), Outcome.PASS), gone) for there in ((), (strange,)))
    assert alone.code is beside.code is Cause.DEVICE_UNPLUGGED and beside.confidence < alone.confidence


def test_a_name_does_more_surely_not_exist_where_others_say_so_too() -> None:
    denied = gateway(Outcome.FAIL, Symptom.NXDOMAIN, phase=Phase.RESOLVE)
    others = check_of(NamesElsewhereFacts(), Outcome.FAIL, Symptom.NXDOMAIN, name="a")
    resolver = check_of(ResolverFacts(interface="eth0", names={"www.example": "NOERROR"}), Outcome.PASS, name=RESOLVER)
    seen = (ROUTER, *REACHED, LOSSLESS, resolver, http(Outcome.PASS, phase=Phase.DONE), denied)
    alone, agreed = verdict(*seen), verdict(*seen, others)
    assert alone.code is agreed.code is Cause.GATEWAY_MISCONFIGURED and alone.confidence < agreed.confidence


def test_a_host_is_not_surely_down_that_the_application_has_just_heard() -> None:
    heard = AppConnection(count=1, received_s_ago=0.8)
    found = [
        verdict(
            ROUTER, *REACHED, LOSSLESS, http(Outcome.PASS, phase=Phase.DONE), gateway(Outcome.FAIL, Symptom.REFUSED, app_connection=app)
        )
        for app in (None, heard)
    ]
    assert [each.code for each in found] == [Cause.GATEWAY_DOWN] * 2
    assert found[0].confidence > found[1].confidence
