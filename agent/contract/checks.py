"""Checks as the document has them, and back: the one place where facts become a dictionary and a dictionary facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, kind_of
from probes.model.facts import FACTS, OtherFacts


class CheckEntry(Struct, frozen=True, kw_only=True):
    """One check of the document. Facts that this version does not know stand here as they came."""

    id: str
    layer: Layer
    target: str
    outcome: Outcome
    symptom: Symptom | None = None
    because: str | None = None
    took_ms: float = 0.0
    observed_at: str = ""
    facts: dict[str, Any] = {}


def entry_of(check: Check[Facts]) -> CheckEntry:
    return CheckEntry(
        id=check.id,
        layer=check.layer,
        target=check.target,
        outcome=check.outcome,
        symptom=check.symptom,
        because=check.because,
        took_ms=check.took_ms,
        observed_at=check.observed_at,
        facts=values_of(check.facts),
    )


def check_from(entry: CheckEntry) -> Check[Facts]:
    """The check that an entry tells of, with the facts that this version knows; one of an unknown kind keeps them all."""
    return Check(
        id=entry.id,
        layer=entry.layer,
        target=entry.target,
        outcome=entry.outcome,
        symptom=entry.symptom,
        because=entry.because,
        took_ms=entry.took_ms,
        observed_at=entry.observed_at,
        facts=facts_from(kind_of(entry.id), entry.facts),
    )


def checks_from(entries: Iterable[CheckEntry]) -> tuple[Check[Facts], ...]:
    return tuple(map(check_from, entries))


def values_of(facts: Facts) -> dict[str, Any]:
    """Plain JSON values; what is not known is left out."""
    if isinstance(facts, OtherFacts):
        return {**({} if facts.text is None else {"text": facts.text}), **facts.values}
    return {name: _plain(value) for name, value in msgspec.to_builtins(facts).items()}


def facts_from(kind: Kind, values: dict[str, Any]) -> Facts:
    """What is unknown to this version, or is not of the type that it should be, is left out."""
    if kind is Kind.OTHER:
        text = values.get("text")
        own = {name: value for name, value in values.items() if name != "text"}
        return OtherFacts(text=text, values=own) if isinstance(text, str) else OtherFacts(values=values)
    shape = FACTS[kind]
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError:
        return msgspec.convert({name: value for name, value in values.items() if _fits(shape, name, value)}, shape)


def _fits(shape: type[Facts], name: str, value: Any) -> bool:
    try:
        msgspec.convert({name: value}, shape)
    except msgspec.ValidationError:
        return False
    return True


def _plain(value: Any) -> Any:
    """`to_builtins` leaves tuples as they are."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
