"""Faults of the last day that are none any more: those that an earlier scan told, and those that no scan saw, since they began and were
over between two, of which terminals that send summaries tell afterwards."""

from __future__ import annotations

import copy
from array import array
from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace

from agent.contract.summary import ClosedIncident
from agent.contract.times import parse, utc
from agent.fleet.localise.families import family_of
from agent.fleet.localise.identity import name_for
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.localise.located import Located, located
from agent.fleet.model.answer import Answer, Ended, Fault
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import Place
from agent.fleet.model.row import CAN_PAY, OK, OUTAGE
from agent.fleet.model.table import Column, Table
from agent.fleet.reading.scanned import Scanned

DAY_S = 86400
MOST = 50
TOGETHER_S = 7200  # within which eight in ten began: what is bad all day long has not ended
_HALF = 2  # one in two


def ended(found: Scanned, there: Located, last: Answer | None) -> tuple[Ended, ...]:
    """The latest first. `last`: the answer before; one of a later moment knows nothing of what ended."""
    answer, now = there.answer, found.now
    standing = {fault.id for fault in answer.faults}
    over: list[Ended] = []
    if last is not None and (parse(last.generated_at) or 0.0) <= now:
        over = [
            Ended(fault=fault, told_last=last.generated_at, over_by=answer.generated_at, unseen=_unseen(there.counter, fault))
            for fault in last.faults
            if fault.id not in standing and fault.remnant_of is None
        ]
        over += [each for each in last.ended if each.fault.id not in standing and now - DAY_S < (parse(each.over_by) or 0)]
    seen = [*((each, None) for each in answer.faults), *((each.fault, each) for each in over)]
    over += [each for each in _between(found) if not any(_is(each, fault, past) for fault, past in seen)]
    return tuple(sorted(over, key=lambda each: (-(parse(each.over_by) or 0), -each.fault.failing, each.fault.id))[:MOST])


def _is(told: Ended, fault: Fault, past: Ended | None) -> bool:
    """What terminals tell afterwards is what a scan saw: there, or in a part of it. What began after that was over is another."""
    if fault.family != told.fault.family or not fault.where or not told.fault.where:
        return False
    one, other = fault.where[0].items(), told.fault.where[0].items()
    if not (one <= other or other <= one):
        return False
    began = parse(fault.since.first) if past is None and fault.since is not None else None
    return began is None or began < (parse(told.over_by) or 0)


def _unseen(counter: InMemory, fault: Fault) -> bool:
    """Whether most of those at its place cannot be judged now. A silence is over where they are heard."""
    where = fault.where[0] if fault.where else {}
    at = counter.at(Place(tuple(where), tuple(where.values())))
    if fault.family == Family.SILENCE:
        return False
    family = next((each for each in Family if each.value == fault.family), None)
    hidden = counter.meeting(family, (Place(tuple(where), tuple(where.values())),), ()).hidden if family is not None else 0
    return _HALF * (int(np.count_nonzero(at & counter.silent)) + hidden) > int(np.count_nonzero(at))


def _between(found: Scanned) -> list[Ended]:
    """Localised as what is there now is, over what each terminal says to have been the longest of what it had in the last day."""
    longest = {number: each for number, told in found.table.closed.items() if (each := _longest(told, found.now)) is not None}
    if not longest:
        return []
    then = _as_then(found.table, longest)
    there = located(then, found.totals, found.now, silent=bytearray(len(then)))
    over = []
    for fault in there.answer.faults:
        rows = there.failing(fault.id)
        ends = sorted(longest[row].began + longest[row].seconds for row in rows)
        since = fault.since
        if fault.remnant_of is not None or since is None or (parse(since.last) or 0) - (parse(since.first) or 0) > TOGETHER_S:
            continue
        name = name_for(there.found[fault.id], since.median, ())
        over.append(Ended(fault=replace(fault, id=name), told_last=None, over_by=utc(ends[len(ends) // _HALF])))
    return over


def _longest(told: tuple[ClosedIncident, ...], now: int) -> ClosedIncident | None:
    of_the_day = [each for each in told if now - DAY_S < each.began + each.seconds <= now and family_of(each.cause) is not None]
    return max(of_the_day, key=lambda each: each.seconds, default=None)


def _as_then(table: Table, longest: Mapping[int, ClosedIncident]) -> Table:
    """With those as if they still had it, and all others well."""
    then = copy.copy(table)
    rows = len(table)
    then.causes, then.all_causes = Column(rows), Column(rows)
    then.states, then.can_pay = array("b", bytes([OK]) * rows), array("b", bytes([CAN_PAY]) * rows)
    then.since, then.stopped = array("q", bytes(8 * rows)), array("b", bytes(rows))
    for number, each in longest.items():
        then.causes.put(number, each.cause)
        then.all_causes.put(number, each.cause)
        then.states[number], then.since[number] = OUTAGE, each.began
    return then
