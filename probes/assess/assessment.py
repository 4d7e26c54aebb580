"""The outcome that facts amount to."""

from __future__ import annotations

from msgspec import Struct

from probes.model.vocabulary import Outcome, Symptom


class Assessment(Struct, frozen=True):
    """`because` only where the outcome is skip or unknown."""

    outcome: Outcome
    symptom: Symptom | None = None
    because: str | None = None
