"""The parts of a report: evidence, what was ruled out, other causes, steps, notices, and checks that only a later version knows."""

from __future__ import annotations

from collections.abc import Iterable

from agent.contract.document import CauseEntry, Step
from agent.diagnosis.causes import Severity
from agent.present import facts, path, times
from agent.present.document import Document
from agent.present.learned import in_brackets
from agent.present.page import Page
from agent.present.words import SEVERITIES, expected, interrupts, person, state_of, subject_of
from agent.remedy.catalogue import name_of
from probes.model import Check, Facts, Layer, Outcome
from probes.model.facts import PluginFacts, SerialFacts


def heading(page: Page, zh: str, en: str) -> str:
    return page.paint(page.say(zh, en), "bold")


def called(check: Check[Facts]) -> str:
    """As people call it, where the configuration or the device itself says how."""
    label = check.facts.label if isinstance(check.facts, SerialFacts) else None
    return label or check.target


def in_short(check: Check[Facts], page: Page) -> str:
    subject = _plugged(check, page) or subject_of(check.id, page, called(check))
    return f"{subject}{page.say('：', ': ')}{state_of(check, page)}"


def _plugged(check: Check[Facts], page: Page) -> str:
    """As the plug-in itself calls it. Empty where it was not heard of, and for all other checks."""
    if not isinstance(check.facts, PluginFacts) or check.facts.called is None:
        return ""
    name = page.words(check.facts.called)
    return name if check.target == check.facts.plugin else f"{name} {page.fit(check.target)}"


def evidence(document: Document, page: Page, *, everything: bool = False) -> list[str]:
    """`everything`: each check that was made, as where only some were asked for."""
    checks = document.checks if everything else _evident(document)
    title = heading(page, "依据", "Evidence") if document.leading else heading(page, "看到的情况", "What was seen")
    return [title, *(line for check in checks for line in _observation(check, page))] if checks else []


def _evident(document: Document) -> list[Check[Facts]]:
    cause = document.leading
    if cause is None:
        return [c for c in document.checks if c.layer is Layer.GATEWAY or c.outcome in (Outcome.FAIL, Outcome.UNKNOWN)]
    return [c for c in document.checks if c.id in cause.evidence]


def _observation(check: Check[Facts], page: Page) -> list[str]:
    mark = page.fit(path.MARKS[check.outcome])
    took = times.span(check.took_ms / 1000, page) if check.took_ms else ""
    lines = page.wrap(in_short(check, page), first=f"  {mark} ")
    if page.colour:
        lines[0] = lines[0].replace(mark, page.paint(mark, path.COLOURS[check.outcome]), 1)
    details = [check.id, page.say(f"用时 {took}", f"took {took}") if took else "", *facts.in_words(check, page)]
    return [*lines, *page.paint_all(page.flow(details, " " * (page.measure(mark) + 3)), "faint")]


def ruled_out(document: Document, page: Page) -> list[str]:
    cause = document.leading
    if cause is None or not cause.ruled_out:
        return []
    lines = [heading(page, "已排除", "Ruled out")]
    for entry in cause.ruled_out:
        check = document.by_id.get(entry.by)
        why = in_short(check, page) if check else page.fit(entry.by)
        lines += page.wrap(f"{page.words(name_of(entry.code))}{page.say('（', ' (')}{why}{page.say('）', ')')}", first="  - ")
    return lines


def other_causes(document: Document, page: Page) -> list[str]:
    first = document.leading
    others = [cause for cause in document.status.causes if cause.severity is not Severity.NOTICE and cause is not first]
    if not others:
        return []
    return [heading(page, "同时还有", "Also wrong"), *(line for cause in others for line in _entry(cause, document, page))]


def notices(document: Document, page: Page) -> list[str]:
    causes = document.status.causes
    found = [cause for cause in causes if cause.severity is Severity.NOTICE]
    if not found:
        return []
    lines = [heading(page, "提醒", "Notices")]
    told = {cause.code for cause in causes if cause.severity is not Severity.NOTICE}
    for cause in found:
        lines += _entry(cause, document, page)
        if cause.code not in told:
            lines += _steps(cause, document, page, "    ")
            told.add(cause.code)
    return lines


def _entry(cause: CauseEntry, document: Document, page: Page) -> list[str]:
    lines = page.wrap(page.words(cause.summary), first="  - ")
    about = [] if cause.severity is Severity.NOTICE else [page.words(SEVERITIES[cause.severity])]
    lines += page.paint_all(page.flow([*about, cause.code], "    "), "faint")
    return [*lines, *_listed(filter(None, map(document.by_id.get, cause.evidence)), page, "    ")]


def _listed(checks: Iterable[Check[Facts]], page: Page, indent: str) -> list[str]:
    return [line for check in checks for line in page.wrap(in_short(check, page), first=f"{indent}{page.fit(path.MARKS[check.outcome])} ")]


def steps(document: Document, page: Page) -> list[str]:
    """By cause; a code with two subjects has its steps once, as the document numbers them."""
    lasting = [cause for cause in document.status.causes if cause.severity is not Severity.NOTICE]
    causes = list({cause.code: cause for cause in reversed(lasting)}.values())
    lines: list[str] = []
    for cause in reversed(causes):
        found = _steps(cause, document, page)
        if found and len(causes) > 1:
            lines += page.wrap(page.say(f"针对：{cause.summary.zh}", f"For: {cause.summary.en}"), first="  ")
        lines += found
    return [heading(page, "怎么办", "What to do"), *lines] if lines else []


def step_in_words(step: Step, document: Document, page: Page) -> str:
    """Who does what, and how often it helped before."""
    marker = page.say("【会中断收款】", "[interrupts payments] ") if interrupts(step, document.status) else ""
    who = page.say(f"【{person(step.who).zh}】", f"[{person(step.who).en}] ")
    return who + marker + page.words(step.text) + page.words(in_brackets(step.record))


def _steps(cause: CauseEntry, document: Document, page: Page, indent: str = "  ") -> list[str]:
    lines: list[str] = []
    for step in (step for step in document.status.remediation if step.cause == cause.code):
        lines += page.wrap(step_in_words(step, document, page), first=f"{indent}{step.step}. ")
        if page.words(step.expect):
            under = indent + " " * (len(str(step.step)) + 2)
            lines += page.paint_all(page.wrap(page.words(expected(step.expect)), first=f"{under}→ "), "faint")
    return lines


def others(document: Document, page: Page) -> list[str]:
    """Checks of plug-ins and of layers that this version does not know, as far as they are told nowhere else."""
    told = {check.id for check in _evident(document)} | {name for cause in document.status.causes for name in cause.evidence}
    plugged = [line for c in document.checks if isinstance(c.facts, PluginFacts) and c.id not in told for line in _observation(c, page)]
    foreign = [check for check in document.checks if not check.layer.known and check.id not in told]
    lines = [*plugged, *_listed(foreign, page, "  ")]
    return [heading(page, "其他检查", "Other checks"), *lines] if lines else []


def tally(document: Document, page: Page) -> str:
    """How many checks ended how."""
    checks = document.checks
    good = sum(check.ok for check in checks)
    bad = sum(check.failed for check in checks)
    rest = len(checks) - good - bad
    many = "checks" if len(checks) != 1 else "check"
    return page.say(
        f"{len(checks)} 项检查：{good} 正常，{bad} 不正常，{rest} 未得结果",
        f"{len(checks)} {many}: {good} passed, {bad} failed, {rest} without a result",
    )
