"""Loss and latency of an uplink, from enough samples only."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.snapshot import Snapshot
from probes.model import Outcome, Symptom
from probes.model.facts import LossFacts


def quality_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of_kind(LossFacts):
        if check.failed and check.symptom is Symptom.LOSS and check.facts.lost != check.facts.sent:
            yield Candidate(code=Cause.UNSTABLE, subject=check.target, evidence=(check.id,), strength=0.93)
        elif check.outcome is Outcome.WARN and check.symptom is Symptom.LATENCY:
            yield Candidate(code=Cause.SLOW, subject=check.target, evidence=(check.id,), strength=0.9)
