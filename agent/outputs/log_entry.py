"""One entry of the log: a head for programs, and in the configured language the verdict, the evidence and the steps of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.contract import fields
from agent.contract.checks import checks_from
from agent.contract.document import CauseEntry, Status
from agent.contract.fields import of
from agent.contract.times import local, parse
from agent.outputs.change import Announced
from agent.present import logfmt
from agent.present.headline import state_line
from agent.present.learned import in_brackets
from agent.present.reasons import in_both
from agent.present.verdicts import STATES
from agent.present.words import expected, interrupts, person, seen_wrong
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape
from probes.model import Check, Facts
from probes.model.facts import (
    Certificate,
    DiskFacts,
    GatewayFacts,
    LossFacts,
    OtherFacts,
    Phase,
    PluginFacts,
    PortHolder,
    RemoteFacts,
    SerialFacts,
)

# of a check's facts, those that say what was tried and what came back
_BRIEF: tuple[tuple[str, Callable[[Facts], object]], ...] = (
    ("interface", fields.interface),
    ("address", fields.address),
    ("host", fields.host),
    ("port", fields.port),
    ("port", of(SerialFacts, lambda facts: facts.port)),
    ("phase", of(RemoteFacts, lambda facts: None if facts.phase is Phase.DONE else facts.phase)),  # done: all the way
    ("resolver", of(RemoteFacts, lambda facts: facts.resolver)),
    ("http_status", of(RemoteFacts, lambda facts: facts.http_status)),
    ("response_code", of(GatewayFacts, lambda facts: facts.response_code)),
    ("verify_code", of(RemoteFacts, lambda facts: facts.verify_code)),
    ("certificate", of(GatewayFacts, lambda facts: facts.certificate)),
    ("location", of(RemoteFacts, lambda facts: facts.location)),
    ("loss_percent", of(LossFacts, lambda facts: facts.loss_percent)),
    ("rtt_ms", fields.rtt_ms),
    ("used_percent", of(DiskFacts, lambda facts: facts.used_percent)),
    ("free_mb", of(DiskFacts, lambda facts: facts.free_mb)),
    ("skew_s", fields.skew_s),
    ("mac", fields.mac),
    ("holder", of(SerialFacts, lambda facts: facts.holder)),
    ("text", lambda facts: facts.text),
)
_MOST = 10  # facts of a plug-in, or of a check that this version does not know


def entry(status: Status, before: Announced | None, language: Language) -> str:
    """Ends in a newline; every line but the first is indented. `before`: what the last entry said, where there was one."""
    return "\n".join(_lines(status, before, language)) + "\n"


def _lines(status: Status, before: Announced | None, language: Language) -> Iterator[str]:
    def say(zh: str, en: str) -> str:
        return Bilingual(zh, en).of(language)

    was = say(f"（此前：{STATES[before.state].brief.zh}）", f" (before: {STATES[before.state].brief.en})") if before else ""
    told = logfmt.line(status, state_line(status.state, status.can_pay, language) + was)
    yield f"{_time(status.generated_at)} [{escape(status.terminal.id)}] {told}"
    if before and before.state is not status.state:
        yield "  " + say("自 ", "since ") + _time(status.since)
    for cause in status.causes:
        yield f"  {say('原因', 'cause')} {_cause(cause, language)}"
    for check in _evidence(status):
        yield f"  {say('证据', 'evidence')} {_observation(check, language)}"
    for number, step in enumerate(status.remediation, 1):
        comma, pause = say("：", ": "), say("（会中断收款）", " (interrupts payments)")
        who = person(step.who).of(language)
        text = escape(step.text.of(language), 1000) + in_brackets(step.record).of(language)
        yield f"  {number}. {who}{comma}{text}{pause if interrupts(step, status) else ''}"
        if step.expect.of(language):
            yield f"     {escape(expected(step.expect).of(language), 1000)}"


def _cause(cause: CauseEntry, language: Language) -> str:
    candidates = " / ".join(cause.candidates)
    parts = (cause.code.value, escape(cause.subject), f"{cause.severity.value} {cause.confidence:.2f}", candidates)
    return " ".join(part for part in parts if part) + " " + escape(cause.summary.of(language), 500)


def _evidence(status: Status) -> Iterator[Check[Facts]]:
    """What failed, and what the causes name besides."""
    named = {name for cause in status.causes for name in cause.evidence}
    return (check for check in checks_from(status.checks) if check.failed or check.id in named)


def _observation(check: Check[Facts], language: Language) -> str:
    symptom = escape(seen_wrong(check).of(language))
    facts = " ".join(f"{escape(name)}={_value(value)}" for name, value in _brief(check.facts) if value not in (None, "", (), [], {}))
    because = f"({escape(in_both(check.because).of(language))})" if check.because else ""
    named = f"{check.symptom.value} ({symptom})" if check.symptom else ""
    return " ".join(part for part in (_time(check.observed_at), escape(check.id), check.outcome.value, named, because, facts) if part)


def _brief(facts: Facts) -> Iterator[tuple[str, object]]:
    yield from ((name, read(facts)) for name, read in _BRIEF)
    if isinstance(facts, OtherFacts | PluginFacts):
        yield from list(facts.values.items())[:_MOST]


def _value(value: object) -> str:
    match value:
        case Certificate():  # what an acquirer's support asks of it
            subject, issuer = (escape(part, 120) for part in (value.subject, value.issuer))
            begins, ends = (_time(moment) for moment in (value.not_before, value.not_after))
            return f"({subject}, issued by {issuer}, {begins} to {ends})"
        case PortHolder():
            return escape(value.name or "?", 100) + ("" if value.pid is None else f" ({value.pid})")
    return escape(str(value), 120)


def _time(text: str) -> str:
    moment = parse(text)
    return escape(text, 120) if moment is None else local(moment)
