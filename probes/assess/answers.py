"""What a host's answer to an application message means for a payment. The cause behind it is judged elsewhere."""

from __future__ import annotations

from probes.assess.assessment import Assessment
from probes.model import Outcome, Symptom
from probes.model.facts import ClientCertificate, GatewayFacts
from probes.model.response_codes import ACCEPTED, DECLINES
from probes.settings import Gateway, GatewayProtocol

MAPPED_TO_GOOD = "ok"
_SIGN_IN_AGAIN = 3  # processing requirement in the header of a reply
_ABOUT_OUR_CERTIFICATE = (400, 495, 496)  # what nginx says over a complete handshake where it wants another certificate
_PASS = Assessment(Outcome.PASS)


def mapped(gateway: Gateway, said: GatewayFacts) -> str | None:
    """What this host's answer is configured to mean: a cause, or `ok`. None where nothing is configured for it."""
    if gateway.protocol is GatewayProtocol.ISO8583:
        return gateway.iso8583.response_codes.get(said.response_code or "") or None
    return gateway.http.codes.get(str(said.http_status)) or None


def assess(gateway: Gateway, facts: GatewayFacts, *, proxied: bool) -> Assessment:
    """`facts`: what the host said, `mapped`, and what became of our certificate in the handshake."""
    return _echo(facts) if gateway.protocol is GatewayProtocol.ISO8583 else _health(gateway, facts, proxied)


def standing(last: Assessment | None, *, heard: bool, because: str) -> Assessment:
    """Where no message may be sent now: the last answer stands. Where there is none, and the payment application hears nothing either,
    nothing is known: a stopped account takes connections as well."""
    if last is not None:
        return last
    return _PASS if heard else Assessment(Outcome.UNKNOWN, because=because)


def _health(gateway: Gateway, said: GatewayFacts, proxied: bool) -> Assessment:
    """The expected status passes; 429 means alive and busy (RFC 6585 section 4): accepted with a remark."""
    status = said.http_status or 0
    if said.mapped is not None:
        return _PASS if said.mapped == MAPPED_TO_GOOD else Assessment(Outcome.FAIL, Symptom.HTTP_STATUS)
    if status in gateway.http.status:
        return _PASS
    if status in _ABOUT_OUR_CERTIFICATE and said.client_certificate is not None:
        sent = said.client_certificate is ClientCertificate.SENT
        return Assessment(Outcome.FAIL, Symptom.CLIENT_CERT_REFUSED if sent else Symptom.CLIENT_CERT_MISSING)
    if status == 429:
        return Assessment(Outcome.WARN, Symptom.HTTP_STATUS)
    if status == 407 and proxied:
        return Assessment(Outcome.FAIL, Symptom.PROXY_AUTH)
    return Assessment(Outcome.FAIL, Symptom.REDIRECTED if 300 <= status < 400 else Symptom.HTTP_STATUS)


def _echo(said: GatewayFacts) -> Assessment:
    """A host that declines as it would decline a card lives and serves."""
    if said.mapped == MAPPED_TO_GOOD or (said.response_code == ACCEPTED and said.mapped is None):
        again = said.processing_requirement == _SIGN_IN_AGAIN
        return Assessment(Outcome.WARN, Symptom.PROCESSING_REQUIREMENT) if again else _PASS
    if said.response_code in DECLINES and said.mapped is None:
        return Assessment(Outcome.WARN, Symptom.RESPONSE_CODE)
    return Assessment(Outcome.FAIL, Symptom.RESPONSE_CODE)
