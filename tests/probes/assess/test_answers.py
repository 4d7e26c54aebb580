"""What a host's answer means for a payment: what it says, how it is configured to be read, and what becomes of it."""

from __future__ import annotations

import pytest

from probes.assess import answers
from probes.assess.assessment import Assessment
from probes.model import Outcome, Symptom
from probes.model.facts import ClientCertificate, GatewayFacts
from probes.model.response_codes import ACCEPTED, DECLINES, MEANINGS
from probes.settings import Gateway, GatewayHttp, GatewayIso8583, GatewayProtocol

PASS = Assessment(Outcome.PASS)
SENT, WANTED = ClientCertificate.SENT, ClientCertificate.WANTED


def gateway(protocol: GatewayProtocol, codes: dict[str, str], status: tuple[int, ...] = (200,)) -> Gateway:
    http, iso8583 = GatewayHttp(status=list(status), codes=codes), GatewayIso8583(response_codes=codes)
    return Gateway(name="a", host="gw.example", port=1, protocol=protocol, http=http, iso8583=iso8583)


def assessed(wanted: Gateway, said: GatewayFacts, *, proxied: bool = False) -> Assessment:
    return answers.assess(wanted, said.with_(mapped=answers.mapped(wanted, said)), proxied=proxied)


def health(
    status: int, codes: dict[str, str] | None = None, certificate: ClientCertificate | None = None, *, proxied: bool = False
) -> Assessment:
    said = GatewayFacts(http_status=status, client_certificate=certificate)
    return assessed(gateway(GatewayProtocol.HTTPS, codes or {}, (200, 204)), said, proxied=proxied)


def echo(code: str, codes: dict[str, str] | None = None, requirement: int | None = None) -> Assessment:
    said = GatewayFacts(response_code=code, processing_requirement=requirement)
    return assessed(gateway(GatewayProtocol.ISO8583, codes or {}), said)


@pytest.mark.parametrize("status", [200, 204])
def test_an_expected_status_passes(status: int) -> None:
    assert health(status) == PASS


@pytest.mark.parametrize(
    ("status", "outcome", "symptom"),
    [
        (201, Outcome.FAIL, Symptom.HTTP_STATUS),
        (302, Outcome.FAIL, Symptom.REDIRECTED),
        (402, Outcome.FAIL, Symptom.HTTP_STATUS),
        (407, Outcome.FAIL, Symptom.HTTP_STATUS),
        (429, Outcome.WARN, Symptom.HTTP_STATUS),
        (503, Outcome.FAIL, Symptom.HTTP_STATUS),
    ],
)
def test_another_status_is_told_apart(status: int, outcome: Outcome, symptom: Symptom) -> None:
    assert health(status) == Assessment(outcome, symptom)


def test_a_login_is_wanted_by_the_proxy_where_there_is_one() -> None:
    assert health(407, proxied=True) == Assessment(Outcome.FAIL, Symptom.PROXY_AUTH)


@pytest.mark.parametrize("status", [400, 495, 496])
@pytest.mark.parametrize(
    ("certificate", "symptom"),
    [(None, Symptom.HTTP_STATUS), (SENT, Symptom.CLIENT_CERT_REFUSED), (WANTED, Symptom.CLIENT_CERT_MISSING)],
)
def test_what_a_host_says_that_wants_another_certificate(status: int, certificate: ClientCertificate | None, symptom: Symptom) -> None:
    assert health(status, certificate=certificate) == Assessment(Outcome.FAIL, symptom)


def test_a_status_means_what_it_is_configured_to_mean() -> None:
    assert health(503, {"503": "ok"}) == PASS
    assert health(200, {"200": "operator.account_suspended"}) == Assessment(Outcome.FAIL, Symptom.HTTP_STATUS)
    assert health(429, {"503": "ok"}) == Assessment(Outcome.WARN, Symptom.HTTP_STATUS)


def test_a_host_that_accepts_the_echo() -> None:
    assert echo(ACCEPTED) == PASS
    assert echo(ACCEPTED, requirement=2) == PASS
    assert echo(ACCEPTED, requirement=3) == Assessment(Outcome.WARN, Symptom.PROCESSING_REQUIREMENT)


@pytest.mark.parametrize("code", sorted(DECLINES))
def test_a_host_that_declines_as_it_would_a_card_lives_and_serves(code: str) -> None:
    assert echo(code) == Assessment(Outcome.WARN, Symptom.RESPONSE_CODE)


@pytest.mark.parametrize("code", [*MEANINGS, "Z9"])
def test_every_other_code_is_a_failure(code: str) -> None:
    assert echo(code, requirement=3) == Assessment(Outcome.FAIL, Symptom.RESPONSE_CODE)


def test_a_code_means_what_it_is_configured_to_mean() -> None:
    assert echo("91", {"91": "ok"}) == PASS
    assert echo("91", {"91": "ok"}, requirement=3) == Assessment(Outcome.WARN, Symptom.PROCESSING_REQUIREMENT)
    assert echo(ACCEPTED, {ACCEPTED: "operator.account_suspended"}) == Assessment(Outcome.FAIL, Symptom.RESPONSE_CODE)
    assert echo("05", {"05": "operator.account_suspended"}) == Assessment(Outcome.FAIL, Symptom.RESPONSE_CODE)


def test_no_code_is_accepted_declined_and_a_fault_at_once() -> None:
    assert not DECLINES & MEANINGS.keys()
    assert ACCEPTED not in DECLINES | MEANINGS.keys()


@pytest.mark.parametrize("heard", [True, False])
def test_where_nothing_may_be_sent_the_last_answer_stands(heard: bool) -> None:
    failed = Assessment(Outcome.FAIL, Symptom.RESPONSE_CODE)
    assert answers.standing(failed, heard=heard, because="asked 30 s ago") == failed
    unknown = Assessment(Outcome.UNKNOWN, because="asked 30 s ago")
    assert answers.standing(None, heard=heard, because="asked 30 s ago") == (PASS if heard else unknown)
