"""Counts by SQL, the same to the digit as those of a table in memory (`agent.fleet.localise.in_memory`).

All cells of a family are counted by one query (GROUPING SETS), with the whole of it; taking a fault away asks once more. Where labels have
names of their own they are counted as attributes are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.fleet.engines.query import Engine, Query
from agent.fleet.localise.families import family_of
from agent.fleet.localise.in_memory import LEAST_FAILING, LEAST_LABELLED, MOST_LABELS
from agent.fleet.model.attributes import CELLS, LABEL, Cell, Family
from agent.fleet.model.counts import EVERYWHERE, Count, Detail, Place, Values
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, UNKNOWN
from agent.fleet.reading.freshness import AHEAD_S, INTERVALS, Reporting

Counted = Mapping[Cell, Mapping[Values, Count]]
_QUANTILES = (10, 50, 90)  # percent


class SqlCounter:
    """`now`: seconds since the epoch, what silence is judged by."""

    def __init__(self, engine: Engine, now: int, reporting: Reporting | None = None) -> None:
        self.engine, self.now, self.reporting = engine, now, reporting or Reporting()
        self._labels: tuple[str, ...] | None = None
        self._codes: tuple[str, ...] | None = None
        self._last: int | None = None
        self._values: dict[Cell, int] = {}
        self._counted: dict[tuple[Family, tuple[Cell, ...], tuple[Place, ...]], tuple[Count, Counted]] = {}

    def labels(self) -> Sequence[str]:
        if self._labels is None:
            query = Query(self.engine)
            found = query.rows(
                f"SELECT name, count(*) AS known FROM (SELECT {self.engine.keys('labels')} AS name FROM {self.engine.source}) AS named "
                f"GROUP BY name HAVING count(*) >= {LEAST_LABELLED}"
            )
            most = sorted((-int(count), LABEL + name) for name, count in found)[:MOST_LABELS]
            self._labels = tuple(sorted(name for _, name in most))
        return self._labels

    def values(self, cell: Cell) -> int:
        if cell not in self._values:
            cells = list(dict.fromkeys([cell, *(each for family in Family for each in self._cells(family))]))
            query = Query(self.engine)
            asked = []
            for each in cells:
                columns = [query.column(name) for name in each]
                asked.append(self.engine.distinct(columns, " AND ".join(f"{column} <> ''" for column in columns)))
            (counts,) = query.rows(f"SELECT {', '.join(asked)} FROM {self.engine.source}")
            self._values.update(zip(cells, map(int, counts), strict=True))
        return self._values[cell]

    def whole(self, family: Family, without: Sequence[Place]) -> Count:
        return self._of(family, self._cells(family), without)[0]

    def by(self, family: Family, cells: Sequence[Cell], without: Sequence[Place]) -> Counted:
        counted = self._of(family, tuple(dict.fromkeys((*self._cells(family), *cells))), without)[1]
        return {cell: counted[cell] for cell in cells if cell in counted}

    def meeting(self, family: Family, places: Sequence[Place], without: Sequence[Place]) -> Count:
        query = Query(self.engine)
        there = [self._at(query, place) for place in places]
        (counts,) = query.rows(
            f"SELECT {', '.join(_SUMS)} FROM {self._terminals(query, family)} {_where(*there, *self._left(query, without))}"
        )
        return _count(counts)

    def detail(self, family: Family, place: Place, without: Sequence[Place]) -> Detail:
        query = Query(self.engine)
        terminals = self._terminals(query, family)
        there = _where("fails", self._at(query, place), *self._left(query, without))
        if family is Family.SILENCE:
            return Detail({}, self._onset(query, terminals, there, "received"))
        causes = query.rows(f"SELECT cause, count(*) FROM {terminals} {there} GROUP BY cause ORDER BY cause")
        return Detail({code: int(count) for code, count in causes}, self._onset(query, terminals, there, "since"))

    def causes(self) -> Mapping[str, int]:
        query = Query(self.engine)
        return {
            code: int(count)
            for code, count in query.rows(
                f"SELECT cause, count(*) FROM {self._seen(query)} WHERE fresh AND cause <> '' GROUP BY cause ORDER BY cause"
            )
        }

    def notices(self) -> Mapping[str, int]:
        query, found = Query(self.engine), dict[str, int]()
        for codes, count in query.rows(
            f"SELECT causes, count(*) FROM {self._seen(query)} WHERE fresh AND cause = '' AND causes <> '' GROUP BY causes ORDER BY causes"
        ):
            for code in codes.split():
                found[code] = found.get(code, 0) + int(count)
        return found

    def totals(self) -> tuple[int, int, int, int, int, int]:
        """All terminals; of those that are not silent: which can pay, and which cannot; the silent; whose clock is ahead; whose agent was
        stopped."""
        query = Query(self.engine)
        (counts,) = query.rows(
            f"SELECT count(*), count(*) FILTER (WHERE fresh AND can_pay = {CAN_PAY}), "
            f"count(*) FILTER (WHERE fresh AND can_pay = {CANNOT_PAY}), count(*) FILTER (WHERE quiet), "
            f"count(*) FILTER (WHERE generated > least(received, {query.bind(self.now)}) + {AHEAD_S}), "
            f"count(*) FILTER (WHERE stopped AND NOT quiet) FROM {self._seen(query)}"
        )
        terminals, can_pay, cannot_pay, silent, ahead, stopped = map(int, counts)
        return terminals, can_pay, cannot_pay, silent, ahead, stopped

    def shared_machines(self) -> int:
        """Machines that report under several ids."""
        shared = f"SELECT machine_id FROM {self.engine.source} WHERE machine_id <> '' GROUP BY machine_id HAVING count(*) > 1"
        ((count,),) = self.engine.rows(f"SELECT count(*) FROM ({shared}) AS shared", {})
        return int(count)

    def members(self, family: Family, place: Place, without: Sequence[Place], *, failing: bool, limit: int) -> list[Sequence[Any]]:
        """A sample: `id`, `store`, `since`, `cause`, `subject`, `can_pay`, in the order of ids; of the failing ones, or of healthy ones
        beside them."""
        query = Query(self.engine)
        terminals = self._terminals(query, family)
        there = _where("fails" if failing else "lives AND NOT fails", self._at(query, place), *self._left(query, without))
        return query.rows(f"SELECT id, store, since, cause, subject, can_pay FROM {terminals} {there} ORDER BY id LIMIT {int(limit)}")

    def _cells(self, family: Family) -> tuple[Cell, ...]:
        return (*CELLS[family], *((name,) for name in self.labels()))

    def _of(self, family: Family, cells: tuple[Cell, ...], without: Sequence[Place]) -> tuple[Count, Counted]:
        key = family, cells, tuple(without)
        known = self._counted.get(key)
        if known is None:
            known = self._counted[key] = self._count(family, cells, without)
        return known

    def _count(self, family: Family, cells: Sequence[Cell], without: Sequence[Place]) -> tuple[Count, Counted]:
        query = Query(self.engine)
        names = list(dict.fromkeys(name for cell in cells for name in cell))
        keys = {name: f"a{number}" for number, name in enumerate(names)}
        columns = ", ".join(f"{query.column(name)} AS {key}" for name, key in keys.items())
        terminals = (
            f"(SELECT lives, fails, unpaid, hidden, {columns} FROM {self._terminals(query, family)} {_where(*self._left(query, without))})"
        )
        sets = ", ".join(f"({', '.join(keys[name] for name in cell)})" for cell in ((), *cells))
        all_keys = ", ".join(keys.values())
        known = " AND ".join(f"(grouping({key}) = 1 OR {key} <> '')" for key in keys.values())
        which = " + ".join(f"grouping({key}) * {1 << number}" for number, key in enumerate(keys.values()))
        found = query.rows(
            f"SELECT {which} AS which, {all_keys}, {', '.join(_SUMS)} FROM {terminals} AS terminals GROUP BY GROUPING SETS ({sets}) "
            f"HAVING (count(*) FILTER (WHERE fails) >= {LEAST_FAILING} AND {known}) OR {which} = {(1 << len(keys)) - 1}"
        )
        numbers = {sum(1 << number for number, name in enumerate(names) if name not in cell): cell for cell in cells}
        places = {cell: [names.index(name) + 1 for name in cell] for cell in cells}
        whole, counted = Count(), dict[Cell, dict[Values, Count]]()
        for row in found:
            cell = numbers.get(int(row[0]))
            count = _count(row[len(names) + 1 :])
            if cell is None:
                whole = count
            else:
                counted.setdefault(cell, {})[tuple(row[at] for at in places[cell])] = count
        return whole, counted

    def _seen(self, query: Query) -> str:
        """Every terminal, with `silent`, and `fresh`: neither silent nor stopped in order."""
        bind, reporting = query.bind, self.reporting
        patience, longer = INTERVALS * reporting.every_s, INTERVALS * max(reporting.cellular_s, reporting.every_s)
        waited = f"({bind(self.now)} - received)"
        silent = (
            f"({waited} > {bind(patience)} AND {waited} > valid_until - generated AND (uplink <> 'cellular' OR {waited} > {bind(longer)}))"
        )
        return f"(SELECT *, {silent} AS quiet, NOT {silent} AND NOT stopped AS fresh FROM {self.engine.source}) AS seen"

    def _terminals(self, query: Query, family: Family) -> str:
        """The same with `lives`: is of the population; `fails`; `unpaid`: and cannot take payments; and `hidden`: cannot be judged."""
        if family is Family.SILENCE:
            lives = f"(NOT stopped AND (quiet OR received > {query.bind(self._heard_last())}))"
            fails, unpaid, hidden = "(NOT stopped AND quiet)", "false", "false"
        else:
            own = [query.bind(code) for code in self._of_family(family)]
            fails = f"(fresh AND cause IN ({', '.join(own)}))" if own else "false"
            lives = f"({fails} OR (fresh AND cause = '' AND state <> {UNKNOWN}))"
            unpaid, hidden = f"{fails} AND can_pay = {CANNOT_PAY}", f"fresh AND NOT {lives}"
        columns = f"{lives} AS lives, {fails} AS fails, {unpaid} AS unpaid, {hidden} AS hidden"
        return f"(SELECT *, {columns} FROM {self._seen(query)}) AS terminals"

    def _heard_last(self) -> int:
        """When the silent one was heard of that was heard of last: whoever was no later and is not silent yet is given more time."""
        if self._last is None:
            query = Query(self.engine)
            ((silent, last),) = query.rows(f"SELECT count(*), max(received) FROM {self._seen(query)} WHERE quiet")
            self._last = int(last) if int(silent) else -1
        return self._last

    def _of_family(self, family: Family) -> Sequence[str]:
        """Codes of it that any terminal has."""
        if self._codes is None:
            found = self.engine.rows(f"SELECT DISTINCT cause FROM {self.engine.source} WHERE cause <> '' ORDER BY cause", {})
            self._codes = tuple(code for (code,) in found)
        return [code for code in self._codes if family_of(code) is family]

    def _at(self, query: Query, place: Place) -> str:
        if place == EVERYWHERE:
            return ""
        each = (f"{query.column(name)} = {query.bind(value)}" for name, value in zip(place.cell, place.values, strict=True))
        return f"({' AND '.join(each)})"

    def _left(self, query: Query, without: Sequence[Place]) -> list[str]:
        return [f"NOT {self._at(query, place)}" if place.cell else "false" for place in without]

    def _onset(self, query: Query, terminals: str, there: str, moment: str) -> tuple[int, int, int] | None:
        """Each the smallest moment by which so many percent had begun."""
        told = f"{there} AND {moment} > 0 AND {moment} <= {query.bind(self.now)}"
        found = query.rows(
            f"SELECT moment, number, total FROM (SELECT {moment} AS moment, row_number() OVER (ORDER BY {moment}) AS number, "
            f"count(*) OVER () AS total FROM {terminals} {told}) AS told "
            f"WHERE number IN ({', '.join(f'floor((total * {percent} + 99) / 100)' for percent in _QUANTILES)})"
        )
        if not found:
            return None
        moments = {int(number): int(moment) for moment, number, _ in found}
        total = int(found[0][2])
        first, median, last = (moments[(total * percent + 99) // 100] for percent in _QUANTILES)
        return first, median, last


_SUMS = (
    "count(*) FILTER (WHERE lives)",
    "count(*) FILTER (WHERE fails)",
    "count(*) FILTER (WHERE unpaid)",
    "count(*) FILTER (WHERE hidden)",
)


def _where(*conditions: str) -> str:
    chosen = [each for each in conditions if each]
    return f"WHERE {' AND '.join(chosen)}" if chosen else "WHERE true"


def _count(counts: Sequence[Any]) -> Count:
    of, failing, cannot_pay, hidden = (int(each) for each in counts)
    return Count(of, failing, cannot_pay, hidden)
