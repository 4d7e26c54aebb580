"""Whatever was observed: a diagnosis comes, it is the same each time, and its parts agree with each other."""

from __future__ import annotations

from hypothesis import given, settings

from agent.diagnosis.causes import Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay, State
from agent.examination.dependencies import settle
from probes.model import Check, Facts, Layer, Outcome
from tests.support.observations import observations


@settings(max_examples=600, deadline=None)
@given(observations())
def test_every_observation_has_a_diagnosis_that_agrees_with_itself(checks: list[Check[Facts]]) -> None:
    found = diagnose(checks)
    assert diagnose(checks) == found
    ids = {check.id for check in checks}
    severities = [finding.severity for finding in found.findings]
    for finding in found.findings:
        assert finding.evidence and set(finding.evidence) <= ids, finding
        assert 0 < finding.confidence <= 0.99
        assert {out.by for out in finding.ruled_out} <= ids
        assert finding.code not in {out.code for out in finding.ruled_out}
        assert bool(finding.candidates) == (finding.code.value == "unknown.indeterminate")
    assert severities == sorted(severities, key=list(Severity).index)
    assert len({(f.code, f.subject, f.candidates) for f in found.findings}) == len(found.findings)
    if found.can_pay is CanPay.NO:
        assert found.state is State.OUTAGE
    if found.state is State.OUTAGE:
        assert found.leading is not None
    if found.state is State.OK:
        assert found.leading is None
    if any(check.layer is Layer.GATEWAY and check.ok for check in checks) and found.can_pay is not CanPay.NO:
        assert found.can_pay is CanPay.YES


@settings(max_examples=300, deadline=None)
@given(observations())
def test_premises_leave_every_check_with_a_reason(checks: list[Check[Facts]]) -> None:
    after = settle(checks)
    assert [check.id for check in after] == [check.id for check in checks]
    for before, now in zip(checks, after, strict=True):
        if now.outcome is Outcome.SKIP and before.outcome is not Outcome.SKIP:
            assert now.because and before.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    diagnose(after)
