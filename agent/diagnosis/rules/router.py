"""The default router."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.snapshot import Snapshot
from probes.model import Layer, Outcome, Symptom

_SILENT = (Symptom.ROUTER_SILENT, Symptom.ROUTER_OFF_SUBNET)


def router_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    routers = snapshot.of(Layer.ROUTER)
    for check in routers:
        if check.failed:
            off_subnet = check.symptom is Symptom.ROUTER_OFF_SUBNET
            behind = tuple(c.id for c in snapshot.checks if c.because == check.id)
            spared = any(r.ok and r.facts.get("interface") == check.facts.get("interface") for r in routers) and bool(snapshot.beyond)
            yield Candidate(
                code=Cause.NETWORK_MISCONFIGURED if off_subnet else Cause.ROUTER_UNREACHABLE,
                subject=check.target,
                evidence=(check.id,),
                strength=0.9,
                agreeing=behind[:2],
                notice=spared,
                silence=not off_subnet,
            )
    undecided = tuple(check.id for check in routers if check.outcome is Outcome.UNKNOWN and check.symptom is not None)
    answered = any(check.ok for check in routers)
    silent = tuple(check.id for check in snapshot.internet_tried if check.failed)
    heard = snapshot.beyond or any(c.ok for c in snapshot.checks if c.layer in (Layer.DNS, Layer.GATEWAY))
    failing = any(c.failed for c in snapshot.checks if c.layer in (Layer.DNS, Layer.INTERNET, Layer.GATEWAY))
    seen_silent = any(c.symptom in _SILENT for c in routers)
    if undecided and not answered and not heard and (failing or seen_silent):
        yield either(
            next(check.target for check in routers if check.id == undecided[0]),
            (*undecided, *silent),
            Cause.ROUTER_UNREACHABLE,
            Cause.INTERNET_DOWN,
            silence=True,
        )
