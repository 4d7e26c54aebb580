"""Our own clock against the one date it can never be before: the day this agent was built."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from probes.model import Check, Layer, Outcome, Symptom


def clock(build_date: str, *, now: Callable[[], float] = time.time) -> Check:
    """`build_date` in ISO 8601, UTC where it names no zone."""
    built = datetime.fromisoformat(build_date)
    if built.tzinfo is None:
        built = built.replace(tzinfo=UTC)
    today = datetime.fromtimestamp(now(), UTC)
    early = today < built
    return Check(
        id="system:clock",
        layer=Layer.SYSTEM,
        target="clock",
        outcome=Outcome.FAIL if early else Outcome.PASS,
        symptom=Symptom.CLOCK_BEFORE_BUILD if early else None,
        facts={"now": today.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "build_date": build_date},
    )
