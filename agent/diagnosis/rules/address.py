"""Addresses, the default route, and who else uses our address."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.snapshot import Snapshot
from probes.model import Layer, Symptom


def address_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of(Layer.ADDRESS):
        if not check.failed:
            continue
        if check.symptom in (Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY):
            link = snapshot.get(f"link:{check.target}")
            unused = link is not None and not (link.facts.get("configured") or link.facts.get("used"))
            others = [c for c in snapshot.with_id("address:") if c.ok and c.id != "address:route"]
            yield Candidate(
                code=Cause.DHCP_FAILED,
                subject=check.target,
                evidence=(check.id,),
                strength=0.9,
                agreeing=(link.id,) if link is not None and link.ok else (),
                notice=unused and bool(others),
            )
        elif check.symptom is Symptom.NO_DEFAULT_ROUTE:
            addressed = tuple(c.id for c in snapshot.with_id("address:") if c.ok and "conflict" not in c.id)
            if addressed:
                yield Candidate(
                    code=Cause.NETWORK_MISCONFIGURED, subject="default", evidence=(check.id,), strength=0.88, agreeing=addressed[:1]
                )
        elif check.symptom is Symptom.ADDRESS_CONFLICT:
            yield Candidate(code=Cause.ADDRESS_CONFLICT, subject=check.target, evidence=(check.id,), strength=0.95)
