"""Our own clock against the one date it can never be before: the day this agent was built."""

from __future__ import annotations

from datetime import UTC, datetime

from probes.ground.moments import nearest
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import ClockFacts


def clock(build_date: str, now: float) -> Check[ClockFacts]:
    """`build_date` in ISO 8601, UTC where it names no zone; `now`: what our clock says, in seconds since the epoch."""
    built = datetime.fromisoformat(build_date)
    if built.tzinfo is None:
        built = built.replace(tzinfo=UTC)
    today = nearest(now)
    early = today < built
    facts = ClockFacts(now=today.isoformat(timespec="milliseconds").replace("+00:00", "Z"), build_date=build_date)
    return check_of(facts, Outcome.FAIL if early else Outcome.PASS, Symptom.CLOCK_BEFORE_BUILD if early else None, target="clock")
