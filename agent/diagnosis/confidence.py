"""How sure a cause is: more with every independent check that agrees, less for every check that was not run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Category
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.worth import worth
from probes.model import Layer, Outcome

if TYPE_CHECKING:
    from agent.diagnosis.second_opinion import Opinion

# docs/confidence.md: what the fault lab left of the doubt that the rules state, where their evidence decides
_MEASURED = 0.6
_DECIDES = 0.75
_AGREE = 0.7  # what each further check leaves of the doubt
_NOT_RUN = 0.95  # what each check that could not be made leaves of the confidence
_MOST = 4
_PATH = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


def confidence(candidate: Candidate, snapshot: Snapshot, opinion: Opinion, unexplained: bool) -> float:
    """A probability, rounded to two places. Evidence beyond the first and agreeing checks shrink the doubt; blind spots at
    or below the cause's own layer shrink the confidence; what could as well be another cause is not surer than that allows.
    `unexplained`: something of the path failed that nothing reported accounts for."""
    agreeing = min(_MOST, len({*candidate.evidence[1:], *candidate.agreeing} - {candidate.evidence[0]}))
    doubt = (1 - candidate.strength) * (_MEASURED if candidate.strength >= _DECIDES else 1)
    sure = 1 - doubt * _AGREE**agreeing
    for _ in range(min(_MOST, _not_run(candidate, snapshot))):
        sure *= _NOT_RUN
    return round(min(sure, candidate.cap, worth(candidate, _told_by(opinion, unexplained))), 2)


def _told_by(opinion: Opinion, unexplained: bool) -> int:
    return 0 if opinion.against else min(1, opinion.told_by) if unexplained else opinion.told_by


def _not_run(candidate: Candidate, snapshot: Snapshot) -> int:
    if candidate.code.layer not in _PATH or candidate.code.category is Category.UNKNOWN:
        return 0
    depth = _PATH.index(candidate.code.layer)
    relevant = [c for c in snapshot.checks if c.layer in _PATH[: depth + 1] and c.outcome is Outcome.UNKNOWN]
    return len([c for c in relevant if c.id not in candidate.evidence])
