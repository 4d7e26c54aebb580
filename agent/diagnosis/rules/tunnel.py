"""A tunnel (VPN) through which nothing comes back, while the line on which its packets travel works."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import SILENCE, contacted
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import REMOTE, interface_of, own_way
from probes.model import Check, Facts, Kind, Outcome
from probes.model.facts import LinkFacts, TunnelFacts

_MOST_TOLD = 4


def tunnel_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of_kind(TunnelFacts):
        found = _one(check, snapshot) if _not_heard(check) else None
        if found is not None:
            yield found


def works_below(snapshot: Snapshot, interface: str) -> bool:
    """The tunnel's own line was heard, so that it is the tunnel that is at fault."""
    tunnel = snapshot.named(TunnelFacts, interface)
    return tunnel is not None and _not_heard(tunnel) and _line_works(tunnel, snapshot)


def leaves_open(snapshot: Snapshot, interface: str) -> bool:
    """It is a tunnel, nothing came back through it, and of its line nothing is known."""
    tunnel = snapshot.named(TunnelFacts, interface)
    return tunnel is not None and _not_heard(tunnel) and tunnel.facts.line_answers is None and not _line_works(tunnel, snapshot)


def may_be_well(check: Check[TunnelFacts]) -> bool:
    """Nobody else in it could be asked: what is lost may be silent by itself."""
    return _not_heard(check) and not (check.failed and check.facts.peer)


def _not_heard(check: Check[TunnelFacts]) -> bool:
    """Its other end is silent, or may not be asked for want of a right: then what goes through it tells."""
    return check.failed or check.outcome is Outcome.UNKNOWN


def _one(check: Check[TunnelFacts], snapshot: Snapshot) -> Candidate | None:
    remote = [c for c in own_way(snapshot.checks) if c.layer in REMOTE and interface_of(c) == check.name and c.kind is not Kind.LOSS]
    if any(contacted(c) for c in remote):
        return None
    lost = tuple(c.id for c in remote if c.symptom in SILENCE)
    if not lost:
        return None
    if _line_works(check, snapshot):
        link = snapshot.named(LinkFacts, check.name)
        without = (link.id,) if link is not None and link.failed else ()
        # a single host that is silent in there may be so by itself
        alone = len(lost) < 2 and not without
        asked = (check.id,) if check.failed else ()
        if alone and may_be_well(check) and snapshot.get(lost[0]) in snapshot.resolvers:
            return None  # what is said of names says so (`names.py`)
        return Candidate(
            code=Cause.TUNNEL_DOWN,
            subject=check.name,
            evidence=(*asked, *without, *lost[:_MOST_TOLD]),
            strength=0.75 if alone else 0.9,
            cap=0.8 if alone else 0.99,
            notice=_harmless(snapshot, remote),
            explains=lost,
        )
    if check.facts.line_answers is None:
        return either(check.name, (check.id, *lost[:_MOST_TOLD]), Cause.TUNNEL_DOWN, Cause.INTERNET_DOWN, silence=True)
    return None


def _line_works(check: Check[TunnelFacts], snapshot: Snapshot) -> bool:
    """It was asked there, or something that goes out by it without the tunnel was answered from beyond the router."""
    return bool(check.facts.line_answers) or any(interface_of(c) == check.facts.line for c in snapshot.beyond)


def _harmless(snapshot: Snapshot, remote: list[Check[Facts]]) -> bool:
    """Payments pass, by another way."""
    return bool(snapshot.accepted) and not any(c.kind is Kind.GATEWAY for c in remote)
