"""A fault keeps its name from scan to scan while it lasts: it may grow, shrink, or change places with what cannot be told apart from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from agent.fleet.localise.scan import Found
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import Counter, Place

_OVERLAP = 0.8  # of the terminals of the smaller place
_LENGTH = 8  # hexadecimal digits


def same_as_before(counter: Counter, found: Sequence[Found], previous: Sequence[Fault]) -> dict[int, Fault]:
    """By number, which of the faults before it is. The larger overlap first; each is one at most."""
    pairs = sorted(
        (-overlap, before.id, number, at)
        for number, each in enumerate(found)
        for at, before in enumerate(previous)
        if before.family == each.family.value and (overlap := _overlap(counter, each, before))
    )
    matched: dict[int, Fault] = {}
    taken: set[int] = set()
    for _, _, number, at in pairs:
        if number not in matched and at not in taken:
            matched[number] = previous[at]
            taken.add(at)
    return matched


def _overlap(counter: Counter, now: Found, before: Fault) -> float:
    """How many terminals their places share; 0 where that is too little for one fault. A place that is named again is the same."""
    places = [_place(where) for where in before.where]
    if any(place in (now.place, *now.alike) for place in places):
        return 1.0 + now.inside.of
    if not places:
        return 0.0
    family: Family = now.family
    own, old = counter.meeting(family, (now.place,), ()), counter.meeting(family, (places[0],), ())
    both = counter.meeting(family, (now.place, places[0]), ())
    return float(both.of) if both.of and both.of >= _OVERLAP * min(own.of, old.of) else 0.0


def _place(where: dict[str, str]) -> Place:
    return Place(tuple(where), tuple(where.values()))


def name_for(found: Found, moment: str, taken: Iterable[str]) -> str:
    """`moment`: empty at the first scan of all, so that the next one without a memory gives the same name; else that of the scan, for a
    fault that is back after it ended is another one."""
    told = "\x1f".join((found.family.value, *found.place.cell, *found.place.values, moment))
    known = {*taken}
    for turn in range(len(known) + 1):
        digest = sha256((told if not turn else f"{told}\x1f{turn}").encode()).hexdigest()
        name = f"{found.family.value}-{digest[:_LENGTH]}"
        if name not in known:
            break
    return name
