"""How grave a fault is to whoever is woken by it."""

from __future__ import annotations

from typing import Literal

from agent.fleet.model.answer import Fault

Severity = Literal["critical", "warning"]


def severity(fault: Fault) -> Severity:
    """`critical` where it keeps anybody from being paid."""
    return "critical" if fault.cannot_pay else "warning"
