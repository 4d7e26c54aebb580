"""From observed checks to causes, `can_pay` and state: rules, suppression, severity, confidence, order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Category, Cause, Severity
from agent.diagnosis.confidence import confidence
from agent.diagnosis.model import Diagnosis, Finding
from agent.diagnosis.ruled_out import ruled_out
from agent.diagnosis.rules import RULES
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.suppress import suppress
from agent.diagnosis.verdict import can_pay, reasons, state
from probes.model import Check, Facts, Layer
from probes.model.facts import AppFacts

_MOST_EVIDENCE = 8
_SEVERITIES = tuple(Severity)
_LAYERS = tuple(Layer)


def diagnose(checks: Sequence[Check[Facts]]) -> Diagnosis:
    """The same checks always give the same diagnosis."""
    snapshot = Snapshot(checks)
    proposed = _merged([candidate for rule in RULES for candidate in rule(snapshot)])
    kept = [_supported(candidate, snapshot) for candidate in suppress(_withstood(proposed, snapshot))]
    pay = can_pay(snapshot)
    why = reasons(snapshot, pay)
    if why and not any(_severity(candidate, why) is Severity.OUTAGE for candidate in kept):
        kept += _unexplained(snapshot, why)
    named = frozenset(code for candidate in kept for code in (candidate.code, *candidate.candidates))
    explained = frozenset(i for candidate in kept for i in (*candidate.evidence, *candidate.explains))
    findings = sorted((_finding(candidate, snapshot, why, named, explained) for candidate in kept), key=_order)
    wrong = any(finding.severity is not Severity.NOTICE for finding in findings)
    verdict = state(snapshot, pay, wrong)
    return Diagnosis(can_pay=pay, state=verdict, findings=tuple(findings))


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """One entry for a code and subject, with the evidence of all."""
    found: dict[tuple[Cause, str, tuple[Cause, ...]], Candidate] = {}
    for candidate in candidates:
        key = (candidate.code, candidate.subject, candidate.candidates)
        earlier = found.get(key)
        if earlier is None:
            found[key] = candidate
            continue
        found[key] = replace(
            earlier,
            evidence=tuple(dict.fromkeys((*earlier.evidence, *candidate.evidence))),
            strength=max(earlier.strength, candidate.strength),
            notice=earlier.notice and candidate.notice,
        )
    return list(found.values())


def _withstood(proposed: list[Candidate], snapshot: Snapshot) -> list[Candidate]:
    """What every cause foretells is large, and loaded where there is one to hold it against; the daemon gives it up after each look."""
    if not proposed:
        return []
    from agent.diagnosis.second_opinion import withstood

    return withstood(proposed, snapshot)


def _supported(candidate: Candidate, snapshot: Snapshot) -> Candidate:
    """What agrees besides, and makes no cause by itself: a plug-in's failed check with those that the configuration says it is evidence
    for; connections of the application that nobody answers with those that rest on silence."""
    beside = tuple(c.id for c in snapshot.plugins if c.failed and candidate.code.value in c.facts.supports)
    if candidate.silence:
        # the application's own packets stay without an answer too, and it sent them before we did
        asked = {gateway.name for gateway in snapshot.gateways if gateway.id in (*candidate.evidence, *candidate.explains)}
        beside += tuple(c.id for c in snapshot.of_kind(AppFacts) if asked & {each.gateway for each in c.facts.hanging})
    return replace(candidate, agreeing=(*candidate.agreeing, *beside)) if beside else candidate


def _unexplained(snapshot: Snapshot, why: frozenset[str]) -> list[Candidate]:
    """No payment is possible and no rule knows why: say so, with what failed."""
    failing = [check for check in snapshot.checks if check.id in why and check.failed] or [c for c in snapshot.checks if c.id in why]
    if not failing:
        return []
    silent = (Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, Cause.GATEWAY_DOWN)
    return [either(failing[0].target, tuple(check.id for check in failing[:4]), *silent, strength=0.4)]


def _finding(candidate: Candidate, snapshot: Snapshot, why: frozenset[str], named: frozenset[Cause], explained: frozenset[str]) -> Finding:
    from agent.diagnosis.second_opinion import second_opinion

    opinion = second_opinion(candidate, snapshot)
    unexplained = bool(frozenset(opinion.left_over) - explained)
    return Finding(
        code=candidate.code,
        subject=candidate.subject,
        severity=_severity(candidate, why),
        confidence=confidence(candidate, snapshot, opinion, unexplained),
        category=_category(candidate),
        evidence=_evidence(candidate, snapshot),
        candidates=candidate.candidates,
        ruled_out=ruled_out(candidate, snapshot, named),
    )


def _evidence(candidate: Candidate, snapshot: Snapshot) -> tuple[str, ...]:
    supporting = (name for name in (*candidate.agreeing, *candidate.explains) if snapshot.get(name))
    return tuple(dict.fromkeys((*candidate.evidence, *supporting)))[:_MOST_EVIDENCE]


def _severity(candidate: Candidate, why: frozenset[str]) -> Severity:
    if candidate.notice:
        return Severity.NOTICE
    return Severity.OUTAGE if why & {*candidate.evidence, *candidate.explains} else Severity.DEGRADED


def _category(candidate: Candidate) -> Category:
    """For what cannot be told apart: the category that all candidates share."""
    shared = {cause.category for cause in candidate.candidates}
    return shared.pop() if len(shared) == 1 else candidate.code.category


def _order(finding: Finding) -> tuple[int, int, float]:
    layer = min((cause.layer for cause in finding.candidates), key=_LAYERS.index, default=finding.code.layer)
    return (_SEVERITIES.index(finding.severity), _LAYERS.index(layer), -finding.confidence)
