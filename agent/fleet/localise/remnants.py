"""Which faults are probably a rest of another: one outage is to be told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.fleet.localise.scan import Found
from agent.fleet.model.counts import Counter, Detail, Place

_HALF = 2  # one in two
_SMALL = 5  # times as many fail of the fault itself
_SAME_TIME_S = 3600
_MOMENT_S = 600


def remnants(counter: Counter, found: Sequence[Found], details: Sequence[Detail]) -> Mapping[int, int]:
    """By number: which is a rest of which. Never of one that is a rest itself."""
    rests: dict[int, int] = {}
    order = sorted(range(len(found)), key=lambda number: (-found[number].inside.failing, -found[number].score, number))
    for place, number in enumerate(order):
        for other in order[:place]:
            if other in rests:
                continue
            pair = (found[number], details[number]), (found[other], details[other])
            if _same_place_and_time(*pair) or _left_over(counter, *pair):
                rests[number] = other
                break
    return rests


def _same_place_and_time(rest: tuple[Found, Detail], fault: tuple[Found, Detail]) -> bool:
    """In another family: the line of a provider is dead, and some terminals of it are silent while others tell it over another line."""
    (one, of_one), (other, of_other) = rest, fault
    if one.family is other.family or not {*_places(one)} & {*_places(other)}:
        return False
    return of_one.onset is None or of_other.onset is None or abs(of_one.onset[1] - of_other.onset[1]) <= _SAME_TIME_S


def _left_over(counter: Counter, rest: tuple[Found, Detail], fault: tuple[Found, Detail]) -> bool:
    """In the same family, found after it, mostly by the same cause: they were not among its members since a label is wrong or missing.
    Either most of its terminals are where the fault is, or most of its failing do not say where they are."""
    (later, of_later), (earlier, of_earlier) = rest, fault
    if (
        not later.place.cell
        or later.itself
        or later.family is not earlier.family
        or earlier.place not in later.without
        or _leading(of_later) != _leading(of_earlier)
    ):
        return False
    # wrong labels bring some of the failing to a place that is well: where most of another value's own terminals fail, it is a fault
    itself = later.place.cell == earlier.place.cell and _HALF * later.inside.failing > later.inside.of
    if not itself and _SMALL * later.inside.failing <= earlier.inside.failing and _same_moment(of_later, of_earlier):
        return True
    family = later.family
    before = [place for place in later.without if place != earlier.place]
    if _HALF * counter.meeting(family, (later.place, earlier.place), before).of > counter.meeting(family, (later.place,), before).of:
        return True
    return any(
        _HALF * counter.meeting(family, (later.place, Place((attribute,), ("",))), later.without).failing > later.inside.failing
        for attribute in earlier.place.cell
    )


def _same_moment(rest: Detail, fault: Detail) -> bool:
    """Half of the rest had it by a moment at which the fault began for most."""
    if rest.onset is None or fault.onset is None:
        return False
    return fault.onset[0] - _MOMENT_S <= rest.onset[1] <= fault.onset[2] + _MOMENT_S


def _places(found: Found) -> tuple[Place, ...]:
    return found.place, *found.alike


def _leading(detail: Detail) -> str:
    return min(detail.causes, key=lambda code: (-detail.causes[code], code), default="")
