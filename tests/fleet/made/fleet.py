"""A made fleet: a table as if it had been read, and what is true of it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.fleet.localise.hours import Hours
from agent.fleet.model.answer import Totals
from agent.fleet.model.attributes import Family
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, CANNOT_TELL, DEGRADED, OK, OUTAGE
from agent.fleet.model.table import Column, Table
from agent.fleet.reading import freshness
from agent.fleet.reading.freshness import Reporting
from tests.fleet.made.faults import KINDS, RATES, Injected, Kind, drawn, everyday, overlap, said, spread
from tests.fleet.made.people import Attribute, Numbers, People, at, people, smudged

NOW = 1_790_000_000  # some day in 2026
HOLDS_S, EVERY_S = 180, 900
_DEGRADED = (Cause.UNSTABLE, Cause.WEAK_SIGNAL, Cause.BATTERY_LOW, Cause.DISK_FULL, Cause.DNS_SLOW)


class Made(Struct):
    """`people`: as they are, whatever their labels say. `truth`: the shared faults. `hours`: where those of the shops are known."""

    table: Table
    totals: Totals
    silent: bytearray
    now: int
    people: People
    truth: tuple[Injected, ...]
    hours: Hours | None = None


class Lot(Struct):
    """What each terminal has, before it is written down."""

    causes: list[Cause | None]
    since: Numbers
    silent: Numbers


def made(
    size: int,
    seed: int,
    *,
    faults: int | Sequence[Injected] = 1,
    kinds: Sequence[Kind] = KINDS,
    noise: float = 0.02,
    silent: float = 0.01,
    missing: float = 0.0,
    wrong: float = 0.0,
    rates: tuple[float, float] = RATES,
    known: People | None = None,
    now: int = NOW,
) -> Made:
    """`faults`: how many, of any of the `kinds`, each at a place of its own; or these. `noise`, `silent`: the share of single terminals."""
    chance = np.random.default_rng(seed)
    known = known or people(size, chance)
    truth = tuple(_several(known, faults, kinds, chance, now, rates) if isinstance(faults, int) else faults)
    lot = _ordinary(known.size, chance, now, noise, silent)
    for fault in sorted(truth, key=lambda each: each.family is Family.SILENCE):  # whoever is silent tells nothing else
        _strike(lot, known, fault, chance, now)
    shown = smudged(known, chance, missing=missing, wrong=wrong) if missing or wrong else known
    table = _table(shown, lot, chance, now)
    quiet = freshness.silent(table, now, Reporting())
    return Made(table, freshness.totals(table, quiet), quiet, now, known, truth)


def _several(
    known: People, count: int, kinds: Sequence[Kind], chance: np.random.Generator, now: int, rates: tuple[float, float]
) -> list[Injected]:
    found: list[Injected] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        fault = drawn(known, kinds[int(chance.integers(len(kinds)))], chance, now, rates)
        if fault is not None and all(overlap(known, fault, other) < 0.5 for other in found):
            found.append(fault)
    return found


def _ordinary(size: int, chance: np.random.Generator, now: int, noise: float, silent: float) -> Lot:
    causes: list[Cause | None] = [None] * size
    struck = np.flatnonzero(chance.random(size) < noise)
    for number, cause in zip(struck.tolist(), everyday(chance, struck.size), strict=True):
        causes[number] = cause
    since = now - chance.integers(60, 6 * 86_400, size=size)
    gone = np.where(chance.random(size) < silent, now - chance.integers(3 * 3600, 5 * 86_400, size=size), 0)
    return Lot(causes, since, gone)


def _strike(lot: Lot, known: People, fault: Injected, chance: np.random.Generator, now: int) -> None:
    struck = np.flatnonzero(at(known, fault.where) & (chance.random(known.size) < fault.rate))
    if fault.family is Family.SILENCE:
        fresh = struck[lot.silent[struck] == 0]
        lot.silent[fresh] = np.minimum(fault.began + chance.integers(0, EVERY_S, size=fresh.size) - EVERY_S, now - 1)
        return
    began = np.minimum(spread(fault.began, 240, struck.size, chance), now - 1)
    for number, cause, moment in zip(struck.tolist(), said(fault.causes, struck.size, chance), began.tolist(), strict=True):
        there = lot.causes[number]
        if there is None or _order(cause) < _order(there):
            lot.causes[number] = cause
            lot.since[number] = moment


def _order(cause: Cause) -> tuple[bool, int]:
    """What comes first in a document: an outage before what only degrades, then the lower layer."""
    layers = list(type(cause.layer))
    return cause in _DEGRADED, layers.index(cause.layer)


def _table(shown: People, lot: Lot, chance: np.random.Generator, now: int) -> Table:
    table, size = Table(), shown.size
    table.ids = [f"T-{number:07}" for number in range(size)]
    table.number_of = {name: number for number, name in enumerate(table.ids)}
    table.serial_numbers = [f"SN{number:09}" for number in range(size)]
    table.machine_ids = [f"{(number + 1) * 0x9E3779B97F4A7C15 % (1 << 128):032x}" for number in range(size)]
    table.boot_ids = [f"{number:08x}-0000-4000-8000-000000000001" for number in range(size)]
    received = np.where(lot.silent > 0, lot.silent, now - chance.integers(0, EVERY_S, size=size))
    lag = chance.integers(0, 3, size=size)
    bad = np.array([cause is not None for cause in lot.causes], dtype=bool)
    mild = np.array([cause in _DEGRADED for cause in lot.causes], dtype=bool)
    states = np.where(bad, np.where(mild, DEGRADED, OUTAGE), OK)
    pays = np.where(bad & ~mild, np.where(chance.random(size) < 0.95, CANNOT_PAY, CANNOT_TELL), CAN_PAY)
    table.received, table.generated = _array("q", received), _array("q", received - lag)
    table.valid_until, table.since = _array("q", received - lag + HOLDS_S), _array("q", np.minimum(lot.since, received))
    table.sequences = _array("q", chance.integers(1, 1_000_000, size=size))
    table.states, table.can_pay, table.stopped = _array("b", states), _array("b", pays), _array("b", np.zeros(size))
    codes = [cause.value if cause is not None else "" for cause in lot.causes]
    table.causes = _column(codes)
    table.all_causes = _column(codes)
    table.subjects = _column([""] * size)
    table.incidents = _column([""] * size)
    table.seconds = tuple(_array("q", np.full(size, -1)) for _ in table.seconds)  # they tell none
    table.attributes = {name: _coded(attribute) for name, attribute in shown.attributes.items()}
    return table


def _array(code: str, numbers: Numbers) -> Any:
    return array(code, numbers.astype(code).tobytes())


def _column(values: Sequence[str]) -> Column:
    column = Column()
    for value in values:
        column.append(value)
    return column


def _coded(attribute: Attribute) -> Column:
    column = Column()
    for value in attribute.values:
        column.code(value)
    column.codes = array("i", attribute.codes.astype("i").tobytes())
    return column
