"""What belongs to a fault beyond its place: terminals that do not say where they are, and faults elsewhere that began with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from agent.fleet.localise.scan import CONTRAST, LEAST, Found
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import Counter, Detail, Place

MOMENT_S = 300


def perhaps(counter: Counter, found: Found, places: Sequence[Place]) -> int:
    """How many more fail that may be of it, since they leave out what names its place; 0 where no more of them fail than elsewhere.
    `places`: of all faults of the family."""
    choices = product(*((value, "") for value in found.place.values))
    failing = of = 0
    before: list[Place] = []
    for values in choices:
        if values == found.place.values:
            continue
        place = Place(found.place.cell, values)
        count = counter.meeting(found.family, (place,), [*places, *before])
        failing, of = failing + count.failing, of + count.of
        before.append(place)
    if failing < LEAST or failing * found.elsewhere.of <= CONTRAST * found.elsewhere.failing * of:
        return 0
    return failing


def together(found: Sequence[Found], details: Sequence[Detail], rests: Mapping[int, int]) -> dict[int, int]:
    """By number, the largest fault of the same family by the same cause that began at the same moment at another place. Faults of a device
    or a configuration are told apart by what was given to them, silence by when somebody was heard of last: of these nothing is said."""
    order = sorted(range(len(found)), key=lambda number: (-found[number].inside.failing, number))
    twins: dict[int, int] = {}
    for place, number in enumerate(order):
        if number in rests or found[number].family not in (Family.GATEWAY, Family.INTERNET, Family.NAMES):
            continue
        twin = next(
            (other for other in order[:place] if other not in rests and other not in twins and _alike(number, other, found, details)), None
        )
        if twin is not None:
            twins[number] = twin
    return twins


def _alike(number: int, other: int, found: Sequence[Found], details: Sequence[Detail]) -> bool:
    one, two = details[number], details[other]
    if found[number].family is not found[other].family or one.onset is None or two.onset is None:
        return False
    return _leading(one) == _leading(two) and abs(one.onset[1] - two.onset[1]) <= MOMENT_S


def _leading(detail: Detail) -> str:
    return min(detail.causes, key=lambda code: (-detail.causes[code], code), default="")
