"""A gateway's name that was not found while other names are: the name, the resolver, or whoever keeps the name."""

from __future__ import annotations

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import silent
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Kind, Symptom
from probes.model.facts import GatewayFacts, NamesElsewhereFacts, Phase


def unresolved(check: Check[GatewayFacts], snapshot: Snapshot) -> Candidate:
    """What other name servers say of the same name decides, where they were asked; else what the own one said."""
    if check.symptom is Symptom.NO_RESOLVER:
        return Candidate(code=Cause.NETWORK_MISCONFIGURED, subject="dns", evidence=(check.id,), strength=0.85)
    others = tuple(c.id for c in snapshot.names_resolve)
    elsewhere = snapshot.named(NamesElsewhereFacts, check.name)
    known = bool(others) and _public_name_known(snapshot)
    if elsewhere is not None and elsewhere.ok and check.symptom is not Symptom.NXDOMAIN:
        return _resolver_fails(check, (elsewhere.id,), 0.88)
    if elsewhere is not None and elsewhere.symptom is Symptom.NXDOMAIN and known:
        evidence = (check.id, elsewhere.id)
        return Candidate(code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=evidence, strength=0.85, agreeing=others[:2])
    if check.symptom is Symptom.NO_USABLE_ANSWER and check.facts.given and known:
        # an address of the machine itself, or of nobody: so a filter blocks a name
        return _resolver_fails(check, (), 0.78)
    if check.symptom in (Symptom.NXDOMAIN, Symptom.NO_USABLE_ANSWER):
        if known:
            strength = 0.88 if check.symptom is Symptom.NXDOMAIN else 0.7
            return Candidate(
                code=Cause.GATEWAY_MISCONFIGURED, subject=check.target, evidence=(check.id,), strength=strength, agreeing=others[:2]
            )
        return either(check.target, (check.id,), Cause.GATEWAY_MISCONFIGURED, Cause.DNS_FAILING)
    return either(check.target, (check.id,), Cause.DNS_FAILING, Cause.GATEWAY_DOWN, silence=silent(check))


def _resolver_fails(check: Check[GatewayFacts], more: tuple[str, ...], strength: float) -> Candidate:
    asked = check.facts.resolver
    evidence = (check.id, *more, Kind.RESOLVER.id(asked)) if asked else (check.id, *more)
    return Candidate(code=Cause.DNS_FAILING, subject=asked or check.target, evidence=evidence, strength=strength, silence=silent(check))


def _public_name_known(snapshot: Snapshot) -> bool:
    """Some name other than this gateway's was found: a resolver's answer for a public name, or another gateway's address."""
    hosts = (*snapshot.gateways, *snapshot.http_checks)
    resolved = any(c.facts.resolver for c in hosts if c.facts.phase is not Phase.RESOLVE)
    return resolved or bool(snapshot.names_resolve)
