"""From causes to what a person reads: one sentence each, and the steps that the checks have not disproved."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from agent.contract.document import Step, StepRecord
from agent.contract.experience import Experience
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.model import CanPay, Diagnosis, Finding
from agent.remedy.catalogue import CatalogueError, OtherSummary, StepTemplate, entry
from agent.remedy.here import FOR_UPLINKS, SOMEWHERE, Here, Platform, uplinks
from agent.remedy.ordering import ordered, records
from agent.remedy.values import Values, fill, values
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual, same
from probes.model import Check, Facts, Layer, Symptom
from probes.model.facts import ClockFacts, DeviceFacts, DueDateFacts, SerialFacts
from probes.model.vocabulary import PATH

_ON_THE_TERMINAL = (Layer.SYSTEM, Layer.LINK, Layer.SERIAL, Layer.APP)
_FIRST = 2  # steps of each cause that is only possible


def summarise(finding: Finding, checks: Sequence[Check[Facts]], settings: Settings) -> Bilingual:
    """The cause in one sentence. Where the catalogue is damaged, its code: the verdict counts for more than its words."""
    try:
        known = entry(finding.code)
    except CatalogueError:
        return same(finding.code.value)
    shown = _shown(finding, checks, SOMEWHERE)
    other = next((each for each in known.others if _stands(each, shown, checks, finding.evidence)), None)
    summary = known.summary if other is None else Bilingual(other.zh, other.en)
    return fill(summary, values(finding, checks, settings))


def _stands(other: OtherSummary, shown: _Shown, checks: Sequence[Check[Facts]], evidence: Sequence[str]) -> bool:
    there = bool(other.place) and other.place == shown.place
    there = there or (bool(evidence) and all(_any_match(other.evidence, [each]) for each in evidence))
    there = there or (bool(shown.uplinks) and shown.uplinks <= {kind.value for kind in other.uplink})
    return there or bool(shown.symptoms & set(other.seen)) or _any_match(other.passed, [check.id for check in checks if check.ok])


def advise(
    diagnosis: Diagnosis,
    checks: Sequence[Check[Facts]],
    settings: Settings,
    here: Here = SOMEWHERE,
    experience: Experience | None = None,
) -> tuple[Step, ...]:
    """Steps in the order of the causes, notices last, numbered from 1 for each code; those of one cause as experience has them.

    Where a code has two subjects its numbers go on, and what reads the same is said once.
    """
    experience = experience or Experience()
    paying = diagnosis.can_pay is not CanPay.NO
    steps: list[Step] = []
    numbers: dict[Cause, int] = {}
    said: set[tuple[Cause, str]] = set()
    for finding in sorted(diagnosis.findings, key=lambda each: each.severity is Severity.NOTICE):
        known: Values = values(finding, checks, settings, here)
        over = uplinks(finding, checks)
        for chosen in _without_interrupting(finding, _chosen(finding, checks, here, experience, paying=paying)):
            template = chosen.template
            text = fill(_for_whom(template, over), known)
            if (finding.code, text.zh) in said:
                continue
            said.add((finding.code, text.zh))
            numbers[finding.code] = numbers.get(finding.code, 0) + 1
            steps.append(
                Step(
                    cause=finding.code,
                    id=chosen.id_for(finding.code),
                    step=numbers[finding.code],
                    who=_who(template, finding, checks),
                    text=text,
                    expect=fill(template.expect, known),
                    interrupts_payment=template.interrupts_payment,
                    verify=_verify(template.verify, finding, checks),
                    record=chosen.record,
                )
            )
    return tuple(steps)


class _Chosen(Struct, frozen=True):
    """A step, and the cause in whose file it stands: for a doubt that may be one of its candidates."""

    template: StepTemplate
    cause: Cause
    record: StepRecord | None

    def id_for(self, told: Cause) -> str:
        name = self.template.id
        return name if told is self.cause or not name else f"{self.cause.value}:{name}"


def _without_interrupting(finding: Finding, steps: list[_Chosen]) -> list[_Chosen]:
    """A notice about the path is no reason to interrupt payments: they pass."""
    if finding.severity is not Severity.NOTICE or finding.code.layer not in PATH:
        return steps
    return [each for each in steps if not each.template.interrupts_payment] or steps


def _for_whom(template: StepTemplate, over: frozenset[str]) -> Bilingual:
    """Where not every uplink in question is of the step's kinds, it begins by saying which it is for."""
    text = Bilingual(template.zh, template.en)
    kinds = frozenset(kind.value for kind in template.uplink)
    if not kinds or (over and over <= kinds):
        return text
    prefix = FOR_UPLINKS[kinds]
    return Bilingual(prefix.zh + text.zh, prefix.en + text.en)


