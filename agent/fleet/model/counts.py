"""The seam between counting and judging: what is asked of whoever holds the rows, a table in memory or an engine elsewhere. Only counts
travel, and they add over shards; all else is decided from them, so that every engine leads to the same answer.

A terminal is *fresh* where it is not silent (`reading.freshness`) and did not stop in order. It is of the *population* of a family where it
is fresh and no other family explains it (competing risks): it has no cause and its state could be told, or its first cause that is no
notice is of the family; then it *fails* there.

Of silence, the population are those that are expected now and did not stop in order; who is silent fails. Left out are those that are not
silent yet, though they were heard of no later than the silent one that was heard of last: they are given more time (a metered line).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from agent.fleet.model.attributes import Cell, Family

Values = tuple[str, ...]  # of the attributes of a cell, in its order; an empty one stands for "not known" where a place is asked for


class Place(Struct, frozen=True):
    """A cell and the values of it: "on isp-c in south". Without attributes it is everywhere."""

    cell: Cell = ()
    values: Values = ()

    @property
    def where(self) -> dict[str, str]:
        return dict(zip(self.cell, self.values, strict=True))


EVERYWHERE = Place()


class Count(Struct, frozen=True):
    """`of`: the population there; `failing`: how many of it fail; `cannot_pay`: how many of those cannot take payments (of the silent
    nobody knows: 0). `hidden`: those there that are fresh and cannot be judged: another family's cause comes first, or what is wrong could
    not be told. Of silence there are none."""

    of: int = 0
    failing: int = 0
    cannot_pay: int = 0
    hidden: int = 0


class Detail(Struct, frozen=True):
    """Of the failing at a place. `causes`: how many have which code first (none for silence). `onset`: when it began for them, seconds
    since the epoch: the smallest moment by which 10, 50 and 90 % of them had begun (SQL: PERCENTILE_DISC); moments of 0 or later than now
    are left out, and None where nothing is left. For silence it is when they were last heard of."""

    causes: Mapping[str, int]
    onset: tuple[int, int, int] | None = None


class Counter(Protocol):
    """`without`: places whose terminals are left out, all of them: what earlier faults explained."""

    def labels(self) -> Sequence[str]:
        """Names (`label:NAME`) of those that are known of 3 terminals or more: the 32 known of most, by name where equal; in order of
        name."""
        ...

    def values(self, cell: Cell) -> int:
        """How many different values (combinations, all known) any terminal has, of whatever state."""
        ...

    def whole(self, family: Family, without: Sequence[Place]) -> Count:
        """Of the whole population."""
        ...

    def by(self, family: Family, cells: Sequence[Cell], without: Sequence[Place]) -> Mapping[Cell, Mapping[Values, Count]]:
        """For each cell, each combination of values that are known, where at least 3 terminals fail. Unknown values are in no cell."""
        ...

    def meeting(self, family: Family, places: Sequence[Place], without: Sequence[Place]) -> Count:
        """Of terminals that are in every one of these places."""
        ...

    def detail(self, family: Family, place: Place, without: Sequence[Place]) -> Detail: ...

    def causes(self) -> Mapping[str, int]:
        """Fresh terminals by their first cause that is no notice."""
        ...

    def notices(self) -> Mapping[str, int]:
        """Fresh terminals by each further code they have where no cause is first: with one, what else they have may be no notice."""
        ...
