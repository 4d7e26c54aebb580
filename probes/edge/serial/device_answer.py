"""What one exchange with a device said."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from probes.model import Outcome, Symptom


class DeviceAnswer(Struct, frozen=True, kw_only=True):
    """`because` only where the outcome is skip or unknown."""

    outcome: Outcome
    symptom: Symptom | None = None
    facts: dict[str, Any] = {}
    because: str | None = None


def failed(symptom: Symptom, **facts: Any) -> DeviceAnswer:
    return DeviceAnswer(outcome=Outcome.FAIL, symptom=symptom, facts=facts)


def remark(symptom: Symptom, **facts: Any) -> DeviceAnswer:
    return DeviceAnswer(outcome=Outcome.WARN, symptom=symptom, facts=facts)


def passed(**facts: Any) -> DeviceAnswer:
    return DeviceAnswer(outcome=Outcome.PASS, facts=facts)
