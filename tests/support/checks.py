"""Checks as tests write them: the facts by their names in the document, held against the kind that the id says."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.contract.checks import facts_from
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, kind_of
from probes.model.facts import FACTS


def facts_of(check_id: str, **facts: Any) -> Facts:
    """A fact that this kind of check does not have, or of another type, is a slip in the test: it fails."""
    kind = kind_of(check_id)
    if kind is Kind.OTHER:
        return facts_from(kind, facts)
    shape = FACTS[kind]
    unknown = set(facts) - {field.encode_name for field in msgspec.structs.fields(shape)}
    assert not unknown, f"{check_id} has no {sorted(unknown)}"
    return msgspec.convert(facts, shape)


def check(
    check_id: str,
    outcome: Outcome = Outcome.PASS,
    symptom: Symptom | None = None,
    because: str | None = None,
    *,
    layer: Layer | None = None,
    target: str | None = None,
    took_ms: float = 0.0,
    observed_at: str = "",
    **facts: Any,
) -> Check[Facts]:
    """The layer is that of the kind, or what the id begins with, and the target the name in the id, unless they are given."""
    kind = kind_of(check_id)
    beginning, _, rest = check_id.partition(":")
    if layer is None:
        layer = Layer(beginning) if kind is Kind.OTHER else kind.layer
    return Check(
        id=check_id,
        layer=layer,
        target=target if target is not None else (kind.subject_of(check_id) or rest),
        outcome=outcome,
        symptom=symptom,
        because=because,
        took_ms=took_ms,
        observed_at=observed_at,
        facts=facts_of(check_id, **facts),
    )
