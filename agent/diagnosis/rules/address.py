"""Addresses, the default route, and who else uses our address."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import NAME_SERVERS, Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import SILENCE, failed_there, heard_outside
from agent.diagnosis.rules.cellular import cellular
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import interface_of, knows
from probes.model import Check, Kind, Layer, Symptom
from probes.model.facts import AddressFacts, ConflictFacts, GatewayFacts, LinkFacts, OverlapFacts

_MISMADE = (Symptom.ADDRESS_RESERVED, Symptom.ADDRESS_ON_PORT)
_MOST_TOLD = 5


def address_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of(Layer.ADDRESS):
        if knows(check, AddressFacts) and check.symptom in _MISMADE and check.ok:
            found = _of_no_use(check, snapshot)
            if found is not None:
                yield found
        if not check.failed:
            continue
        if check.symptom in (Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY):
            if _refused(check.name, snapshot):
                continue  # it has one, and somebody else has it too
            if cellular(check.target, snapshot):
                continue  # no lease is missing there, but what the modem gets from its network (`cellular.py`)
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
        elif knows(check, OverlapFacts):
            yield _overlap(check, snapshot)
        elif check.symptom is Symptom.ADDRESS_CONFLICT:
            without = tuple(c.id for c in snapshot.addresses if c.failed and c.name == check.name)
            yield Candidate(code=Cause.ADDRESS_CONFLICT, subject=check.target, evidence=(check.id,), strength=0.95, explains=without)
        elif check.symptom is Symptom.IPV6_OFF:
            yield Candidate(code=Cause.NETWORK_MISCONFIGURED, subject=check.name, evidence=(check.id,), strength=0.88)


def _refused(interface: str, snapshot: Snapshot) -> bool:
    return any(c.failed and c.name == interface for c in snapshot.of_kind(ConflictFacts))


def _of_no_use(check: Check[AddressFacts], snapshot: Snapshot) -> Candidate | None:
    """An address that cannot be a machine's, or stands where nothing arrives, is at fault where nothing comes back over its interface."""
    if any(heard_outside(c) and interface_of(c) == check.name for c in snapshot.checks):
        return None
    routers = [c.id for c in snapshot.routers if failed_there(c) and c.facts.interface == check.name]
    lost = [c.id for c in snapshot.checks if interface_of(c) == check.name and c.symptom in SILENCE and c.kind is not Kind.CONFLICT]
    if not routers and not lost:
        return None
    return Candidate(
        code=Cause.NETWORK_MISCONFIGURED,
        subject=check.name,
        evidence=(check.id, *routers, *(each for each in lost if snapshot.failed(each)))[:_MOST_TOLD],
        strength=0.9,
        explains=tuple(lost),
    )


def _overlap(check: Check[OverlapFacts], snapshot: Snapshot) -> Candidate:
    """A network of the terminal's own where something else is looked for. A remark, where only what informs lies in it."""
    behind = snapshot.behind(check)
    lost = [found for each in behind if (found := snapshot.get(each)) is not None]
    routers = {router.target for router in snapshot.routers}
    named = any(knows(each, GatewayFacts) and each.facts.resolver for each in lost)
    certain = named or check.facts.of == "bridge" or bool(routers & set(check.facts.addresses))
    return Candidate(
        code=Cause.NETWORK_MISCONFIGURED,
        subject=check.target,
        evidence=(check.id, *behind),
        strength=0.9 if certain else 0.72,
        notice=bool(snapshot.accepted) and not any(knows(each, GatewayFacts) for each in lost),
        explains=tuple(c.id for c in snapshot.checks if c.because in behind),
    )
