"""A terminal beside this machine that is not there while the shop is closed: it was switched off, or put away, as it should be.

Only where opening hours are configured (`terminal.hours`). What fails while it is there is told at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from probes.model import Check, Facts, Kind, Outcome, Symptom
from probes.model.facts import DeviceFacts, OnLanFacts

_AWAY = (Symptom.TERMINAL_GONE, Symptom.NOBODY_THERE)


def without_duty(checks: Sequence[Check[Facts]], hours: str, now: float) -> list[Check[Facts]]:
    """Outside opening hours nobody can tell what one would show that is not there."""
    ways = [check for check in checks if check.kind in (Kind.DEVICE, Kind.ON_LAN)]
    if not hours or not ways or not all(check.symptom in _AWAY for check in ways) or not any(map(_was_there, ways)):
        return list(checks)
    from agent.settings.hours import parse  # where there are none it costs nothing

    if parse(hours).open_at(now):
        return list(checks)
    return [
        replace(check, outcome=Outcome.UNKNOWN, symptom=Symptom.SHOP_CLOSED, because=None) if check in ways else check for check in checks
    ]


def is_off_duty(checks: Sequence[Check[Facts]]) -> bool:
    return any(check.symptom is Symptom.SHOP_CLOSED for check in checks)


def _was_there(check: Check[Facts]) -> bool:
    return isinstance(check.facts, DeviceFacts | OnLanFacts) and bool(check.facts.seen_before)
