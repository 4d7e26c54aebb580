"""What a diagnosis says, before it is worded: causes with their evidence, and the two answers people ask for."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from agent.diagnosis.causes import Category, Cause, Severity


class CanPay(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    OUTAGE = "outage"
    UNKNOWN = "unknown"


class RuledOut(Struct, frozen=True):
    """A cause that was considered, and the check that disproved it."""

    code: Cause
    by: str


class Finding(Struct, frozen=True, kw_only=True):
    """One cause. Identity is code and subject. `confidence` is a probability, 0 to 1; `evidence` are ids of checks."""

    code: Cause
    subject: str
    severity: Severity
    confidence: float
    category: Category
    evidence: tuple[str, ...]
    candidates: tuple[Cause, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()


class Diagnosis(Struct, frozen=True, kw_only=True):
    """Causes in the order to be reported: by severity, then by layer, lowest first."""

    can_pay: CanPay
    state: State
    findings: tuple[Finding, ...]

    @property
    def leading(self) -> Finding | None:
        """The first cause that is no notice."""
        return next((f for f in self.findings if f.severity is not Severity.NOTICE), None)
