"""What holds for every scenario and every set of checks: order does not matter, independent faults stay apart, the contract's rules."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.diagnosis.causes import Category, Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.evidence import contacted
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.examination.dependencies import settle
from probes.model import Check, Facts, Layer, Outcome, Symptom, check_of
from probes.model.facts import AppFacts, DiskFacts, SerialFacts
from tests.support import scenario_files
from tests.support.observations import observations
from tests.support.scenario_files import Scenario

SCENARIOS = scenario_files.every()
RESOURCES = {
    Symptom.DISK_FULL: Cause.DISK_FULL,
    Symptom.READ_ONLY: Cause.DISK_READ_ONLY,
    Symptom.MEMORY_LOW: Cause.MEMORY_EXHAUSTED,
    Symptom.LOAD_HIGH: Cause.CPU_OVERLOADED,
    Symptom.TEMPERATURE_HIGH: Cause.OVERHEATING,
    Symptom.BATTERY_LOW: Cause.BATTERY_LOW,
    Symptom.BATTERY_DISCHARGING_LOW: Cause.CHARGER_UNPLUGGED,
}


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    found: Scenario = request.param
    return found


def verdict(found: Diagnosis) -> tuple[CanPay, State, list[tuple[str, str, tuple[str, ...]]]]:
    return found.can_pay, found.state, sorted((f.code.value, f.severity.value, tuple(sorted(f.candidates))) for f in found.findings)


def contract_can_pay(checks: Sequence[Check[Facts]]) -> CanPay:
    """What docs/status.md says of it, sentence by sentence."""
    by_id = {check.id: check for check in checks}

    def failed_or_behind(check: Check[Facts]) -> bool:
        seen: set[str] = set()
        while check.outcome is Outcome.SKIP and check.because in by_id and check.because not in seen:
            seen.add(check.because)
            check = by_id[check.because]
        return check.failed

    gateways = [check for check in checks if check.layer is Layer.GATEWAY]
    if any(check.failed and isinstance(check.facts, SerialFacts | AppFacts) and check.facts.required for check in checks):
        return CanPay.NO
    if not gateways:
        return CanPay.UNKNOWN
    if any(check.ok for check in gateways):
        return CanPay.YES
    return CanPay.NO if all(failed_or_behind(check) for check in gateways) else CanPay.UNKNOWN


def test_the_order_of_the_checks_does_not_matter(scenario: Scenario) -> None:
    expected = verdict(diagnose(scenario.checks))
    for seed in range(5):
        shuffled = list(scenario.checks)
        random.Random(seed).shuffle(shuffled)
        assert verdict(diagnose(shuffled)) == expected


def test_exhausted_resources_explain_nothing_and_are_explained_by_nothing(scenario: Scenario) -> None:
    """Each is reported beside what was there, and what was there stays as it was."""
    spent = [check_of(DiskFacts(), Outcome.FAIL, symptom, name=f"/{symptom}", target="spent") for symptom in RESOURCES]
    before, after = diagnose(scenario.checks), diagnose([*scenario.checks, *spent])
    assert after.can_pay is before.can_pay
    assert [f.code for f in after.findings if f.subject != "spent"] == [f.code for f in before.findings]
    added = {(f.code, f.severity) for f in after.findings if f.subject == "spent"}
    assert added == {(code, Severity.DEGRADED) for code in RESOURCES.values()}


def test_a_printer_without_paper_is_reported_beside_everything(scenario: Scenario) -> None:
    printer = check_of(SerialFacts(), Outcome.FAIL, Symptom.PAPER_OUT, name="second")
    before, after = diagnose(scenario.checks), diagnose([*scenario.checks, printer])
    added = [(f.code, f.subject, f.severity) for f in after.findings if f.subject == "second"]
    assert added == [(Cause.PAPER_OUT, "second", Severity.DEGRADED)]
    assert [f.code for f in after.findings if f.subject != "second"] == [f.code for f in before.findings]


@settings(max_examples=400, deadline=None)
@given(observations(), st.randoms(use_true_random=False))
def test_order_does_not_matter_whatever_was_observed(checks: list[Check[Facts]], rng: random.Random) -> None:
    shuffled = list(checks)
    rng.shuffle(shuffled)
    assert verdict(diagnose(shuffled)) == verdict(diagnose(checks))


@settings(max_examples=400, deadline=None)
@given(observations())
def test_the_verdict_is_the_contract_s(checks: list[Check[Facts]]) -> None:
    found = diagnose(checks)
    by_id = {check.id: check for check in checks}
    assert found.can_pay is contract_can_pay(checks)
    if found.can_pay is CanPay.NO:
        assert found.findings and found.findings[0].severity is Severity.OUTAGE, "an outage always has a cause"
    if found.can_pay is CanPay.YES:
        assert found.state is (State.OK if found.leading is None else State.DEGRADED)
        assert not [f for f in found.findings if f.severity is Severity.OUTAGE]
    for finding in found.findings:
        shared = {code.category for code in finding.candidates} or {finding.code.category}
        assert finding.category is (shared.pop() if len(shared) == 1 else Category.UNKNOWN)
        for out in finding.ruled_out:
            assert by_id[out.by].ok or contacted(by_id[out.by])


OTHERS_FAULT = {Cause.ROUTER_UNREACHABLE, Cause.DNS_UNREACHABLE, Cause.DNS_FAILING, Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED}
OTHERS_FAULT |= {Cause.GATEWAY_DOWN, Cause.PROXY_MISCONFIGURED}
REMOTE = (Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)
OURS = [
    (Outcome.FAIL, Symptom.REFUSED_LOCALLY),
    (Outcome.FAIL, Symptom.NO_LOCAL_PORT),
    (Outcome.UNKNOWN, Symptom.NOT_LOOKED),
]


@pytest.mark.parametrize(("outcome", "symptom"), OURS, ids=[symptom.value for _, symptom in OURS])
@settings(max_examples=300, deadline=None)
@given(checks=observations())
def test_what_fails_on_this_machine_is_nobody_elses_fault(outcome: Outcome, symptom: Symptom, checks: list[Check[Facts]]) -> None:
    """All that does not work beyond the link does so because of ourselves."""
    mine = [
        replace(c, outcome=outcome, symptom=symptom, because=None) if c.layer in REMOTE and c.outcome is not Outcome.PASS else c
        for c in checks
    ]
    remote = {check.id for check in mine if check.layer in REMOTE}
    for finding in diagnose(settle(mine)).findings:
        if set(finding.evidence) & remote:
            assert not OTHERS_FAULT & {finding.code, *finding.candidates}, finding


@settings(max_examples=400, deadline=None)
@given(observations())
def test_what_was_not_looked_at_never_fails(checks: list[Check[Facts]]) -> None:
    """However much else is broken, it is neither a failure nor behind one."""
    before = {check.id for check in checks if (check.outcome, check.symptom) == (Outcome.UNKNOWN, Symptom.NOT_LOOKED)}
    after = {check.id for check in settle(checks) if check.outcome is Outcome.UNKNOWN}
    cleared = {check.id for check in settle(checks) if check.layer is Layer.ROUTER and check.ok}
    assert before <= after | cleared


@settings(max_examples=400, deadline=None)
@given(observations())
def test_settling_twice_changes_nothing_more(checks: list[Check[Facts]]) -> None:
    once = settle(checks)
    assert settle(once) == once
    assert settle(list(once)) == once
