"""Silence as an outcome: a terminal whose line is dead never says so. Scanned over its last known attributes.

Where the hours of each shop are known (`hours.py`), those of open shops are expected, and that is all. Where they are not, a closed shop
and a dead line look alike from here, one by one; but a line dies at one moment, and shops close one after the other. So without hours a
place is told only where eight in ten of its silent were heard of last within twenty minutes, in six shops or more (or four in ten at nearly
one moment, in twenty); and a shop is not told
at all, nor what is named by a label that may stand for shops with common hours.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.fleet.localise.scan import Found, cells_of, scanned
from agent.fleet.model.attributes import LABEL, Cell, Family
from agent.fleet.model.counts import Counter, Place

TOGETHER_S = 1200
HALF_S, MANY_SHOPS = 450, 20  # where another silence is mixed in: four in ten within that, of that many shops
SHOPS = 6  # that two or three close within one quarter of an hour is chance
_FEW = 2  # silent terminals of a shop that `Counter.by` does not tell of


def silent(counter: Counter, *, hours_known: bool) -> list[Found]:
    cells = cells_of(Family.SILENCE, counter)
    if hours_known:
        return scanned(counter, Family.SILENCE, cells)

    def together(place: Place, without: Sequence[Place]) -> bool:
        onset = counter.detail(Family.SILENCE, place, without).onset
        if onset is None:
            return False
        first, median, last = onset
        shops = _shops(counter, place, without)
        return (last - first <= TOGETHER_S and shops >= SHOPS) or (min(median - first, last - median) <= HALF_S and shops >= MANY_SHOPS)

    return scanned(counter, Family.SILENCE, [cell for cell in cells if not _a_shop(cell)], together)


def _shops(counter: Counter, place: Place, without: Sequence[Place]) -> int:
    """How many have silent terminals there, at least."""
    cell = (*place.cell, "store")
    shops = counter.by(Family.SILENCE, [cell], without).get(cell, {})
    there = [count.failing for values, count in shops.items() if values[:-1] == place.values]
    others = counter.meeting(Family.SILENCE, (place,), without).failing - sum(there)
    return len(there) + (others + _FEW - 1) // _FEW


def _a_shop(cell: Cell) -> bool:
    return any(name == "store" or name.startswith(LABEL) for name in cell)
