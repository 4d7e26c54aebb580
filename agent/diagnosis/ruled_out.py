"""Which other causes were considered, and by which check each was disproved. Pure."""

from __future__ import annotations

from collections.abc import Callable

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import contacted
from agent.diagnosis.model import RuledOut
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Layer, Outcome, Symptom

_ANYBODY = frozenset({Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED})
Disproof = Callable[[Snapshot], "Check | None"]


def _first(checks: list[Check]) -> Check | None:
    return next(iter(checks), None)


def _passed(prefix: str) -> Disproof:
    return lambda snapshot: _first([c for c in snapshot.with_id(prefix) if c.outcome is Outcome.PASS])


def _routers(snapshot: Snapshot) -> Check | None:
    """Every default router answers: one of several proves nothing about the others."""
    tried = [check for check in snapshot.of(Layer.ROUTER) if check.outcome is not Outcome.SKIP]
    return _first(tried) if all(check.ok for check in tried) else None


def _address(snapshot: Snapshot) -> Check | None:
    return _first([c for c in snapshot.with_id("address:") if c.ok and c.facts.get("addresses")])


def _clock(snapshot: Snapshot) -> Check | None:
    clock = snapshot.get("system:clock")
    return clock if clock is not None and clock.outcome is Outcome.PASS and clock.facts.get("sources") else None


def _beyond(snapshot: Snapshot) -> Check | None:
    return _first([check for check in snapshot.beyond if check.layer in (Layer.INTERNET, Layer.GATEWAY)])


def _gateway_heard(snapshot: Snapshot) -> Check | None:
    """Somebody spoke as the host does; a bare refusal or a reset may come from a filter on the way."""
    return _first([check for check in snapshot.gateways if contacted(check) and check.symptom not in _ANYBODY])


# Lowest first: the order in which an engineer would ask.
_DISPROOFS: tuple[tuple[Cause, Disproof], ...] = (
    (Cause.CLOCK_WRONG, _clock),
    (Cause.CABLE_UNPLUGGED, _passed("link:")),
    (Cause.DHCP_FAILED, _address),
    (Cause.ADDRESS_CONFLICT, _passed("address:conflict:")),
    (Cause.NETWORK_MISCONFIGURED, _passed("address:route")),
    (Cause.ROUTER_UNREACHABLE, _routers),
    (Cause.DNS_UNREACHABLE, lambda snapshot: _first(snapshot.names_resolve)),
    (Cause.INTERNET_DOWN, _beyond),
    (Cause.CAPTIVE_PORTAL, _passed("internet:check-")),
    (Cause.UNSTABLE, _passed("internet:loss:")),
    (Cause.GATEWAY_BLOCKED, _gateway_heard),
)
_NETWORK = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


def ruled_out(candidate: Candidate, snapshot: Snapshot, found_too: frozenset[Cause]) -> tuple[RuledOut, ...]:
    """Causes at or below this one's layer that a check disproved, but none that is reported itself (`found_too`).

    A device's fault is not weighed against the network's. What another gateway answered says nothing about this one.
    """
    if candidate.code.layer not in _NETWORK:
        return ()
    own = {candidate.code, *candidate.candidates, *found_too}
    depth = _NETWORK.index(candidate.code.layer)
    found = []
    for cause, disproof in _DISPROOFS:
        reachable = cause.layer not in _NETWORK or _NETWORK.index(cause.layer) <= depth
        by = disproof(snapshot) if cause not in own and reachable else None
        if by is None:
            continue
        about_itself = by.id in candidate.evidence
        if about_itself == (cause is Cause.GATEWAY_BLOCKED):
            found.append(RuledOut(cause, by.id))
    return tuple(found)
