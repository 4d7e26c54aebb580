"""What a gateway that did not accept says about itself, about the path, and about the merchant's account."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address, ip_interface

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import failed_there, silent
from agent.diagnosis.rules.by_clock import dated_elsewhen, refused_for_time, tells_the_time_alone
from agent.diagnosis.rules.certificate import (
    clock_confirmed,
    clock_known_wrong,
    doubtful_skew,
    ends_soon_by_clock,
    expired_long_ago,
    explained_by_clock,
    valid_at_skew,
)
from agent.diagnosis.rules.gateway_name import lives_elsewhere, unresolved
from agent.diagnosis.rules.internet import PROXY, closed_network_down
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.ways_out import heard_on, silent_on, way_of
from probes.model import Check, Kind, Layer, Outcome, Symptom
from probes.model.facts import AddressFacts, GatewayFacts, OtherAddressFacts, Phase, TlsSpokenFacts
from probes.model.response_codes import MEANINGS, Meaning

_PLAIN = {
    Symptom.REFUSED: (Cause.GATEWAY_DOWN, 0.88),
    Symptom.RESET: (Cause.GATEWAY_DOWN, 0.8),
    Symptom.CLOSED: (Cause.GATEWAY_DOWN, 0.8),
    Symptom.SILENT: (Cause.GATEWAY_DOWN, 0.8),
    Symptom.TLS_STALLED: (Cause.GATEWAY_DOWN, 0.75),
    Symptom.BAD_ANSWER: (Cause.GATEWAY_PROTOCOL_ERROR, 0.85),
    Symptom.CUT_OFF: (Cause.GATEWAY_PROTOCOL_ERROR, 0.8),
    Symptom.CERT_UNTRUSTED: (Cause.TLS_INTERCEPTED, 0.85),
    Symptom.TLS_INCOMPATIBLE: (Cause.TLS_INCOMPATIBLE, 0.88),
    Symptom.TLS_HOST_FAULT: (Cause.GATEWAY_ERROR, 0.75),
    Symptom.CLIENT_CERT_MISSING: (Cause.CLIENT_CERTIFICATE, 0.92),
    Symptom.CLIENT_CERT_EXPIRED: (Cause.CLIENT_CERTIFICATE, 0.92),
    Symptom.CLIENT_CERT_REFUSED: (Cause.CLIENT_CERTIFICATE, 0.88),
    Symptom.CLIENT_CERT_UNUSABLE: (Cause.CLIENT_CERTIFICATE, 0.92),
    Symptom.TRUST_UNUSABLE: (Cause.TRUST_STORE_OUTDATED, 0.92),
    Symptom.PROCESSING_REQUIREMENT: (Cause.SIGN_IN_REQUIRED, 0.9),
}
_SILENT_HOST = (Symptom.SILENT, Symptom.TLS_STALLED, Symptom.CLOSED)
_ACCOUNT = (Cause.ACCOUNT_SUSPENDED, Cause.TERMINAL_NOT_REGISTERED, Cause.SIGN_IN_REQUIRED)
_MEANT = {
    Meaning.ACCOUNT_SUSPENDED: Cause.ACCOUNT_SUSPENDED,
    Meaning.NOT_REGISTERED: Cause.TERMINAL_NOT_REGISTERED,
    Meaning.SIGN_IN: Cause.SIGN_IN_REQUIRED,
    Meaning.PROTOCOL_ERROR: Cause.GATEWAY_PROTOCOL_ERROR,
    Meaning.HOST_ERROR: Cause.GATEWAY_ERROR,
}
_ASKED_WRONGLY = (
    400,
    404,
    405,
    406,
    410,
    414,
    421,
    426,
)  # the host says that this is not how, or where, it is asked (RFC 9110 section 15.5)
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_ACCESS_DENIED = 49  # an alert that is not about a certificate, where none was asked for (RFC 8446 section 6.2)
_UNAUTHENTICATED_CAP = 0.6
_UNKNOWN_CODE_CAP = 0.5
_SEVERAL = 2  # hosts: one alone may be dead itself
_EARLIER_CAP = 0.8  # by what the host said earlier, and was not asked again: it may have changed


def gateway_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    not_theirs = [*snapshot.refused_by_all, *snapshot.mute_to_all, *snapshot.no_proxy_there]
    for check in snapshot.gateways:
        if failed_there(check) and check not in not_theirs:
            found = _one(check, snapshot)
            if found is not None:
                yield found if check.facts.app_answer_age_s is None else replace(found, cap=min(found.cap, _EARLIER_CAP))
        elif check.outcome is Outcome.WARN and check.symptom is Symptom.CERT_EXPIRING and not ends_soon_by_clock(check, snapshot):
            yield _plain(check, Cause.GATEWAY_CERTIFICATE_EXPIRING, 0.97, notice=True)
        elif check.outcome is Outcome.WARN and check.symptom is Symptom.PROCESSING_REQUIREMENT:
            yield _plain(check, Cause.SIGN_IN_REQUIRED, 0.9)


def _plain(check: Check[GatewayFacts], code: Cause, strength: float, *, cap: float = 0.99, notice: bool = False) -> Candidate:
    silence = check.symptom in _SILENT_HOST
    return Candidate(code=code, subject=check.target, evidence=(check.id,), strength=strength, cap=cap, notice=notice, silence=silence)


def _one(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate | None:
    symptom = check.symptom
    if check in snapshot.beyond_proxy:
        return either(check.target, (check.id, Kind.PROXY.id()), Cause.GATEWAY_BLOCKED, Cause.GATEWAY_DOWN)
    if symptom in PROXY:
        return None  # the proxy's own rule has it
    if check.facts.phase is Phase.RESOLVE:
        return unresolved(check, snapshot)
    elsewhere = snapshot.named(OtherAddressFacts, check.name)
    if elsewhere is not None and elsewhere.ok:
        return lives_elsewhere(check, elsewhere, snapshot)
    if silent(check):
        return _silent(check, snapshot)
    encrypted = snapshot.named(TlsSpokenFacts, check.name)
    if encrypted is not None and encrypted.ok and not check.facts.tls:
        evidence = (check.id, encrypted.id)
        return Candidate(code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=evidence, strength=0.88)
    if encrypted is not None and encrypted.ok and encrypted.facts.without_name:
        return _for_its_name(check, encrypted)
    if symptom in (Symptom.CERT_EXPIRED, Symptom.CERT_NOT_YET_VALID):
        return _dates(check, snapshot)
    if symptom in (Symptom.TRUST_EXPIRED, Symptom.TRUST_MISSING):
        return _own_trust(check, snapshot)
    if symptom is Symptom.CERT_WRONG_NAME:
        return _plain(check, Cause.GATEWAY_MISCONFIGURED, 0.85)
    if symptom in (Symptom.PLAIN_TEXT, Symptom.REDIRECTED):
        if snapshot.internet_clean or snapshot.portal:
            return _plain(check, Cause.GATEWAY_MISCONFIGURED, 0.85)
        return either(check.target, (check.id,), Cause.GATEWAY_MISCONFIGURED, Cause.CAPTIVE_PORTAL)
    if symptom is Symptom.LARGE_PACKETS_LOST:
        subject = check.facts.interface or check.target
        return Candidate(code=Cause.MTU_BLACKHOLE, subject=subject, evidence=(check.id,), strength=0.92)
    if symptom is Symptom.HTTP_STATUS:
        return None if refused_for_time(check, snapshot) else _status(check, snapshot)
    if symptom is Symptom.RESPONSE_CODE:
        return _response_code(check)
    if symptom is not None and symptom in _PLAIN:
        code, strength = _PLAIN[symptom]
        return _plain(check, code, strength)
    if check.facts.alert == _ACCESS_DENIED:  # as HTTP 403: of an account, or a list of who may come
        return either(check.target, (check.id,), Cause.ACCOUNT_SUSPENDED, Cause.GATEWAY_MISCONFIGURED)
    return either(check.target, (check.id,), Cause.GATEWAY_DOWN, Cause.TLS_INCOMPATIBLE, Cause.TLS_INTERCEPTED)


def _for_its_name(check: Check[GatewayFacts], nameless: Check[TlsSpokenFacts]) -> Candidate:
    """TLS goes through as long as nobody says for whom: somebody on the way reads the name, or who stands before the hosts does."""
    instead = Cause.GATEWAY_DOWN if nameless.facts.for_host is not False else Cause.GATEWAY_MISCONFIGURED
    return either(check.target, (check.id, nameless.id), Cause.GATEWAY_BLOCKED, instead)


def _silent(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate | None:
    """Nothing came back from the gateway: is it alone in that?"""
    if closed_network_down(snapshot) or snapshot.one_for_all:
        return None  # another rule has it
    if check.symptom is Symptom.NO_ROUTE:
        return Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=0.8)
    if check.facts.by_us:
        return _nobody_there(check, snapshot)
    page = [c for c in snapshot.put_in if c.name == check.name]
    if page:
        return either(check.target, (check.id, *(c.id for c in page)), Cause.CAPTIVE_PORTAL, Cause.GATEWAY_BLOCKED)
    others = [c for c in snapshot.beyond if c.id != check.id and (c.layer is not Layer.DNS or not snapshot.internet_expected)]
    if others and not heard_on(way_of(check), others):
        return _other_way(check, snapshot)
    if others or snapshot.internet_clean:
        agreeing = tuple(c.id for c in others)[:3]
        strength = 0.92 if check.symptom is Symptom.PROHIBITED else 0.82
        return Candidate(
            code=Cause.GATEWAY_BLOCKED, subject=check.target, evidence=(check.id,), strength=strength, agreeing=agreeing, silence=True
        )
    if any(c.outcome is Outcome.UNKNOWN and c.symptom is not None for c in snapshot.routers):
        return either(check.target, (check.id,), Cause.ROUTER_UNREACHABLE, Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, silence=True)
    return either(check.target, (check.id,), Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, silence=True)


def _other_way(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate:
    """Everybody who was heard was heard on another way: in the other family, or through another router. Is it this way, or the host?"""
    dead = tuple(c.id for c in silent_on(way_of(check), snapshot))
    if len(dead) < _SEVERAL:
        return either(check.target, (check.id, *dead), Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, silence=True)
    subject = check.facts.interface or check.target
    return Candidate(code=Cause.INTERNET_DOWN, subject=subject, evidence=(*dead, check.id), strength=0.75, silence=True)


def _nobody_there(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate:
    """Our own kernel found nobody on the link: not the gateway, or not the router that a route of its own leads through."""
    via = check.facts.via or ""
    if not via and _mask_too_wide(check, snapshot):
        return Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.facts.interface or "", evidence=(check.id,), strength=0.85)
    if not via:
        return either(check.target, (check.id,), Cause.NETWORK_MISCONFIGURED, Cause.GATEWAY_MISCONFIGURED)
    if any(router.target == via for router in snapshot.routers):
        return Candidate(code=Cause.ROUTER_UNREACHABLE, subject=via, evidence=(check.id,), strength=0.6, silence=True)
    return Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=via, evidence=(check.id,), strength=0.8)


def _mask_too_wide(check: Check[GatewayFacts], snapshot: Snapshot) -> bool:
    """The interface's subnet holds more than the private block of its own address (RFC 1918), and with it this host."""
    own = snapshot.named(AddressFacts, check.facts.interface)
    try:
        wanted = ip_address(check.facts.address or "")
        ours = [ip_interface(each) for each in (own.facts.addresses if own is not None else ())]
    except ValueError:
        return False
    wide = [each.network for each in ours if any(each.ip in block and each.network.prefixlen < block.prefixlen for block in _PRIVATE)]
    return any(wanted in network for network in wide)


