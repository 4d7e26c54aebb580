"""What a rule proposes, before suppression, severity and confidence are settled."""

from __future__ import annotations

from msgspec import Struct

from agent.diagnosis.causes import Cause
from probes.model import Kind

NAME_SERVERS = (Kind.RESOLVER, Kind.NO_RESOLVER)  # nothing leads to them, for want of any way


class Candidate(Struct, frozen=True, kw_only=True):
    """`strength`: how sure this evidence alone makes one, 0 to 1. `cap`: what no agreement lifts it above.

    `agreeing`: checks that support it besides. `notice`: it changes no state. `explains`: checks of what it suppresses.
    `silence`: the cause is an interpretation of nothing having come back. `same_of`: where checks of these kinds alone tell the same
    cause with another subject, that follows from this one.
    """

    code: Cause
    subject: str
    evidence: tuple[str, ...]
    strength: float = 0.85
    cap: float = 0.99
    agreeing: tuple[str, ...] = ()
    notice: bool = False
    candidates: tuple[Cause, ...] = ()
    explains: tuple[str, ...] = ()
    silence: bool = False
    same_of: tuple[Kind, ...] = ()


def either(subject: str, evidence: tuple[str, ...], *candidates: Cause, strength: float = 0.6, silence: bool = False) -> Candidate:
    """Something fails, and the evidence does not separate these."""
    return Candidate(
        code=Cause.INDETERMINATE, subject=subject, evidence=evidence, strength=strength, candidates=candidates, silence=silence
    )
