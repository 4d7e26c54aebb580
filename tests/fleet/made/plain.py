"""Counts as one would count them by hand, terminal by terminal: slow, plain, and what every engine is held against."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence

from agent.fleet.localise.families import family_of
from agent.fleet.model.attributes import LABEL, Cell, Family
from agent.fleet.model.counts import Count, Detail, Place, Values
from agent.fleet.model.row import CANNOT_PAY, UNKNOWN, Row


class Plain:
    """Of rows, with whether each is silent."""

    def __init__(self, rows: Sequence[Row], silent: Sequence[int], now: int) -> None:
        self._rows = [(row, bool(quiet)) for row, quiet in zip(rows, silent, strict=True)]
        self._now = now
        self._last_silent = max((row.received for row, quiet in self._rows if quiet), default=-1)

    def labels(self) -> Sequence[str]:
        known = Tally(name for row, _ in self._rows for name, value in row.attributes.items() if name.startswith(LABEL) and value)
        most = sorted((-count, name) for name, count in known.items())[:32]
        return sorted(name for count, name in most if -count >= 3)

    def values(self, cell: Cell) -> int:
        return len({values for row, _ in self._rows if (values := _values(row, cell))})

    def whole(self, family: Family, without: Sequence[Place]) -> Count:
        return self.meeting(family, (), without)

    def by(self, family: Family, cells: Sequence[Cell], without: Sequence[Place]) -> Mapping[Cell, Mapping[Values, Count]]:
        found: dict[Cell, dict[Values, Count]] = {}
        failing = [row for row, quiet in self._left(without) if self._in(family, row, quiet)[1]]
        for cell in cells:
            for values in sorted({values for row in failing if (values := _values(row, cell))}):
                count = self.meeting(family, (Place(cell, values),), without)
                if count.failing >= 3:
                    found.setdefault(cell, {})[values] = count
        return found

    def meeting(self, family: Family, places: Sequence[Place], without: Sequence[Place]) -> Count:
        of = failing = paying = hidden = 0
        for row, quiet in self._left(without):
            if not all(_is_at(row, place) for place in places):
                continue
            belongs, fails = self._in(family, row, quiet)
            of, failing = of + belongs, failing + fails
            if family is not Family.SILENCE:
                paying += fails and row.can_pay == CANNOT_PAY
                hidden += not quiet and not row.stopped and not belongs
        return Count(of, failing, paying, hidden)

    def detail(self, family: Family, place: Place, without: Sequence[Place]) -> Detail:
        rows = [row for row, quiet in self._left(without) if _is_at(row, place) and self._in(family, row, quiet)[1]]
        silence = family is Family.SILENCE
        moments = sorted(m for row in rows if 0 < (m := row.received if silence else row.since) <= self._now)
        onset = None
        if moments:
            first, median, last = (moments[-(-len(moments) * percent // 100) - 1] for percent in (10, 50, 90))
            onset = first, median, last
        return Detail({} if silence else dict(Tally(row.cause for row in rows)), onset)

    def causes(self) -> Mapping[str, int]:
        return dict(Tally(row.cause for row, quiet in self._rows if row.cause and not quiet and not row.stopped))

    def notices(self) -> Mapping[str, int]:
        return dict(Tally(code for row, quiet in self._rows if not row.cause and not quiet and not row.stopped for code in row.causes))

    def _left(self, without: Sequence[Place]) -> Iterator[tuple[Row, bool]]:
        return ((row, quiet) for row, quiet in self._rows if not any(_is_at(row, place) for place in without))

    def _in(self, family: Family, row: Row, quiet: bool) -> tuple[bool, bool]:
        """Whether it is of the population, and whether it fails."""
        if row.stopped:
            return False, False
        if family is Family.SILENCE:
            belongs = quiet or row.received > self._last_silent
            return belongs, quiet
        if quiet:
            return False, False
        if not row.cause:
            return row.state != UNKNOWN, False
        own = family_of(row.cause) is family
        return own, own


def _values(row: Row, cell: Cell) -> Values:
    """Empty where one of them is not known."""
    values = tuple(row.attributes.get(name, "") for name in cell)
    return values if all(values) else ()


def _is_at(row: Row, place: Place) -> bool:
    return all(row.attributes.get(name, "") == value for name, value in zip(place.cell, place.values, strict=True))
