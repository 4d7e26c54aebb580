"""What a wrong clock explains besides certificates."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import ClockFacts, GatewayFacts, Phase

DAY = 86400.0


def clock(skew_s: float, *sources: str, wrong: bool = True) -> Check[Facts]:
    facts = ClockFacts(sources=dict.fromkeys(sources, skew_s), skew_s=skew_s if wrong else None)
    return check_of(facts, Outcome.FAIL if wrong else Outcome.WARN if skew_s else Outcome.PASS, Symptom.CLOCK_SKEW if skew_s else None)


def refused(status: int, skew_s: float, mapped: str | None = None) -> Check[Facts]:
    facts = GatewayFacts(host="gw.example", phase=Phase.HTTP, tls=True, http_status=status, date_skew_s=skew_s, mapped=mapped)
    return check_of(facts, Outcome.FAIL, Symptom.HTTP_STATUS, name="a", target="gw.example:443")


def codes(*checks: Check[Facts]) -> list[Cause]:
    return [found.code for found in diagnose(checks).findings]


@pytest.mark.parametrize("status", [401, 403])
def test_a_request_from_another_time_is_refused(status: int) -> None:
    assert codes(clock(DAY, "internet:check-1", "internet:check-2"), refused(status, DAY)) == [Cause.CLOCK_WRONG]


def test_a_host_that_agrees_with_us_meant_something_else() -> None:
    assert Cause.SIGN_IN_REQUIRED in codes(clock(DAY, "internet:check-1", "internet:check-2"), refused(401, 0.0))


def test_what_its_code_is_configured_to_mean_comes_first() -> None:
    seen = refused(403, DAY, mapped="operator.account_suspended")
    assert Cause.ACCOUNT_SUSPENDED in codes(clock(DAY, "internet:check-1", "internet:check-2"), seen)


def test_a_fault_of_the_host_is_no_matter_of_the_time() -> None:
    assert Cause.GATEWAY_ERROR in codes(clock(DAY, "internet:check-1", "internet:check-2"), refused(503, DAY))


def test_where_the_host_alone_tells_the_time_nobody_knows_whose_is_wrong() -> None:
    (found,) = diagnose([clock(DAY, "gateway:a", wrong=False), refused(401, DAY)]).findings
    assert (found.code, found.candidates) == (Cause.INDETERMINATE, (Cause.CLOCK_WRONG, Cause.SIGN_IN_REQUIRED))


@pytest.mark.parametrize(("skew_s", "soon"), [(340 * DAY, False), (DAY / 24, True), (-DAY, True)])
def test_a_certificate_ends_soon_by_the_true_time_alone(skew_s: float, soon: bool) -> None:
    facts = GatewayFacts(host="gw.example", phase=Phase.DONE, tls=True, chain_not_after="2026-06-10T00:00:00Z")
    seen = check_of(facts, Outcome.WARN, Symptom.CERT_EXPIRING, name="a")
    at = replace(seen, observed_at="2026-06-01T00:00:00Z")
    ends = [Cause.GATEWAY_CERTIFICATE_EXPIRING] if soon else []
    assert codes(clock(skew_s, "internet:check-1", "internet:check-2"), at) == [Cause.CLOCK_WRONG, *ends]
