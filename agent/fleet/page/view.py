"""The table as the page looks at it: how each terminal stands, and which fault has it. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agent.contract import times
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.model.attributes import Family
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, OK
from agent.fleet.model.table import UNKNOWN, Table
from agent.fleet.reading import freshness

WELL, CANNOT, DOUBT, SILENT = range(4)  # how a terminal stands
NO_FAULT = -1

Mask = NDArray[np.bool_]  # of all terminals


class View(Struct, frozen=True, kw_only=True):
    """`standing`: of each terminal; `healthy`: those with nothing wrong. `victims`: of each fault the terminals' numbers; `fault_of`: of
    each terminal its fault's number."""

    answer: Answer
    previous: Answer | None
    table: Table
    now: int
    standing: bytearray
    healthy: Mask
    victims: tuple[list[int], ...]
    fault_of: list[int]

    def label(self, name: str, row: int) -> str:
        column = self.table.attributes.get(name)
        return column[row] if column is not None else ""


def view_of(
    answer: Answer,
    table: Table | None,
    previous: Answer | None,
    silent: bytearray | None = None,
    victims: Mapping[str, Sequence[int]] | None = None,
) -> View:
    """`silent`: 1 for each terminal that is; without, by how often terminals report unless told otherwise. `victims`: by the id of
    a fault, where whoever found it knows them; else who is at its place and fails like it."""
    table = Table() if table is None else table
    now = int(times.parse(answer.generated_at) or 0)
    standing = standings(table, freshness.silent(table, now, freshness.Reporting()) if silent is None else silent)
    if victims is None:
        members = victims_of(answer.faults, table, standing)
    else:
        members = tuple(list(victims.get(fault.id, ())) for fault in answer.faults)
    fault_of = [NO_FAULT] * len(table)
    for number, rows in enumerate(members):
        for row in rows:
            fault_of[row] = number
    healthy = (np.frombuffer(standing, dtype=np.uint8) == WELL) & (np.array(table.states, dtype=np.int8) == OK)
    return View(
        answer=answer, previous=previous, table=table, now=now, standing=standing, healthy=healthy, victims=members, fault_of=fault_of
    )


def standings(table: Table, silent: bytearray) -> bytearray:
    kinds = {CAN_PAY: WELL, CANNOT_PAY: CANNOT}
    return bytearray(
        SILENT if quiet else DOUBT if stopped else kinds.get(pays, DOUBT)
        for quiet, stopped, pays in zip(silent, table.stopped, table.can_pay, strict=True)
    )


def at(where: Mapping[str, str], table: Table) -> Mask:
    """Who is at a place; nobody where it is not one of the table's."""
    found = np.ones(len(table), dtype=np.bool_)
    for name, text in where.items():
        column = table.attributes.get(name)
        code = column.known(text) if column is not None else None
        if column is None or not code:
            return np.zeros(len(table), dtype=np.bool_)
        found &= numbers(column.codes) == code
    return found


def numbers(codes: array[int]) -> NDArray[np.int32]:
    """A copy: what is looked at cannot grow, and a table may."""
    return np.array(codes, dtype=np.int32)


def victims_of(faults: Sequence[Fault], table: Table, standing: bytearray) -> tuple[list[int], ...]:
    """Those at the fault's likeliest place that fail as it does; each is of one fault, the first that has it."""
    free = np.ones(len(table), dtype=np.bool_)
    found = []
    for fault in faults:
        theirs = fails(fault, table, standing) & free
        theirs &= at(fault.where[0], table) if fault.where else False
        free &= ~theirs
        found.append([int(row) for row in np.flatnonzero(theirs)])
    return tuple(found)


def fails(fault: Fault, table: Table, standing: bytearray) -> Mask:
    """Who fails as those of the fault do, wherever."""
    silent: Mask = np.frombuffer(standing, dtype=np.uint8) == SILENT
    if fault.family == Family.SILENCE:
        return silent
    codes = [code for cause in fault.causes if (code := table.causes.known(cause)) not in (None, UNKNOWN)]
    found: Mask = ~silent & np.isin(numbers(table.causes.codes), np.array(codes, dtype=np.int32))
    return found