def _chosen(finding: Finding, checks: Sequence[Check[Facts]], here: Here, experience: Experience, *, paying: bool) -> list[_Chosen]:
    """Where causes cannot be told apart, those on the terminal itself are looked at first, each by its own first steps.

    Where all of them lie there, the steps for a doubt about the path are left out, and the last one says whom to call.
    """
    shown = _shown(finding, checks, here)

    def of(code: Cause) -> list[_Chosen]:
        found = ordered(_fitting(code, checks, shown), *experience.of(code), paying=paying)
        told = records(found, *experience.of(code))
        return [_Chosen(template, code, told.get(template.id)) for template in found]

    own = of(finding.code)
    own_causes = [code for code in finding.candidates if code.layer in _ON_THE_TERMINAL]
    first = [step for code in own_causes for step in [each for each in of(code) if not each.template.only_if][:_FIRST]]
    if len(own_causes) < len(finding.candidates) or not own_causes:
        return [*first, *own]
    return [*(each for each in own if each.template.only_if), *first, *of(own_causes[0])[_FIRST:][-1:]]


class _Shown(Struct, frozen=True):
    """What the evidence shows: its symptoms, the place (`StepTemplate`), the kinds of uplink, the system, and of which sorts a date
    is."""

    symptoms: frozenset[Symptom]
    place: str
    uplinks: frozenset[str]
    platform: Platform
    sorts: frozenset[str]

    def about(self, template: StepTemplate) -> bool:
        wanted = not template.seen or bool(self.symptoms & set(template.seen))
        return (
            wanted
            and not self.symptoms & set(template.unseen)
            and template.place in ("", self.place)
            and (not template.uplink or not self.uplinks or any(kind.value in self.uplinks for kind in template.uplink))
            and (not template.platform or self.platform in template.platform)
            and (not template.sort or not self.sorts or any(sort.value in self.sorts for sort in template.sort))
        )


def _shown(finding: Finding, checks: Sequence[Check[Facts]], here: Here) -> _Shown:
    evidence = [check for check in checks if check.id in finding.evidence]
    devices = [check.facts for check in evidence if isinstance(check.facts, SerialFacts)]
    network = any(each.role == "printer" and (each.port or "").startswith("socket://") for each in devices) or any(
        isinstance(check.facts, DeviceFacts) and check.facts.over == "network" for check in evidence
    )
    doubted = any(isinstance(check.facts, ClockFacts) and check.facts.confirmed is False for check in evidence)
    return _Shown(
        frozenset(check.symptom for check in evidence if check.symptom is not None),
        "beside" if doubted else "network" if network else "line",
        uplinks(finding, checks),
        here.platform,
        frozenset(each.sort or "" for each in _dates(finding, checks)),
    )


def _dates(finding: Finding, checks: Sequence[Check[Facts]]) -> list[DueDateFacts]:
    return [check.facts for check in checks if check.id in finding.evidence and isinstance(check.facts, DueDateFacts)]


def _who(template: StepTemplate, finding: Finding, checks: Sequence[Check[Facts]]) -> Owner:
    """A date has somebody of its own who sees to it."""
    own = next((each.owner for each in _dates(finding, checks) if each.owner), None)
    return Owner(own) if own and template.who is Owner.MERCHANT else template.who


def _fitting(code: Cause, checks: Sequence[Check[Facts]], shown: _Shown) -> list[StepTemplate]:
    """Those of a cause that no check has disproved."""
    try:
        templates = entry(code).steps
    except CatalogueError:
        return []
    passed = [check.id for check in checks if check.ok]
    failed = [check.id for check in checks if check.failed]
    return [
        template
        for template in templates
        if shown.about(template)
        and not (_any_match(template.unless, passed) or _any_match(template.unless_failed, failed))
        and (not template.only_if or _any_match(template.only_if, passed))
        and (not template.only_failed or _any_match(template.only_failed, failed))
    ]


def _any_match(patterns: Sequence[str], ids: Sequence[str]) -> bool:
    return any(fnmatchcase(each, pattern) for pattern in patterns for each in ids)


def _verify(pattern: str, finding: Finding, checks: Sequence[Check[Facts]]) -> str:
    """The check that shows a step has helped: in the evidence, else of the same subject, else any that fits."""
    fits = [check for check in checks if pattern and fnmatchcase(check.id, pattern)]
    in_evidence = next((each for each in finding.evidence if any(check.id == each for check in fits)), None)
    if in_evidence is not None:
        return in_evidence
    same = next((check.id for check in fits if check.target == finding.subject), None)
    if same is not None:
        return same
    return fits[0].id if fits else next(iter(finding.evidence), "")
