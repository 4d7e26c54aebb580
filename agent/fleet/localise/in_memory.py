"""The counts of a table in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.fleet.localise.families import family_of
from agent.fleet.localise.hours import Hours
from agent.fleet.model.attributes import LABEL, Cell, Family
from agent.fleet.model.counts import Count, Detail, Place, Values
from agent.fleet.model.row import CANNOT_PAY, UNKNOWN
from agent.fleet.model.table import Column, Table

Numbers = NDArray[Any]
LEAST_FAILING, LEAST_LABELLED, MOST_LABELS = 3, 3, 32
_DENSE = 1 << 22  # combinations of two attributes that are counted in place
_ORDER = tuple(Family)
_NOBODY, _OTHER = -1, len(_ORDER)  # no cause; one that is no family's


class InMemory:
    """Of a table as it stands; whoever changes it makes a new one. `hours`: when each shop is heard of; without, every terminal is
    expected."""

    def __init__(self, table: Table, now: int, silent: Sequence[int], hours: Hours | None = None) -> None:
        self._table, self.now, self._rows = table, now, len(table)
        self._attributes = {name: _codes(column) for name, column in table.attributes.items()}
        self._causes, self._all_causes = _codes(table.causes), _codes(table.all_causes)
        self.since = _ints(table.since, "q")
        stopped = _ints(table.stopped, "b") != 0
        self.silent: Numbers = np.frombuffer(bytes(silent), dtype="b") != 0
        self.fresh: Numbers = ~self.silent & ~stopped
        self.received = _ints(table.received, "q")
        self._cannot_pay = _ints(table.can_pay, "b") == CANNOT_PAY
        self._expected: Numbers = ~stopped & (self.silent | ~self._given_more_time())
        if hours is not None:
            self._expected &= hours.expected(table, now)
        # a state that could not be told, without a cause, is neither well nor ill
        self._kind: Numbers = np.array([_kind(value) for value in table.causes.values], dtype=np.int8)[self._causes]
        self._kind = np.where((self._kind == _NOBODY) & (_ints(table.states, "b") == UNKNOWN), _OTHER, self._kind)
        self._populations: dict[Family, tuple[Numbers, Numbers]] = {}
        self._combined: dict[Cell, tuple[Numbers, int]] = {}

    def labels(self) -> Sequence[str]:
        known = [(-int(np.count_nonzero(codes)), name) for name, codes in self._attributes.items() if name.startswith(LABEL)]
        return sorted(name for count, name in sorted(known)[:MOST_LABELS] if -count >= LEAST_LABELLED)

    def values(self, cell: Cell) -> int:
        codes, size = self._of(cell)
        return int(np.count_nonzero(np.bincount(codes, minlength=size)[1:]))

    def whole(self, family: Family, without: Sequence[Place]) -> Count:
        return self.meeting(family, (), without)

    def by(self, family: Family, cells: Sequence[Cell], without: Sequence[Place]) -> Mapping[Cell, Mapping[Values, Count]]:
        population, fails = self._population(family)
        left = self._left(without)
        failing = np.flatnonzero(fails & left)
        living = np.flatnonzero(population & left)
        hidden = np.flatnonzero(self._hidden(family) & left)
        paying = failing if family is Family.SILENCE else failing[self._cannot_pay[failing]]
        if family is Family.SILENCE:
            paying = paying[:0]
        found: dict[Cell, dict[Values, Count]] = {}
        for cell in cells:
            codes, size = self._of(cell)
            k = np.bincount(codes[failing], minlength=size)
            k[0] = 0
            chosen = np.flatnonzero(k >= LEAST_FAILING)
            if not chosen.size:
                continue
            n, h, p = (np.bincount(codes[each], minlength=size)[chosen] for each in (living, hidden, paying))
            names = self._names(cell, codes, chosen, failing)
            counts = zip(n.tolist(), k[chosen].tolist(), p.tolist(), h.tolist(), strict=True)
            found[cell] = {name: Count(*each) for name, each in zip(names, counts, strict=True)}
        return found

    def meeting(self, family: Family, places: Sequence[Place], without: Sequence[Place]) -> Count:
        there = self._left(without)
        for place in places:
            there = there & self.at(place)
        population, fails = self._population(family)
        failing = fails & there
        paying = 0 if family is Family.SILENCE else int(np.count_nonzero(failing & self._cannot_pay))
        return Count(
            int(np.count_nonzero(population & there)),
            int(np.count_nonzero(failing)),
            paying,
            int(np.count_nonzero(self._hidden(family) & there)),
        )

    def detail(self, family: Family, place: Place, without: Sequence[Place]) -> Detail:
        failing = self.failing(family, place, without)
        if family is Family.SILENCE:
            return Detail({}, self._quantiles(self.received[failing]))
        return Detail(self._counted(self._table.causes, self._causes[failing]), self._quantiles(self.since[failing]))

    def causes(self) -> Mapping[str, int]:
        return self._counted(self._table.causes, self._causes[self.fresh])

    def notices(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for codes, count in self._counted(self._table.all_causes, self._all_causes[self.fresh & (self._causes == 0)]).items():
            for code in codes.split():
                found[code] = found.get(code, 0) + count
        return found

    def failing(self, family: Family, place: Place, without: Sequence[Place]) -> Numbers:
        """Numbers of rows."""
        return np.flatnonzero(self._population(family)[1] & self._left(without) & self.at(place))

    def healthy(self, family: Family, place: Place, without: Sequence[Place]) -> Numbers:
        """Numbers of rows: of the population and there, and well."""
        population, fails = self._population(family)
        return np.flatnonzero(population & ~fails & self._left(without) & self.at(place))

    def at(self, place: Place) -> Numbers:
        there = np.ones(self._rows, dtype=bool)
        for attribute, value in zip(place.cell, place.values, strict=True):
            codes = self._attributes.get(attribute)
            code = self._table.attributes[attribute].known(value) if codes is not None else None if value else 0
            if code is None:
                return np.zeros(self._rows, dtype=bool)
            if codes is not None:
                there &= codes == code
        return there

    def _left(self, without: Sequence[Place]) -> Numbers:
        left = np.ones(self._rows, dtype=bool)
        for place in without:
            left &= ~self.at(place)
        return left

    def _given_more_time(self) -> Numbers:
        heard = self.received[self.silent]
        waiting: Numbers = self.received <= (heard.max() if heard.size else -1)
        return waiting

    def _population(self, family: Family) -> tuple[Numbers, Numbers]:
        """Who belongs to it, and who of these fails."""
        known = self._populations.get(family)
        if known is None:
            if family is Family.SILENCE:
                known = (self._expected, self._expected & self.silent)
            else:
                own = self.fresh & (self._kind == _ORDER.index(family))
                known = (own | (self.fresh & (self._kind == _NOBODY)), own)
            self._populations[family] = known
        return known

    def _hidden(self, family: Family) -> Numbers:
        if family is Family.SILENCE:
            return np.zeros(self._rows, dtype=bool)
        hidden: Numbers = self.fresh & ~self._population(family)[0]
        return hidden

    def _of(self, cell: Cell) -> tuple[Numbers, int]:
        """A number for each row, 0 where a value is not known, and how many numbers there are."""
        known = self._combined.get(cell)
        if known is None:
            known = self._combined[cell] = self._combine(cell)
        return known

    def _combine(self, cell: Cell) -> tuple[Numbers, int]:
        if any(name not in self._attributes for name in cell):
            return np.zeros(self._rows, dtype=np.int64), 1
        first, *others = cell
        codes, size = self._attributes[first], len(self._table.attributes[first].values)
        for other in others:
            more, wide = self._attributes[other], len(self._table.attributes[other].values)
            codes = np.where((codes > 0) & (more > 0), codes.astype(np.int64) * wide + more, 0)
            size *= wide
            if size > _DENSE:
                distinct, codes = np.unique(codes, return_inverse=True)
                codes = codes + (0 if distinct.size and distinct[0] == 0 else 1)
                size = int(distinct.size) + 1
        return codes, size

    def _names(self, cell: Cell, codes: Numbers, chosen: Numbers, failing: Numbers) -> list[Values]:
        """The values behind each chosen number, read from a row that has it."""
        there = codes[failing]
        order = np.argsort(there, kind="stable")
        rows = failing[order[np.searchsorted(there[order], chosen)]]
        return [tuple(self._table.attributes[name][int(row)] for name in cell) for row in rows]

    def _counted(self, column: Column, codes: Numbers) -> dict[str, int]:
        counts = np.bincount(codes, minlength=1)
        return {column.values[code]: int(counts[code]) for code in np.flatnonzero(counts) if code}

    def _quantiles(self, moments: Numbers) -> tuple[int, int, int] | None:
        told = np.sort(moments[(moments > 0) & (moments <= self.now)])
        if not told.size:
            return None
        first, median, last = (int(told[(told.size * percent + 99) // 100 - 1]) for percent in (10, 50, 90))
        return first, median, last


def _kind(cause: str) -> int:
    if not cause:
        return _NOBODY
    family = family_of(cause)
    return _OTHER if family is None else _ORDER.index(family)


def _ints(numbers: Any, code: str) -> Numbers:
    """A copy: an array that is looked at cannot grow, and the table's may."""
    return np.array(numbers, dtype=code)


def _codes(column: Column) -> Numbers:
    return _ints(column.codes, "i")
