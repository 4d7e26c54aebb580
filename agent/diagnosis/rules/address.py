"""Addresses, the default route, and who else uses our address."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import NAME_SERVERS, Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.snapshot import Snapshot
from probes.model import Kind, Layer, Symptom
from probes.model.facts import LinkFacts


def address_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of(Layer.ADDRESS):
        if not check.failed:
            continue
        if check.symptom in (Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY):
            link = snapshot.named(LinkFacts, check.target)
            unused = link is not None and not (link.facts.configured or link.facts.used)
            others = [c for c in snapshot.of(Layer.ADDRESS) if c.ok and c.kind is not Kind.DEFAULT_ROUTE]
            yield Candidate(
                code=Cause.DHCP_FAILED,
                subject=check.target,
                evidence=(check.id,),
                strength=0.9,
                agreeing=(link.id,) if link is not None and link.ok else (),
                notice=unused and bool(others),
            )
        elif check.symptom is Symptom.NO_DEFAULT_ROUTE:
            addressed = tuple(c.id for c in snapshot.of(Layer.ADDRESS) if c.ok and c.kind is not Kind.CONFLICT)
            if addressed:
                yield Candidate(
                    code=Cause.NETWORK_MISCONFIGURED,
                    subject="default",
                    evidence=(check.id,),
                    strength=0.88,
                    agreeing=addressed[:1],
                    same_of=NAME_SERVERS,
                )
        elif check.symptom is Symptom.ADDRESS_CONFLICT:
            yield Candidate(code=Cause.ADDRESS_CONFLICT, subject=check.target, evidence=(check.id,), strength=0.95)
