"""One entry of the log: the verdict, the evidence and the steps of a confirmed change, in the configured language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.contract.document import CauseEntry, Status
from agent.contract.times import local, parse
from agent.outputs.change import Announced
from agent.present.headline import STATES, state_line
from agent.present.symptoms import SYMPTOMS
from agent.present.words import PEOPLE
from agent.settings.model import Language
from probes.ground.text import escape
from probes.model import Check

Words = tuple[str, str]

# of a check's facts, those that say what was tried and what came back
_BRIEF = (
    *("interface", "address", "host", "port", "phase", "resolver", "http_status", "response_code", "verify_code"),
    *("certificate", "location", "loss_percent", "rtt_ms", "used_percent", "free_mb", "skew_s", "mac", "holder", "text"),
)


def entry(status: Status, before: Announced | None, language: Language) -> str:
    """Ends in a newline; every line but the first is indented. `before`: what the last entry said, where there was one."""
    return "\n".join(_lines(status, before, language)) + "\n"


def _lines(status: Status, before: Announced | None, language: Language) -> Iterator[str]:
    def say(words: Words) -> str:
        return words[0] if language is Language.ZH else words[1]

    was = say((f"（此前：{STATES[before.state].zh}）", f" (before: {STATES[before.state].en})")) if before else ""
    incident = say((f"；事件 {status.incident.id}", f"; incident {status.incident.id}")) if status.incident else ""
    head = state_line(status.state, status.can_pay, language)
    yield f"{_time(status.generated_at)} [{escape(status.terminal.id)}] {head}{was}{incident}"
    if before and before.state is not status.state:
        yield "  " + say(("自 ", "since ")) + _time(status.since)
    for cause in status.causes:
        yield f"  {say(('原因', 'cause'))} {_cause(cause, language)}"
    for check in _evidence(status):
        yield f"  {say(('证据', 'evidence'))} {_observation(check, language)}"
    for number, step in enumerate(status.remediation, 1):
        comma, seen, pause = say(("：", ": ")), say(("应看到：", "expected: ")), say(("（会中断收款）", " (interrupts payments)"))
        yield f"  {number}. {say(PEOPLE[step.who])}{comma}{escape(step.text.of(language), 1000)}{pause if step.interrupts_payment else ''}"
        if step.expect.of(language):
            yield f"     {seen}{escape(step.expect.of(language), 1000)}"


def _cause(cause: CauseEntry, language: Language) -> str:
    candidates = " / ".join(cause.candidates)
    parts = (cause.code.value, escape(cause.subject), f"{cause.severity.value} {cause.confidence:.2f}", candidates)
    return " ".join(part for part in parts if part) + " " + escape(cause.summary.of(language), 500)


def _evidence(status: Status) -> Iterator[Check]:
    """What failed, and what the causes name besides."""
    named = {name for cause in status.causes for name in cause.evidence}
    return (check for check in status.checks if check.failed or check.id in named)


def _observation(check: Check, language: Language) -> str:
    symptom = SYMPTOMS[check.symptom][0 if language is Language.ZH else 1] if check.symptom else ""
    facts = " ".join(f"{key}={_value(check.facts[key])}" for key in _BRIEF if check.facts.get(key) not in (None, "", []))
    because = f"({escape(check.because)})" if check.because else ""
    named = f"{check.symptom.value} ({symptom})" if check.symptom else ""
    return " ".join(part for part in (_time(check.observed_at), escape(check.id), check.outcome.value, named, because, facts) if part)


def _value(value: Any) -> str:
    if isinstance(value, dict) and "not_after" in value:  # what an acquirer's support asks of a certificate
        subject, issuer, begins, ends = (escape(str(value.get(key, "")), 120) for key in ("subject", "issuer", "not_before", "not_after"))
        return f"({subject}, issued by {issuer}, {begins} to {ends})"
    return escape(str(value), 120)


def _time(text: str) -> str:
    moment = parse(text)
    return escape(text) if moment is None else local(moment)
