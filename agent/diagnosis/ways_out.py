"""A terminal may have several ways out: two address families, routers of their own for some hosts. That one of them works says nothing of
another. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.diagnosis.evidence import heard_outside, silent
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import knows
from probes.model import Check, Facts, Outcome
from probes.model.facts import RemoteFacts, ResolverFacts

_SEVERAL = 2  # hosts: one alone may be dead itself


class Way(Struct, frozen=True):
    """None where it is not known, which may be any. `router` is empty for a neighbour on the link itself."""

    ipv6: bool | None
    interface: str | None
    router: str | None


def way_of(check: Check[Facts]) -> Way:
    if knows(check, RemoteFacts):
        facts = check.facts
        return Way(":" in facts.address if facts.address else None, facts.interface, facts.via)
    if knows(check, ResolverFacts):
        return Way(":" in check.target, check.facts.interface, None)
    return Way(None, None, None)


def may_be_one(one: Way, other: Way) -> bool:
    pairs = ((one.ipv6, other.ipv6), (one.interface, other.interface), (one.router, other.router))
    return all(a is None or b is None or a == b for a, b in pairs)


def heard_on(way: Way, checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    return [check for check in checks if heard_outside(check) and may_be_one(way, way_of(check))]


def silent_on(way: Way, snapshot: Snapshot) -> list[Check[RemoteFacts]]:
    """Internet checks that went this way, and whose host kept silent."""
    return [
        c for c in snapshot.internet_tried if silent(c) and c.facts.address and c.outcome is Outcome.FAIL and may_be_one(way, way_of(c))
    ]


def dead_family(snapshot: Snapshot, *, ipv6: bool) -> list[Check[RemoteFacts]]:
    """The silent hosts of a family in which nobody was heard, while somebody of the other one was. Empty where one alone was tried."""
    hosts = [c for c in snapshot.hosts if c.facts.address]
    own = [c for c in hosts if (":" in (c.facts.address or "")) is ipv6]
    others = [c for c in hosts if c not in own and heard_outside(c)]
    dead = [c for c in own if silent(c)]
    return dead if others and len(dead) >= _SEVERAL and not any(heard_outside(c) for c in own) else []
