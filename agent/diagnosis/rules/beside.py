"""A terminal that was looked at from beside it: whether it is there, and whether it may be looked into."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.verdict import terminal_gone
from probes.model import Symptom
from probes.model.facts import DeviceFacts, OnLanFacts

_NOTICES = {Symptom.NOT_ALLOWED: Cause.DEBUGGING_NOT_ALLOWED, Symptom.DEBUGGING_OPEN: Cause.DEBUGGING_OPEN}


def beside_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    """It is off where it is on none of the ways on which it was: one way alone may be a cable. Where nobody else is on the shop's network
    either, it is that network."""
    gone = terminal_gone(snapshot)
    if gone:
        alone = any(isinstance(check.facts, OnLanFacts) and check.facts.others == 0 for check in gone)
        if not alone:
            ids = tuple(check.id for check in gone)
            yield Candidate(code=Cause.TERMINAL_OFF, subject=gone[0].target, evidence=ids, strength=0.8 if len(gone) > 1 else 0.7)
    yield from _ports(snapshot)
    for check in (*snapshot.of_kind(DeviceFacts), *snapshot.of_kind(OnLanFacts)):
        if check.symptom in _NOTICES:
            code = _NOTICES[check.symptom]
            yield Candidate(code=code, subject=check.target, evidence=(check.id,), strength=0.9, notice=True)


def _ports(snapshot: Snapshot) -> Iterator[Candidate]:
    """It is there, and a port that it should serve is shut. A refusal is the terminal's own word: nobody listens. Silence is less sure: a
    filter drops what is sent there, or a program hangs whose only place is taken."""
    for check in snapshot.of_kind(OnLanFacts):
        if check.failed and check.facts.answered_by:
            refused = check.symptom is Symptom.REFUSED
            yield Candidate(
                code=Cause.TERMINAL_PORT_CLOSED,
                subject=check.target,
                evidence=(check.id,),
                strength=0.7 if refused else 0.5,
                silence=not refused,
            )
