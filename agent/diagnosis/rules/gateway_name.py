"""A gateway's name that was not found while other names are: the name, the resolver, or whoever keeps the name."""

from __future__ import annotations

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import silent
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Facts, Kind, Symptom
from probes.model.facts import GatewayFacts, LossFacts, NamesElsewhereFacts, OtherAddressFacts, Phase

_NO_NAME = (Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.NO_USABLE_ANSWER)


def unresolved(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate:
    """What other name servers say of the same name decides, where they were asked; else what the own one said."""
    if check.symptom is Symptom.NO_RESOLVER:
        return Candidate(code=Cause.NETWORK_MISCONFIGURED, subject="dns", evidence=(check.id,), strength=0.85)
    others = tuple(c.id for c in snapshot.names_resolve)
    elsewhere = snapshot.named(NamesElsewhereFacts, check.name)
    if elsewhere is not None and elsewhere.facts.ipv4_alone:
        # the host has IPv4 alone and this terminal IPv6: its own IPv4 was lost, or whoever should translate names for it does not
        return either(check.target, (check.id, elsewhere.id), Cause.DHCP_FAILED, Cause.DNS_FAILING)
    known = bool(others) and _public_name_known(snapshot)
    if elsewhere is not None and elsewhere.ok:
        # that a name does not exist is no name server's own fault, and who says so of one that does may know it by another, of this shop
        return _resolver_fails(check, snapshot, (elsewhere.id,), 0.75 if check.symptom is Symptom.NXDOMAIN else 0.88)
    if elsewhere is not None and elsewhere.symptom is Symptom.NXDOMAIN and known:
        evidence = (check.id, elsewhere.id)
        return Candidate(code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=evidence, strength=0.85, agreeing=others[:2])
    if check.symptom is Symptom.NO_USABLE_ANSWER and check.facts.given and known:
        # an address of the machine itself, or of nobody: so a filter blocks a name
        return _resolver_fails(check, snapshot, (), 0.78)
    if check.symptom is Symptom.NXDOMAIN and known:
        return Candidate(code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=0.88, agreeing=others[:2])
    if check.symptom is Symptom.NXDOMAIN or (check.symptom is Symptom.NO_USABLE_ANSWER and not known):
        return either(check.target, (check.id,), Cause.GATEWAY_MISCONFIGURED, Cause.DNS_FAILING)
    if check.symptom in _NO_NAME and known and snapshot.beyond:
        return _resolver_fails(check, snapshot, () if elsewhere is None else (elsewhere.id,), 0.7)
    return either(check.target, (check.id,), Cause.DNS_FAILING, Cause.GATEWAY_DOWN, silence=silent(check))


def _resolver_fails(check: Check[GatewayFacts], snapshot: Snapshot, more: tuple[str, ...], strength: float) -> Candidate:
    """The subject is the name: other names are found."""
    asked = check.facts.resolver
    evidence = (check.id, *more, Kind.RESOLVER.id(asked)) if asked else (check.id, *more)
    subject = check.facts.host or check.target
    silence = silent(check) or lost_by_itself(check, snapshot)
    return Candidate(code=Cause.DNS_FAILING, subject=subject, evidence=evidence, strength=strength, silence=silence)


def lost_by_itself(check: Check[Facts], snapshot: Snapshot) -> bool:
    """Where packets get lost, a name server that passes questions on loses its own, and says so: that rests on silence too."""
    return lossy(snapshot) and check.symptom in (Symptom.SERVFAIL, Symptom.DNS_REFUSED)


def lossy(snapshot: Snapshot) -> bool:
    return any(c.failed and c.symptom is Symptom.LOSS and c.facts.lost != c.facts.sent for c in snapshot.of_kind(LossFacts))


def lives_elsewhere(check: Check[GatewayFacts], elsewhere: Check[OtherAddressFacts], snapshot: Snapshot) -> Candidate:
    """The host accepts at the address that others give: the entry of this terminal is wrong, or the answer of its name server."""
    if not elsewhere.facts.fixed:
        return _resolver_fails(check, snapshot, (elsewhere.id,), 0.75)
    return Candidate(code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=(check.id, elsewhere.id), strength=0.92)


def _public_name_known(snapshot: Snapshot) -> bool:
    """Some name other than this gateway's was found: a resolver's answer for a public name, or another gateway's address."""
    hosts = (*snapshot.gateways, *snapshot.http_checks)
    resolved = any(c.facts.resolver for c in hosts if c.facts.phase is not Phase.RESOLVE)
    return resolved or bool(snapshot.names_resolve)
