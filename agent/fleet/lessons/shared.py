"""Incidents that began together in one place: one fault that many had. Its end is nobody's success on site, whatever was done then. Pure.

The scan of `agent.fleet.localise`, over onsets: how many terminals of a place began an incident of a family within a quarter of an hour,
against how many do in any such time, and at that hour of the day, when shops open (Kulldorff's space-time scan, Poisson). The likeliest
place is taken out, and the rest is looked through again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log
from statistics import median

from msgspec import Struct

from agent.fleet.lessons.cases import Case
from agent.fleet.localise.families import family_of
from agent.fleet.model.attributes import CELLS, Cell, Family

WINDOW_S = 900
LEAST = 3  # terminals
_SURE = log(1000)
_LATE_S = WINDOW_S  # before its first onset
_UNUSUAL = 0.2  # of the days may be unlike the others
_DAYS = 3  # of which something is known, until the hours of the day are told apart
_A_DAY = 86400 // WINDOW_S

Place = tuple[Cell, tuple[str, ...]]
EVERYWHERE: Place = ((), ())
Attributes = Mapping[str, Mapping[str, str]]


class Together(Struct, frozen=True, kw_only=True):
    """`since`, `until`: seconds since the epoch; `until`: when it was over for half of them."""

    family: Family
    place: Place
    since: int
    until: int
    terminals: int
    score: float


def together(cases: Sequence[Case], attributes: Attributes) -> list[Together]:
    found: list[Together] = []
    by_family: dict[Family, list[Case]] = defaultdict(list)
    for case in cases:
        family = family_of(case.cause)
        if family is not None:
            by_family[family].append(case)
    for family, theirs in by_family.items():
        found += _of_family(family, theirs, attributes)
    return found


def shared(cases: Sequence[Case], attributes: Attributes, faults: Sequence[Together]) -> set[Case]:
    """Those that are of one of them: of its family and place, begun from shortly before it on, until it was over."""
    by_family: dict[Family, list[Together]] = defaultdict(list)
    for fault in faults:
        by_family[fault.family].append(fault)
    found: set[Case] = set()
    for case in cases:
        family = family_of(case.cause)
        for fault in by_family.get(family, ()) if family is not None else ():
            if fault.since - _LATE_S <= case.began <= fault.until and _lies(case, fault.place, attributes):
                found.add(case)
                break
    return found


class _Usual:
    """How many begin in a place within such a time, other than now."""

    def __init__(self, cases: Sequence[Case], cells: Sequence[Cell], attributes: Attributes) -> None:
        begins = [case.began for case in cases]
        self.windows = max(1, (max(begins) - min(begins)) // WINDOW_S + 1)
        self._whole: dict[Place, int] = defaultdict(int)
        self._by_hour: dict[tuple[Place, int], Counter[int]] = defaultdict(Counter)
        self._values: dict[Cell, set[tuple[str, ...]]] = defaultdict(set)
        for case in cases:
            for place in _places(case, cells, attributes):
                self._whole[place] += 1
                self._by_hour[place, _hour(case.began)][case.began // WINDOW_S] += 1
                self._values[place[0]].add(place[1])

    def score(self, place: Place, count: int, began: int) -> float:
        """By how much (natural logarithm) it is likelier that they have one reason, for as many places and times as were looked at."""
        expected = max(0.5, self._whole[place] - count) / self.windows
        if self.windows >= _DAYS * _A_DAY:
            expected = max(expected, self._at_that_hour(place, _hour(began)))
        if count <= expected:
            return 0.0
        return count * log(count / expected) - (count - expected) - log(self.windows) - log(len(self._values[place[0]]) or 1)

    def _at_that_hour(self, place: Place, hour: int) -> float:
        """In a usual quarter of that hour: without the fullest ones, which may be faults of their own."""
        quarters = max(1, self.windows // 24)
        fullest = int(quarters * _UNUSUAL)
        counts = sorted(self._by_hour[place, hour].values(), reverse=True)
        return sum(counts[fullest:]) / max(1, quarters - fullest)


def _hour(moment: int) -> int:
    return moment // 3600 % 24


def _of_family(family: Family, cases: Sequence[Case], attributes: Attributes) -> Iterator[Together]:
    if len({case.terminal for case in cases}) < LEAST:
        return
    cells = CELLS[family]
    usual = _Usual(cases, cells, attributes)
    taken: set[Case] = set()
    found: list[tuple[Place, float, list[Case]]] = []
    for shift in (0, WINDOW_S // 2):  # what begins at the border of two windows lies in the middle of one of the others
        at: dict[int, list[Case]] = defaultdict(list)
        for case in cases:
            at[(case.began + shift) // WINDOW_S].append(case)
        for _, near in sorted(at.items()):
            left = [case for case in near if case not in taken]
            while (best := _likeliest(left, cells, attributes, usual)) is not None:
                place, score = best
                inside = [case for case in left if _lies(case, place, attributes)]
                taken.update(inside)
                left = [case for case in left if not _lies(case, place, attributes)]
                found.append((place, score, inside))
    yield from _merged(family, found)


def _merged(family: Family, found: Sequence[tuple[Place, float, list[Case]]]) -> Iterator[Together]:
    """What goes on over the border of two times is one."""
    by_place: dict[Place, list[tuple[float, list[Case]]]] = defaultdict(list)
    for place, score, inside in sorted(found, key=lambda each: min(case.began for case in each[2])):
        known = by_place[place]
        if known and min(case.began for case in inside) <= median(case.until for case in known[-1][1]):
            known[-1] = max(known[-1][0], score), known[-1][1] + inside
        else:
            known.append((score, inside))
    for place, theirs in by_place.items():
        for score, inside in theirs:
            yield Together(
                family=family,
                place=place,
                since=min(case.began for case in inside),
                until=int(median(case.until for case in inside)),
                terminals=len({case.terminal for case in inside}),
                score=score,
            )


def _likeliest(cases: Sequence[Case], cells: Sequence[Cell], attributes: Attributes, usual: _Usual) -> tuple[Place, float] | None:
    if len({case.terminal for case in cases}) < LEAST:
        return None
    here: dict[Place, set[str]] = defaultdict(set)
    for case in cases:
        for place in _places(case, cells, attributes):
            here[place].add(case.terminal)
    found = [(place, usual.score(place, len(terminals), cases[0].began)) for place, terminals in here.items() if len(terminals) >= LEAST]
    best = max(found, key=lambda each: each[1], default=None)
    return best if best is not None and best[1] > _SURE else None


def _places(case: Case, cells: Sequence[Cell], attributes: Attributes) -> Iterator[Place]:
    yield EVERYWHERE
    known = attributes.get(case.terminal, {})
    for cell in cells:
        found = tuple(known.get(name, "") for name in cell)
        if all(found):
            yield cell, found


def _lies(case: Case, place: Place, attributes: Attributes) -> bool:
    known = attributes.get(case.terminal, {})
    return all(known.get(name) == value for name, value in zip(*place, strict=True))
