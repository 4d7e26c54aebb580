"""A document that is too large for its limit loses what matters least, and says so. The verdict always stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from agent.contract.checks import CheckEntry, entry_of
from agent.contract.document import SIZE_LIMIT, Status
from agent.contract.encode import encode
from probes.model import Kind, Outcome, check_of, kind_of
from probes.model.facts import DocumentFacts

LONG = 200  # characters of one text


def trim(status: Status, limit: int = SIZE_LIMIT) -> Status:
    if len(encode(status)) <= limit:
        return status
    done: list[str] = []
    trimmed = status
    plugged = any(_plugged(check) for check in status.checks)
    for what, lose in (*([_OF_PLUGINS] if plugged else []), *_STAGES):
        done.append(what)
        trimmed = lose(trimmed)
        noted = _note(trimmed, done, len(status.checks) - len(trimmed.checks))
        if len(encode(noted)) <= limit:
            return noted
    return noted


def _note(status: Status, done: list[str], dropped: int) -> Status:
    facts = DocumentFacts(trimmed=tuple(done), dropped_checks=dropped, limit_bytes=SIZE_LIMIT)
    note = replace(entry_of(check_of(facts, Outcome.PASS, target="document")), observed_at=status.generated_at)
    return replace(status, checks=(*status.checks, note))


def _plugged(check: CheckEntry) -> bool:
    return kind_of(check.id) is Kind.PLUGIN


def _without_values(status: Status) -> Status:
    return replace(status, checks=tuple(replace(c, facts={"trimmed": True}) if _plugged(c) and c.facts else c for c in status.checks))


def _without_facts(*outcomes: Outcome) -> Callable[[Status], Status]:
    def lose(status: Status) -> Status:
        return replace(
            status, checks=tuple(replace(c, facts={"trimmed": True}) if c.outcome in outcomes and c.facts else c for c in status.checks)
        )

    return lose


def _short_texts(status: Status) -> Status:
    def short(check: CheckEntry) -> CheckEntry:
        facts = {key: value[:LONG] + "…" if isinstance(value, str) and len(value) > LONG else value for key, value in check.facts.items()}
        return replace(check, facts=facts, target=check.target[:LONG], because=check.because and check.because[:LONG])

    return replace(status, checks=tuple(map(short, status.checks)))


def _without_checks(*outcomes: Outcome) -> Callable[[Status], Status]:
    """Those that a cause is proved or ruled out by stay."""

    def lose(status: Status) -> Status:
        kept = set(_needed(status))
        return replace(status, checks=tuple(c for c in status.checks if c.outcome not in outcomes or c.id in kept))

    return lose


def _needed(status: Status) -> Iterator[str]:
    for cause in status.causes:
        yield from cause.evidence
        yield from (entry.by for entry in cause.ruled_out)


def _first_steps(status: Status) -> Status:
    """The steps of the leading cause stay."""
    return replace(status, remediation=tuple(s for s in status.remediation if s.cause == (status.cause or status.remediation[0].cause)))


def _first_causes(status: Status) -> Status:
    return replace(status, causes=status.causes[:10])


def _no_ruled_out(status: Status) -> Status:
    return replace(status, causes=tuple(replace(cause, ruled_out=(), evidence=cause.evidence[:5]) for cause in status.causes))


def _no_labels(status: Status) -> Status:
    return replace(status, terminal=replace(status.terminal, labels={}))


def _only_evidence(status: Status) -> Status:
    kept = set(_needed(status))
    return replace(status, checks=tuple(replace(c, facts={"trimmed": True}) for c in status.checks if c.id in kept))


def _bare(status: Status) -> Status:
    return replace(status, checks=(), remediation=status.remediation[:10], causes=tuple(replace(c, evidence=()) for c in status.causes[:3]))


_OF_PLUGINS = ("facts of plug-ins", _without_values)
_STAGES: tuple[tuple[str, Callable[[Status], Status]], ...] = (
    ("facts of passed checks", _without_facts(Outcome.PASS)),
    ("facts of skipped checks", _without_facts(Outcome.SKIP)),
    ("long texts", _short_texts),
    ("passed checks that prove nothing", _without_checks(Outcome.PASS)),
    ("skipped checks that prove nothing", _without_checks(Outcome.PASS, Outcome.SKIP)),
    ("facts of checks with a remark or without an answer", _without_facts(Outcome.WARN, Outcome.UNKNOWN)),
    ("ruled out causes", _no_ruled_out),
    ("steps of later causes", _first_steps),
    ("causes after the tenth", _first_causes),
    ("labels", _no_labels),
    ("checks that prove nothing", _only_evidence),
    ("checks", _bare),
)
