"""What this machine did not send, or could not look at, is told as its own trouble, and speaks against nobody else."""

from __future__ import annotations

import errno

import pytest

from agent.contract.checks import facts_from
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.evidence import contacted, failed_there, ours, silent
from agent.diagnosis.model import CanPay, State
from probes.model import Check, Facts, Outcome, Symptom, kind_of

FAIL, PASS, UNKNOWN = Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN
OURS = (Symptom.REFUSED_LOCALLY, Symptom.NO_LOCAL_PORT)
NONE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS)


def check(name: str, outcome: Outcome, symptom: Symptom | None = None, **told: object) -> Check[Facts]:
    kind = kind_of(name)
    facts = facts_from(kind, told)
    return Check(id=name, layer=kind.layer, target=kind.subject_of(name), outcome=outcome, symptom=symptom, facts=facts)


def told(*checks: Check[Facts]) -> list[tuple[Cause, Severity, float]]:
    return [(finding.code, finding.severity, finding.confidence) for finding in diagnose(checks).findings]


def codes(*checks: Check[Facts]) -> list[Cause]:
    return [code for code, _, _ in told(*checks)]


@pytest.mark.parametrize("symptom", OURS)
@pytest.mark.parametrize("name", ["gateway:a", "internet:192.0.2.9:53", "dns:192.0.2.1", "router:192.0.2.1"])
def test_it_is_neither_silence_nor_contact(name: str, symptom: Symptom) -> None:
    seen = check(name, FAIL, symptom, phase="tcp", expected=True)
    assert seen.failed and ours(seen)
    assert not silent(seen) and not contacted(seen) and not failed_there(seen)


@pytest.mark.parametrize(("symptom", "cause"), [(OURS[0], Cause.LOCAL_FIREWALL), (OURS[1], Cause.SOCKETS_EXHAUSTED)])
def test_a_gateway_that_we_did_not_reach_for_it_is_an_outage_of_our_own(symptom: Symptom, cause: Cause) -> None:
    one = check("gateway:a", FAIL, symptom, phase="tcp")
    assert diagnose([one]).can_pay is CanPay.NO
    ((code, severity, sure),) = told(one)
    assert (code, severity) == (cause, Severity.OUTAGE)
    ((_, _, surer),) = told(one, check("gateway:b", FAIL, symptom, phase="tcp"))
    assert surer > sure, "two observations agree"


@pytest.mark.parametrize("symptom", OURS)
def test_a_router_that_could_not_be_judged_is_no_suspect(symptom: Symptom) -> None:
    seen = check("router:192.0.2.1", UNKNOWN, Symptom.HUNG), check("internet:192.0.2.9:53", FAIL, symptom, expected=True)
    assert codes(*seen, check("gateway:a", FAIL, symptom, phase="tcp")) == codes(check("gateway:a", FAIL, symptom, phase="tcp"))


@pytest.mark.parametrize("symptom", OURS)
def test_a_port_served_elsewhere_and_a_weak_signal_are_no_suspects(symptom: Symptom) -> None:
    served = check("serial:printer", FAIL, symptom, role="printer")
    weak = check("link:wlan0", Outcome.WARN, Symptom.WEAK_SIGNAL, kind="wifi", used=True)
    assert set(codes(served)) <= {Cause.LOCAL_FIREWALL, Cause.SOCKETS_EXHAUSTED}
    assert (Cause.WEAK_SIGNAL, Severity.NOTICE) in [(c, s) for c, s, _ in told(weak, check("internet:192.0.2.9:53", FAIL, symptom))]


def test_where_payments_pass_what_only_informs_is_a_remark() -> None:
    passing = check("gateway:a", PASS, phase="done")
    refused = check("internet:192.0.2.9:53", FAIL, Symptom.REFUSED_LOCALLY, expected=True)
    assert [(c, s) for c, s, _ in told(passing, refused)] == [(Cause.LOCAL_FIREWALL, Severity.NOTICE)]
    other = check("gateway:b", FAIL, Symptom.REFUSED_LOCALLY, phase="tcp")
    assert [(c, s) for c, s, _ in told(passing, refused, other)] == [(Cause.LOCAL_FIREWALL, Severity.DEGRADED)]


@pytest.mark.parametrize("number", NONE_LEFT)
def test_what_is_used_up_names_itself_though_nothing_could_be_looked_at(number: int) -> None:
    seen = [check(name, UNKNOWN, Symptom.NOT_LOOKED, errno=number) for name in ("dns:192.0.2.1", "gateway:a")]
    found = diagnose(seen)
    assert (found.can_pay, found.state) == (CanPay.UNKNOWN, State.UNKNOWN)
    assert codes(*seen) == [Cause.SOCKETS_EXHAUSTED]


