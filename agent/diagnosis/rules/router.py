"""The default router."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import failed_there, silent
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.facts import AddressFacts, RouterFacts

_SILENT = (Symptom.ROUTER_SILENT, Symptom.ROUTER_OFF_SUBNET)
_ON_THE_LINK = ("arp", "neighbour")


def router_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    routers = snapshot.routers
    for check in routers:
        if failed_there(check):
            off_subnet = check.symptom is Symptom.ROUTER_OFF_SUBNET
            other = any(r.ok and r.facts.interface == check.facts.interface for r in routers)
            spared = other and bool(snapshot.beyond) and not _in_the_way(check, snapshot)
            yield Candidate(
                code=Cause.NETWORK_MISCONFIGURED if off_subnet else Cause.ROUTER_UNREACHABLE,
                subject=check.target,
                evidence=(check.id,),
                strength=0.9,
                agreeing=snapshot.behind(check)[:2],
                notice=spared,
                silence=not off_subnet,
            )
    yield from _answers_in_vain(snapshot, routers)
    undecided = tuple(check.id for check in routers if check.outcome is Outcome.UNKNOWN and check.symptom is not None)
    answered = any(check.ok for check in routers)
    unanswered = tuple(check.id for check in snapshot.internet_tried if failed_there(check))
    heard = snapshot.beyond or any(c.ok for c in snapshot.checks if c.layer in (Layer.DNS, Layer.GATEWAY))
    failing = any(failed_there(c) for c in snapshot.checks if c.layer in (Layer.DNS, Layer.INTERNET, Layer.GATEWAY))
    seen_silent = any(c.symptom in _SILENT for c in routers)
    if undecided and not answered and not heard and (failing or seen_silent):
        yield either(
            next(check.target for check in routers if check.id == undecided[0]),
            (*undecided, *unanswered),
            Cause.ROUTER_UNREACHABLE,
            Cause.INTERNET_DOWN,
            silence=True,
        )


def _in_the_way(router: Check[RouterFacts], snapshot: Snapshot) -> bool:
    """No gateway was reached, and one could not even be tried because of this router: it is the name server too, say."""
    return not snapshot.accepted and any(router in snapshot.because_chain(gateway) for gateway in snapshot.gateways)


def _answers_in_vain(snapshot: Snapshot, routers: list[Check[RouterFacts]]) -> Iterator[Candidate]:
    """A router outside our subnet that answers ARP and nothing else, and nothing beyond it does: it knows no way back to our address."""
    for check in routers:
        if not check.ok or check.facts.on_subnet is not False or check.facts.answered_by not in _ON_THE_LINK:
            continue
        own = snapshot.named(AddressFacts, check.facts.interface)
        lost = [c for c in snapshot.hosts if silent(c) and c.facts.via == check.target]
        if own is None or own.facts.point_to_point or not _has_subnet(own) or not lost or snapshot.beyond:
            continue
        evidence = (check.id, *(c.id for c in lost))
        yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.target, evidence=evidence, strength=0.75, agreeing=(own.id,))


def _has_subnet(address: Check[AddressFacts]) -> bool:
    """With a host address (/32), as some providers hand it out, every router is outside."""
    prefixes = [each.rpartition("/")[2] for each in address.facts.addresses if ":" not in each]
    return any(prefix.isdigit() and int(prefix) < 31 for prefix in prefixes)
