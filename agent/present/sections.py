"""The parts of a report: evidence, what was ruled out, other causes, steps, ports, notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.contract.document import CauseEntry, Status
from agent.diagnosis.causes import Severity
from agent.diagnosis.model import State
from agent.present import facts, path, times
from agent.present.page import Page
from agent.present.words import CATEGORIES, PEOPLE, SEVERITIES, state_of, subject_of
from agent.remedy.catalogue import name_of
from probes.model import Check, Layer, Outcome

STATES: dict[State, tuple[str, str]] = {
    State.OK: ("正常", "ok"),
    State.DEGRADED: ("能用但有问题", "degraded"),
    State.OUTAGE: ("中断", "outage"),
    State.UNKNOWN: ("无法判断", "cannot tell"),
}


def leading(status: Status) -> CauseEntry | None:
    return next((cause for cause in status.causes if cause.severity is not Severity.NOTICE), None)


def category_of(cause: CauseEntry) -> tuple[str, str]:
    return CATEGORIES[cause.category]


def heading(page: Page, zh: str, en: str) -> str:
    return page.paint(page.say(zh, en), "bold")


def evidence(status: Status, page: Page) -> list[str]:
    cause = leading(status)
    if cause is None:
        checks = [c for c in status.checks if c.layer is Layer.GATEWAY or c.outcome in (Outcome.FAIL, Outcome.UNKNOWN)]
        title = heading(page, "看到的情况", "What was seen")
    else:
        checks = [c for c in status.checks if c.id in cause.evidence]
        title = heading(page, "依据", "Evidence")
    return [title, *(line for check in checks for line in _observation(check, page))] if checks else []


def _called(check: Check) -> str:
    """As people call it, where the configuration or the device itself says how."""
    return str(check.facts.get("label") or check.target)


def _observation(check: Check, page: Page) -> list[str]:
    mark = page.fit(path.MARKS[check.outcome])
    took = times.span(check.took_ms / 1000, page) if check.took_ms else ""
    named = subject_of(check.id, page, _called(check))
    lines = page.wrap(f"{named}{page.say('：', ': ')}{state_of(check, page)}", first=f"  {mark} ")
    if page.colour:
        lines[0] = lines[0].replace(mark, page.paint(mark, path.COLOURS[check.outcome]), 1)
    details = [check.id, page.say(f"用时 {took}", f"took {took}") if took else "", *facts.in_words(check, page)]
    return [*lines, *page.paint_all(page.flow(details, " " * (page.measure(mark) + 3)), "faint")]


def ruled_out(status: Status, page: Page) -> list[str]:
    cause = leading(status)
    if cause is None or not cause.ruled_out:
        return []
    by_id = {check.id: check for check in status.checks}
    lines = [heading(page, "已排除", "Ruled out")]
    for entry in cause.ruled_out:
        check = by_id.get(entry.by)
        why = f"{subject_of(check.id, page, _called(check))}{page.say('：', ': ')}{state_of(check, page)}" if check else page.fit(entry.by)
        name = name_of(entry.code)
        lines += page.wrap(f"{page.say(name.zh, name.en)}{page.say('（', ' (')}{why}{page.say('）', ')')}", first="  - ")
    return lines


def other_causes(status: Status, page: Page) -> list[str]:
    first = leading(status)
    others = [cause for cause in status.causes if cause.severity is not Severity.NOTICE and cause is not first]
    if not others:
        return []
    return [heading(page, "同时还有", "Also wrong"), *(line for cause in others for line in _entry(cause, status.checks, page))]


def notices(status: Status, page: Page) -> list[str]:
    found = [cause for cause in status.causes if cause.severity is Severity.NOTICE]
    if not found:
        return []
    lines = [heading(page, "提醒", "Notices")]
    told = {cause.code for cause in status.causes if cause.severity is not Severity.NOTICE}
    for cause in found:
        lines += _entry(cause, status.checks, page)
        if cause.code not in told:
            lines += _steps(cause, status, page, "    ")
            told.add(cause.code)
    return lines


def _entry(cause: CauseEntry, checks: Sequence[Check], page: Page) -> list[str]:
    by_id = {check.id: check for check in checks}
    lines = page.wrap(page.say(cause.summary.zh, cause.summary.en), first="  - ")
    about = [] if cause.severity is Severity.NOTICE else [page.say(*SEVERITIES[cause.severity])]
    lines += page.paint_all(page.flow([*about, cause.code], "    "), "faint")
    for known in filter(None, map(by_id.get, cause.evidence)):
        said = f"{subject_of(known.id, page, _called(known))}{page.say('：', ': ')}{state_of(known, page)}"
        lines += page.wrap(said, first=f"    {page.fit(path.MARKS[known.outcome])} ")
    return lines


def steps(status: Status, page: Page) -> list[str]:
    """By cause; a code with two subjects has its steps once, as the document numbers them."""
    causes = list({cause.code: cause for cause in reversed(status.causes) if cause.severity is not Severity.NOTICE}.values())
    lines: list[str] = []
    for cause in reversed(causes):
        found = _steps(cause, status, page)
        if found and len(causes) > 1:
            lines += page.wrap(page.say(f"针对：{cause.summary.zh}", f"For: {cause.summary.en}"), first="  ")
        lines += found
    return [heading(page, "怎么办", "What to do"), *lines] if lines else []


def _steps(cause: CauseEntry, status: Status, page: Page, indent: str = "  ") -> list[str]:
    lines: list[str] = []
    for step in (step for step in status.remediation if step.cause is cause.code):
        marker = page.say("【会中断收款】", "[interrupts payments] ") if step.interrupts_payment else ""
        who = page.say(f"【{PEOPLE[step.who][0]}】", f"[{PEOPLE[step.who][1]}] ")
        lines += page.wrap(f"{who}{marker}{page.say(step.text.zh, step.text.en)}", first=f"{indent}{step.step}. ")
        if expect := page.say(step.expect.zh, step.expect.en):
            under = indent + " " * (len(str(step.step)) + 2)
            lines += page.paint_all(page.wrap(page.say("之后应看到：", "Then: ") + expect, first=f"{under}→ "), "faint")
    return lines


def serial_ports(status: Status, page: Page) -> list[str]:
    found = [check for check in status.checks if check.layer is Layer.SERIAL]
    if not found:
        return []
    lines = [heading(page, "串口", "Serial ports")]
    for check in found:
        present = check.facts.get("devices")
        if isinstance(present, list):
            lines += [line for device in present if isinstance(device, dict) for line in _present(device, page)]
            continue
        name = _called(check)
        port = str(check.facts.get("port") or "")
        where = f" {port}" if port and port != name else ""
        lines += page.wrap(f"{name}{where}{page.say('：', ': ')}{_use(check, page)}", first=f"  {page.fit(path.MARKS[check.outcome])} ")
    return lines if len(lines) > 1 else []


def _use(check: Check, page: Page) -> str:
    """A port that is left to whoever holds it, or that must not be opened, was not examined any further."""
    holder = check.facts.get("holder")
    if holder and check.outcome is not Outcome.SKIP:
        by = facts.holder(holder, page)
        state = page.say("在用", "in use") if check.ok else state_of(check, page)
        return state + page.say(f"（占用者 {by}）", f" (by {by})")
    if check.ok and check.symptom is None and not (check.facts.get("opened") or check.facts.get("asked")):
        return page.say("在，没有打开", "present, not opened")
    return state_of(check, page)


def _present(device: dict[str, Any], page: Page) -> list[str]:
    """A port that nobody configured: what it is, and what uses it."""
    model = " ".join(str(device[key]) for key in ("maker", "model") if device.get(key))
    holder = device.get("holder")
    about = [model or str(device.get("usb") or "")]
    if device.get("console"):
        about.append(page.say("系统控制台", "the system's console"))
    if holder:
        by = facts.holder(holder, page)
        about.append(page.say(f"占用者 {by}", f"held by {by}"))
    known = page.say("，", ", ").join(filter(None, about)) or page.say("存在", "present")
    return page.wrap(f"{device.get('node', '?')}{page.say('：', ': ')}{known}", first="  - ")


def tally(checks: Sequence[Check], page: Page) -> str:
    """How many checks ended how."""
    good = sum(check.ok for check in checks)
    bad = sum(check.failed for check in checks)
    rest = len(checks) - good - bad
    return page.say(
        f"{len(checks)} 项检查：{good} 正常，{bad} 不正常，{rest} 未得结果",
        f"{len(checks)} checks: {good} passed, {bad} failed, {rest} without a result",
    )
