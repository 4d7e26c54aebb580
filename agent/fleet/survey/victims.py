"""Terminals as comma-separated values, for a spreadsheet: whatever a terminal calls itself, no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from agent.contract.times import utc
from agent.fleet.model.attributes import ATTRIBUTES, LABEL
from agent.fleet.model.table import Table
from agent.present.history_csv import cell

_STATES, _CAN_PAY = ("ok", "degraded", "outage", "unknown"), {1: "yes", 0: "no", -1: "unknown"}
_FIRST = ("id", "serial_number")
_THEN = ("state", "can_pay", "cause", "subject", "since", "received_at")


def victims(table: Table, rows: Iterable[int]) -> str:
    """A heading and a line for each, in order of store and id."""
    labels = sorted(name for name in table.attributes if name.startswith(LABEL))
    names = [name for name in (*ATTRIBUTES, *labels) if name in table.attributes]
    stores = table.attributes.get("store")
    ordered = sorted(rows, key=lambda row: (stores[row] if stores is not None else "", table.ids[row]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([cell(name) for name in (*_FIRST, *names, *_THEN)])
    for row in ordered:
        values = (
            table.ids[row],
            table.serial_numbers[row],
            *(table.attributes[name][row] for name in names),
            _STATES[table.states[row]],
            _CAN_PAY[table.can_pay[row]],
            table.causes[row],
            table.subjects[row],
            utc(table.since[row]) if table.since[row] else "",
            utc(table.received[row]),
        )
        writer.writerow([cell(value) for value in values])
    return out.getvalue()
