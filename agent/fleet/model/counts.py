"""The seam between counting and judging: what is asked of whoever holds the rows, a table in memory or an engine elsewhere. Only counts
travel, and they add over shards.

A terminal is of the *population* of a family where it is fresh (for silence: expected now) and no other family explains it (competing
risks); it *fails* there where its first cause that is no notice is of the family (for silence: where it is silent).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from agent.fleet.model.attributes import Cell, Family

Values = tuple[str, ...]  # of the attributes of a cell, in its order; none of them empty


class Place(Struct, frozen=True):
    """A cell and the values of it: "on isp-c in south"."""

    cell: Cell
    values: Values


class Count(Struct, frozen=True):
    """`of`: the population there; `failing`: how many of it fail; `cannot_pay`: how many of those cannot take payments."""

    of: int
    failing: int
    cannot_pay: int = 0


class Counter(Protocol):
    """`without`: places whose terminals are left out, all of them: what earlier faults explained."""

    def whole(self, family: Family, without: Sequence[Place]) -> Count:
        """Of the whole population."""
        ...

    def by(self, family: Family, cell: Cell, without: Sequence[Place]) -> dict[Values, Count]:
        """For each combination of values that are known, where at least one terminal fails. Unknown values are in no cell."""
        ...