@pytest.mark.parametrize("number", [errno.ENOMEM, errno.EACCES, None])
def test_what_else_was_lacking_names_nothing(number: int | None) -> None:
    seen = [check(name, UNKNOWN, Symptom.NOT_LOOKED, errno=number) for name in ("dns:192.0.2.1", "internet:192.0.2.9:53", "gateway:a")]
    found = diagnose(seen)
    assert (found.can_pay, found.state, found.findings) == (CanPay.UNKNOWN, State.UNKNOWN, ())


def test_one_gateway_that_failed_and_one_not_looked_at_leave_it_open() -> None:
    found = diagnose([check("gateway:a", FAIL, Symptom.REFUSED, phase="tcp"), check("gateway:b", UNKNOWN, Symptom.NOT_LOOKED)])
    assert (found.can_pay, found.state) == (CanPay.UNKNOWN, State.UNKNOWN)


@pytest.mark.parametrize(("expected", "state"), [(True, State.UNKNOWN), (None, State.UNKNOWN), (False, State.OK)])
def test_without_a_gateway_the_internet_not_looked_at_is_no_internet_that_works(expected: bool | None, state: State) -> None:
    router = check("router:192.0.2.1", PASS, interface="eth0")
    assert diagnose([router, check("internet:192.0.2.9:53", UNKNOWN, Symptom.NOT_LOOKED, expected=expected)]).state is state


def test_answers_that_came_by_another_way_are_a_matter_of_settings() -> None:
    asked = {"address": "192.0.2.9", "interface": "eth0", "phase": "tcp", "expected": True}
    lost = check("internet:192.0.2.9:53", FAIL, Symptom.TIMEOUT, **asked), check("gateway:a", FAIL, Symptom.TIMEOUT, **asked)
    for symptom, cause in ((Symptom.OTHER_WAY_BACK, Cause.NETWORK_MISCONFIGURED), (Symptom.DROPPED_HERE, Cause.LOCAL_FIREWALL)):
        arrived = check("system:arrivals", FAIL, symptom, asked={"ipv4": 8}, dropped={"ipv4": 9})
        ((code, severity, _),) = told(arrived, *lost)
        assert (code, severity) == (cause, Severity.OUTAGE)


def test_an_application_without_descriptors_is_short_of_them_and_not_down() -> None:
    full = check("app:payapp", FAIL, Symptom.NO_DESCRIPTORS, required=True, descriptors=1024)
    ((code, severity, sure),) = told(full, check("gateway:a", PASS))
    assert (code, severity) == (Cause.SOCKETS_EXHAUSTED, Severity.OUTAGE) and sure <= 0.85


def test_an_address_that_was_refused_is_no_lease_that_failed() -> None:
    without = check("address:eth0", FAIL, Symptom.NO_ADDRESS)
    taken = check("address:conflict:eth0", FAIL, Symptom.ADDRESS_CONFLICT, interface="eth0", address="2001:db8::10")
    assert codes(without) == [Cause.DHCP_FAILED]
    assert codes(without, taken) == [Cause.ADDRESS_CONFLICT]
    assert codes(check("address:eth0", FAIL, Symptom.IPV6_OFF)) == [Cause.NETWORK_MISCONFIGURED]


def test_what_a_policy_of_our_own_keeps_is_no_path_that_is_blocked() -> None:
    lost = check("gateway:a", FAIL, Symptom.TIMEOUT, address="192.0.2.9", interface="eth0", phase="tcp")
    kept = check("system:arrivals", FAIL, Symptom.KEPT_BACK, asked={"ipv4": 4}, kept_back=6)
    heard = check("internet:192.0.2.8:53", PASS, address="192.0.2.8", interface="eth0", answer="accepted", expected=True)
    assert codes(lost, heard) == [Cause.GATEWAY_BLOCKED]
    assert codes(lost, heard, kept) == [Cause.LOCAL_FIREWALL]


def test_a_host_of_the_other_family_alone_leaves_two_that_may_be_at_fault() -> None:
    lost = check("gateway:a", FAIL, Symptom.NO_USABLE_ANSWER, phase="resolve", host="gw.example", resolver="2001:db8::53", rcode="NOERROR")
    asked = check("internet:names:a", FAIL, Symptom.NO_USABLE_ANSWER, host="gw.example", ipv4_alone=True)
    (found,) = diagnose([lost, asked]).findings
    assert set(found.candidates) == {Cause.DHCP_FAILED, Cause.DNS_FAILING}
