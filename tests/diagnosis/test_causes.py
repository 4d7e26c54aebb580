"""Each cause is declared once and whole; words of a later version are taken as they are."""

from __future__ import annotations

import msgspec
import pytest

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Category, Cause, Declared, Owner
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.suppress import suppress
from probes.model import Kind, Layer, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts

LATER = "network.tunnel_lost"


@pytest.mark.parametrize("cause", Cause)
def test_what_a_cause_explains_are_other_causes(cause: Cause) -> None:
    declared = cause.declared
    named = (*declared.explains, *declared.explains_silence, *declared.explains_same)
    assert {Cause.of(code).value for code in named} == set(named)
    assert cause not in named
    assert not set(declared.explains) & {*declared.explains_silence, *declared.explains_same}
    assert cause.layer in Layer and cause.owner in Owner and cause.category in Category


def test_each_disproof_has_a_place_of_its_own() -> None:
    places = [cause.declared.disproof.place for cause in Cause if cause.declared.disproof is not None]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_a_code_of_a_later_version_is_a_cause_of_its_own() -> None:
    cause, owner = msgspec.json.decode(f'["{LATER}", "landlord"]', type=tuple[Cause, Owner])
    assert (cause, owner) == (LATER, "landlord")
    assert not cause.known and not owner.known and not cause.layer.known and not cause.owner.known
    assert cause.category is Category.NETWORK
    assert msgspec.json.encode([cause, owner]) == f'["{LATER}","landlord"]'.encode()
    assert cause not in list(Cause) and cause.declared == Declared(LATER, cause.layer, cause.owner)


def test_a_category_of_a_later_version_is_unknown() -> None:
    (cause,) = msgspec.json.decode('["weather.storm"]', type=list[Cause])
    assert cause.category is Category.UNKNOWN


@pytest.mark.parametrize("code", [LATER, "", "ok", "network.slow "])
def test_settings_name_known_causes_alone(code: str) -> None:
    with pytest.raises(KeyError):
        Cause.of(code)


def test_a_host_s_code_that_means_a_later_cause_says_what_it_says_itself() -> None:
    facts = GatewayFacts(host="gw.example", port=443, protocol="https", tls=True, http_status=402, mapped=LATER)
    (finding,) = diagnose([check_of(facts, Outcome.FAIL, Symptom.HTTP_STATUS, name="a", target="gw.example:443")]).findings
    assert finding.code is Cause.ACCOUNT_SUSPENDED


def told(code: Cause, *evidence: str, subject: str = "x", silence: bool = False, notice: bool = False) -> Candidate:
    return Candidate(code=code, subject=subject, evidence=evidence or (f"about:{code}",), silence=silence, notice=notice)


ROUTE = Candidate(code=Cause.NETWORK_MISCONFIGURED, subject="default", evidence=("address:route",), same_of=(Kind.RESOLVER,))
DOUBT = either("gw", ("gateway:a",), Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, silence=True)


@pytest.mark.parametrize(
    ("upstream", "other", "explained"),
    [
        (told(Cause.INTERNET_DOWN), told(Cause.GATEWAY_BLOCKED), True),
        (told(Cause.DNS_UNREACHABLE), told(Cause.DNS_FAILING), False),
        (told(Cause.INTERNET_DOWN, notice=True), told(Cause.GATEWAY_BLOCKED), False),
        # only where it rests on silence
        (told(Cause.MTU_BLACKHOLE), told(Cause.GATEWAY_DOWN, silence=True), True),
        (told(Cause.MTU_BLACKHOLE), told(Cause.GATEWAY_DOWN), False),
        (told(Cause.CAPTIVE_PORTAL), told(Cause.GATEWAY_DOWN), True),
        (told(Cause.UNSTABLE), told(Cause.INTERNET_DOWN, silence=True), True),
        (told(Cause.UNSTABLE), told(Cause.INTERNET_DOWN), False),
        (told(Cause.LOCAL_FIREWALL), told(Cause.INTERNET_DOWN, silence=True), True),
        (told(Cause.SOCKETS_EXHAUSTED), told(Cause.INTERNET_DOWN, silence=True), False),
        # only where all its evidence is the upstream cause's too
        (told(Cause.DATA_PLAN_STOPPED, "gateway:a", "dns:1"), told(Cause.DNS_UNREACHABLE, "dns:1"), True),
        (told(Cause.DATA_PLAN_STOPPED, "gateway:a"), told(Cause.DNS_UNREACHABLE, "dns:1"), False),
        # the same cause, told by checks that had no way for want of the route
        (ROUTE, told(Cause.NETWORK_MISCONFIGURED, "dns:192.0.2.1", subject="192.0.2.1"), True),
        (ROUTE, told(Cause.NETWORK_MISCONFIGURED, "gateway:a", subject="gw"), False),
        # a doubt
        (told(Cause.CABLE_UNPLUGGED), DOUBT, True),
        (told(Cause.GATEWAY_BLOCKED), DOUBT, True),
        (told(Cause.ROUTER_UNREACHABLE), DOUBT, True),
        (told(Cause.PAPER_OUT), DOUBT, False),
    ],
)
def test_which_explains_which(upstream: Candidate, other: Candidate, explained: bool) -> None:
    left = suppress([upstream, other])
    assert (other not in left) is explained
    if explained:
        assert [found.code for found in left] == [upstream.code] and set(left[0].explains) == set(other.evidence)
