"""Which other causes were considered, and by which check each was disproved (`disproof`, where the cause is declared). Pure."""

from __future__ import annotations

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.disproof import Disproof
from agent.diagnosis.model import RuledOut
from agent.diagnosis.snapshot import Snapshot
from probes.model import Layer

_NETWORK = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


def _asked() -> tuple[tuple[Cause, Disproof], ...]:
    found = [(cause, cause.declared.disproof) for cause in Cause if cause.declared.disproof is not None]
    return tuple(sorted(found, key=lambda each: each[1].place))


_ASKED = _asked()


def ruled_out(candidate: Candidate, snapshot: Snapshot, found_too: frozenset[Cause]) -> tuple[RuledOut, ...]:
    """Causes at or below this one's layer that a check disproved, but none that is reported itself (`found_too`).

    A device's fault is not weighed against the network's. What another gateway answered says nothing about this one.
    """
    if candidate.code.layer not in _NETWORK:
        return ()
    own = {candidate.code, *candidate.candidates, *found_too}
    depth = _NETWORK.index(candidate.code.layer)
    found = []
    for cause, disproof in _ASKED:
        reachable = cause.layer not in _NETWORK or _NETWORK.index(cause.layer) <= depth
        by = disproof.by(snapshot) if cause not in own and reachable else None
        if by is not None and (by.id in candidate.evidence) == disproof.itself:
            found.append(RuledOut(cause, by.id))
    return tuple(found)
