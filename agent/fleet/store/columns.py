"""From the table of a fleet to columns that an engine takes as they are."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from agent.fleet.model.attributes import ATTRIBUTES, LABEL
from agent.fleet.model.table import STATES, Column, Table

Numbers = np.ndarray[Any, np.dtype[Any]]
Columns = dict[str, Numbers]


def columns_of(table: Table, rows: Sequence[int] | None, *, noted: int) -> Columns:
    """As `schema.TERMINAL` has them, of the rows of these numbers (all where none are named), without `silent`, `gone` and `closed_until`;
    `labels` and `incidents` as JSON, which the engine makes maps of."""
    chosen = None if rows is None else np.asarray(rows, np.int64)
    count = len(table) if chosen is None else len(chosen)
    found: Columns = {
        "noted": np.full(count, noted, np.int64),
        "id": _texts(table.ids, chosen),
        "serial_number": _texts(table.serial_numbers, chosen),
        "machine_id": _texts(table.machine_ids, chosen),
        "boot_id": _texts(table.boot_ids, chosen),
        "sequence": _numbers(table.sequences, chosen),
        "generated": _numbers(table.generated, chosen),
        "valid_until": _numbers(table.valid_until, chosen),
        "received": _numbers(table.received, chosen),
        "since": _numbers(table.since, chosen),
        "state": _numbers(table.states, chosen),
        "can_pay": _numbers(table.can_pay, chosen),
        "stopped": _numbers(table.stopped, chosen).astype(np.bool_),
        "cause": _coded(table.causes, chosen),
        "subject": _coded(table.subjects, chosen),
        "causes": _coded(table.all_causes, chosen),
    }
    for name in ATTRIBUTES:
        column = table.attributes.get(name)
        found[name] = _coded(column, chosen) if column is not None else np.full(count, "", object)
    found["labels"] = _labels(table, chosen)
    for state, seconds in zip(STATES, table.seconds, strict=True):
        found[f"seconds_{state}"] = _numbers(seconds, chosen)
    found["incidents"] = _coded(table.incidents, chosen)
    return found


def texts(values: Sequence[str]) -> Numbers:
    """As an engine takes them."""
    found = np.empty(len(values), object)
    found[:] = [_clean(value) for value in values]
    return found


def _texts(values: Sequence[str], chosen: Numbers | None) -> Numbers:
    return texts(values if chosen is None else [values[number] for number in chosen.tolist()])


def _codes(column: Column, chosen: Numbers | None) -> Numbers:
    codes = np.frombuffer(column.codes, np.int32) if len(column) else np.empty(0, np.int32)
    return codes if chosen is None else codes[chosen]


def _coded(column: Column, chosen: Numbers | None) -> Numbers:
    return texts(column.values)[_codes(column, chosen)]


def _numbers(values: array[int], chosen: Numbers | None) -> Numbers:
    kind = np.int64 if values.typecode == "q" else np.int8
    found = np.frombuffer(values, kind) if len(values) else np.empty(0, kind)
    return found.copy() if chosen is None else found[chosen]  # a copy: one that is looked at cannot grow


def _clean(value: str) -> str:
    """Half of a surrogate pair, as JSON can write one, is no text that a file can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value


def _labels(table: Table, chosen: Numbers | None) -> Numbers:
    """One object of JSON a terminal; equal ones are one text."""
    named = [(name[len(LABEL) :], column) for name, column in table.attributes.items() if name.startswith(LABEL)]
    if not named:
        return np.full(len(table) if chosen is None else len(chosen), "", object)
    codes = np.stack([_codes(column, chosen) for _, column in named], axis=1)
    sets, which = np.unique(codes, axis=0, return_inverse=True)
    made = [{_clean(n): _clean(c.values[k]) for (n, c), k in zip(named, each, strict=True) if k} for each in sets.tolist()]
    return texts([msgspec.json.encode(each, order="sorted").decode() if each else "" for each in made])[which.reshape(-1)]
