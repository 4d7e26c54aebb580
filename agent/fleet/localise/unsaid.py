"""A second look at terminals that do not say where they are. They are taken away with a place, since they may be of it; but a fault of
another kind of place that strikes most of them would then be told of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log

from agent.fleet.localise.scan import ACCEPTED, LEAST, TRIED, Found, likelihood, surely
from agent.fleet.model.attributes import Cell, Family
from agent.fleet.model.counts import Counter, Place

_HALF = 2  # one in two


def unsaid(counter: Counter, family: Family, cells: Sequence[Cell], found: Sequence[Found]) -> list[Found]:
    """Besides those that were found: places with most of the failing of those that leave an attribute out, standing out among them as a
    place does in the fleet, and that the place they may be of does not explain: its own terminals lie elsewhere for the most part."""
    more: list[Found] = []
    for fault in found:
        for name in fault.place.cell:
            real = [*(each.place for each in found), *(each.place for each in more)]
            best = max(_candidates(counter, family, cells, fault, Place((name,), ("",)), real), key=_score, default=None)
            if best is not None:
                more.append(best)
    return more


def _score(found: Found) -> tuple[float, int, tuple[str, ...]]:
    return found.score, -len(found.place.cell), found.place.values


def _candidates(
    counter: Counter, family: Family, cells: Sequence[Cell], fault: Found, unknown: Place, real: Sequence[Place]
) -> Iterator[Found]:
    those = counter.meeting(family, (unknown,), real)
    if those.failing < LEAST:
        return
    apart = [cell for cell in cells if not {*cell} & {*fault.place.cell}]
    counted = counter.by(family, apart, real)
    near = [(Place(cell, values), count) for cell in apart for values, count in counted.get(cell, {}).items()]
    for place, count in sorted(near, key=lambda each: (-each[1].failing, len(each[0].cell), each[0].values))[:TRIED]:
        here = counter.meeting(family, (place, unknown), real)
        penalty = log(max(counter.values(place.cell), 1)) + log(len(cells))
        most = _HALF * here.failing > max(those.failing, here.of)  # of those that fail, and of those that are there
        if not most or surely(here, those, penalty) <= ACCEPTED:
            continue
        if _HALF * counter.meeting(family, (fault.place, place), fault.without).of > fault.inside.of:
            continue  # the place's own terminals are there as well: of the same fault
        yield Found(
            family=family,
            place=place,
            inside=count,
            whole=counter.whole(family, real),
            elsewhere=counter.whole(family, [*real, place]),
            score=likelihood(here, those) - penalty,
            without=tuple(real),
            itself=True,
        )
