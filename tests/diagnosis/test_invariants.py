"""What holds for every scenario and every set of checks: order does not matter, independent faults stay apart, the contract's rules."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.diagnosis.causes import Category, Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.evidence import contacted
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.examination.dependencies import settle
from probes.model import Check, Layer, Outcome, Symptom
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


def contract_can_pay(checks: Sequence[Check]) -> CanPay:
    """CONTRACT section 3, sentence by sentence."""
    by_id = {check.id: check for check in checks}

    def failed_or_behind(check: Check) -> bool:
        seen: set[str] = set()
        while check.outcome is Outcome.SKIP and check.because in by_id and check.because not in seen:
            seen.add(check.because)
            check = by_id[check.because]
        return check.failed

    gateways = [check for check in checks if check.layer is Layer.GATEWAY]
    if any(check.failed and check.facts.get("required") for check in checks if check.layer in (Layer.SERIAL, Layer.APP)):
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
    spent = [
        Check(id=f"system:spent-{symptom}", layer=Layer.SYSTEM, target="spent", outcome=Outcome.FAIL, symptom=symptom)
        for symptom in RESOURCES
    ]
    before, after = diagnose(scenario.checks), diagnose([*scenario.checks, *spent])
    assert after.can_pay is before.can_pay
    assert [f.code for f in after.findings if f.subject != "spent"] == [f.code for f in before.findings]
    added = {(f.code, f.severity) for f in after.findings if f.subject == "spent"}
    assert added == {(code, Severity.DEGRADED) for code in RESOURCES.values()}


def test_a_printer_without_paper_is_reported_beside_everything(scenario: Scenario) -> None:
    printer = Check(id="serial:second", layer=Layer.SERIAL, target="second", outcome=Outcome.FAIL, symptom=Symptom.PAPER_OUT)
    before, after = diagnose(scenario.checks), diagnose([*scenario.checks, printer])
    added = [(f.code, f.subject, f.severity) for f in after.findings if f.subject == "second"]
    assert added == [(Cause.PAPER_OUT, "second", Severity.DEGRADED)]
    assert [f.code for f in after.findings if f.subject != "second"] == [f.code for f in before.findings]


@settings(max_examples=400, deadline=None)
@given(observations(), st.randoms(use_true_random=False))
def test_order_does_not_matter_whatever_was_observed(checks: list[Check], rng: random.Random) -> None:
    shuffled = list(checks)
    rng.shuffle(shuffled)
    assert verdict(diagnose(shuffled)) == verdict(diagnose(checks))


@settings(max_examples=400, deadline=None)
@given(observations())
def test_the_verdict_is_the_contract_s(checks: list[Check]) -> None:
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


@settings(max_examples=400, deadline=None)
@given(observations())
def test_settling_twice_changes_nothing_more(checks: list[Check]) -> None:
    once = settle(checks)
    assert settle(once) == once
    assert settle(list(once)) == once
