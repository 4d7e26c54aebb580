"""The fleet's answer, of a fleet whose rows an engine holds."""

from __future__ import annotations

from agent.fleet.engines.counter import SqlCounter
from agent.fleet.engines.query import Engine
from agent.fleet.localise.answer import Judged, judged
from agent.fleet.model.answer import Answer, Totals
from agent.fleet.reading.freshness import Reporting


def answered(engine: Engine, now: int, reporting: Reporting | None = None, *, previous: Answer | None = None) -> Judged:
    """Raises `EngineFailed`."""
    counter = SqlCounter(engine, now, reporting)
    return judged(counter, totals(counter), now, previous=previous)


def totals(counter: SqlCounter) -> Totals:
    """What no engine can count is what lay between: files that could not be read. Of identities it knows the machines that report under
    several ids; what came one after the other under one id, its newest row no longer shows."""
    terminals, can_pay, cannot_pay, silent, ahead, stopped = counter.totals()
    return Totals(
        terminals=terminals,
        can_pay=can_pay,
        cannot_pay=cannot_pay,
        unknown=terminals - can_pay - cannot_pay - silent,
        silent=silent,
        stopped=stopped,
        clock_ahead=ahead,
        duplicate_ids=counter.shared_machines(),
    )