def _dates(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate | None:
    """The certificate is at fault where our clock is right, the clock where correcting it would make the certificate valid."""
    if explained_by_clock(check, snapshot):
        return None
    doubt = doubtful_skew(snapshot)
    if doubt is not None and valid_at_skew(check, doubt):
        return either(check.target, (check.id, Kind.CLOCK.id()), Cause.CLOCK_WRONG, Cause.GATEWAY_CERTIFICATE_EXPIRED)
    if check.symptom is Symptom.CERT_NOT_YET_VALID and not clock_confirmed(snapshot):
        return either(check.target, (check.id,), Cause.CLOCK_WRONG, Cause.GATEWAY_CERTIFICATE_EXPIRED)
    confirmed = clock_confirmed(snapshot)
    if not confirmed and not clock_known_wrong(snapshot) and expired_long_ago(check):
        return either(check.target, (check.id,), Cause.CLOCK_WRONG, Cause.GATEWAY_CERTIFICATE_EXPIRED)
    return Candidate(
        code=Cause.GATEWAY_CERTIFICATE_EXPIRED,
        subject=check.target,
        evidence=(check.id,),
        strength=0.9 if confirmed else 0.7,
        agreeing=(Kind.CLOCK.id(),) if confirmed else (),
    )


def _own_trust(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate | None:
    """What the host serves is valid, and the terminal's own authorities are not, or not those."""
    if explained_by_clock(check, snapshot):
        return None
    clock = (Kind.CLOCK.id(),) if clock_confirmed(snapshot) else ()
    strength = 0.9 if check.symptom is Symptom.TRUST_EXPIRED else 0.85
    return Candidate(code=Cause.TRUST_STORE_OUTDATED, subject=check.target, evidence=(check.id,), strength=strength, agreeing=clock)


def _status(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate:
    """What the host itself says; over a connection that nobody vouches for, it says it with less weight."""
    status = check.facts.http_status or 0
    cap = 0.99 if check.facts.tls else _UNAUTHENTICATED_CAP
    code = _mapped(check)
    if code is not None:
        return _plain(check, code, 0.93, cap=cap if code in _ACCOUNT else 0.99)
    if dated_elsewhen(check) and tells_the_time_alone(check, snapshot):
        instead = (Cause.SIGN_IN_REQUIRED,) if status == 401 else (Cause.ACCOUNT_SUSPENDED, Cause.GATEWAY_MISCONFIGURED)
        return either(check.target, (check.id, Kind.CLOCK.id()), Cause.CLOCK_WRONG, *instead)
    if status == 402:
        return _plain(check, Cause.ACCOUNT_SUSPENDED, 0.9, cap=cap)
    if status == 401:
        return _plain(check, Cause.SIGN_IN_REQUIRED, 0.88, cap=cap)
    if status == 403:
        return either(check.target, (check.id,), Cause.ACCOUNT_SUSPENDED, Cause.GATEWAY_MISCONFIGURED)
    if status >= 500:
        return _plain(check, Cause.GATEWAY_ERROR, 0.92)
    if status in _ASKED_WRONGLY:
        return _plain(check, Cause.GATEWAY_MISCONFIGURED, 0.85 if status == 404 else 0.6)
    return either(check.target, (check.id,), Cause.GATEWAY_MISCONFIGURED, Cause.GATEWAY_ERROR)


def _mapped(check: Check[GatewayFacts]) -> Cause | None:
    """What this host's code is configured to mean; None where it is not, or means a cause of a later version."""
    try:
        return Cause.of(check.facts.mapped or "")
    except KeyError:
        return None


def _response_code(check: Check[GatewayFacts]) -> Candidate:
    """DE39 of a network-management message; a code that no table knows is the host's own, with its number shown."""
    meaning = MEANINGS.get((check.facts.response_code or "").upper())
    code = _mapped(check) or (_MEANT[meaning] if meaning else None)
    if code is None:
        return _plain(check, Cause.GATEWAY_ERROR, 0.5, cap=_UNKNOWN_CODE_CAP)
    trusted = bool(check.facts.tls) or code not in _ACCOUNT
    return _plain(check, code, 0.93, cap=0.99 if trusted else _UNAUTHENTICATED_CAP)
