"""The terminal itself: disk, memory, load, heat, battery, clock, dates."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.rules.by_clock import named_by_clock, refused_for_time
from agent.diagnosis.rules.certificate import explained_by_clock
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import knows
from probes.model import Layer, Outcome, Symptom
from probes.model.facts import ClockFacts

_BY_SYMPTOM = {
    Symptom.DISK_FULL: Cause.DISK_FULL,
    Symptom.READ_ONLY: Cause.DISK_READ_ONLY,
    Symptom.MEMORY_LOW: Cause.MEMORY_EXHAUSTED,
    Symptom.LOAD_HIGH: Cause.CPU_OVERLOADED,
    Symptom.TEMPERATURE_HIGH: Cause.OVERHEATING,
    Symptom.BATTERY_LOW: Cause.BATTERY_LOW,
    Symptom.BATTERY_CHARGING_LOW: Cause.BATTERY_LOW,
    Symptom.BATTERY_DISCHARGING_LOW: Cause.CHARGER_UNPLUGGED,
    Symptom.DATE_DUE: Cause.DATE_DUE,
    Symptom.DATE_PASSED: Cause.DATE_PASSED,
}


_EITHER_CLOCK = 0.55  # of two clocks that differ, and nobody says which is right


def system_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    for check in snapshot.of(Layer.SYSTEM):
        if check.outcome not in (Outcome.FAIL, Outcome.WARN) or check.symptom is None:
            continue
        if check.symptom in _BY_SYMPTOM:
            notice = check.outcome is Outcome.WARN
            yield Candidate(code=_BY_SYMPTOM[check.symptom], subject=check.target, evidence=(check.id,), strength=0.95, notice=notice)
        elif check.failed and check.symptom in (Symptom.CLOCK_SKEW, Symptom.CLOCK_BEFORE_BUILD):
            sources = tuple(check.facts.sources) if knows(check, ClockFacts) else ()
            # held against the clock of the machine beside it alone, which nothing confirmed: either is the wrong one
            alone = knows(check, ClockFacts) and check.facts.confirmed is False
            yield Candidate(
                code=Cause.CLOCK_WRONG,
                subject=check.target,
                evidence=(check.id,),
                strength=0.5 if alone else 0.9,
                cap=_EITHER_CLOCK if alone else 0.99,
                agreeing=() if alone else sources,
                explains=(*_dated(snapshot), *named_by_clock(snapshot)),
            )


def _dated(snapshot: Snapshot) -> tuple[str, ...]:
    """Gateways whose certificate fails by its dates only because our clock is wrong, and those that refuse what is dated by it."""
    return tuple(c.id for c in snapshot.gateways if c.failed and (explained_by_clock(c, snapshot) or refused_for_time(c, snapshot)))
