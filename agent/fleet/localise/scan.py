"""The Bernoulli scan (Kulldorff 1997) with sequential deletion (Zhang, Assunção, Kulldorff 2010), over counts.

A place is more than chance where its failing are likelier under two rates, one inside and one outside, than under one:
`Λ = ℓ(k,n) + ℓ(K−k, N−n) − ℓ(K,N)`, `ℓ(k,n) = k ln(k/n) + (n−k) ln(1−k/n)`. As many places are tried as an attribute has values, and as
many attributes as the family has: the logarithms of these numbers are taken off. Numbers in, numbers out: the same counts give the same
answer, to the digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import log

from msgspec import Struct

from agent.fleet.model.attributes import CELLS, Cell, Family
from agent.fleet.model.counts import EVERYWHERE, Count, Counter, Place

LEAST = 3  # failing terminals
CONTRAST = 3  # times the rate elsewhere
ACCEPTED = log(1000)
CLOSE = log(20)  # scores that differ by less
SHARED = 0.95  # of their terminals: two places that cannot be told apart
QUIET = 0.05  # a rate of failing that no quiet fleet reaches, in any family
EVERYWHERE_FROM = 2 * QUIET
TRIED = 20  # candidates that are asked about, where not everything may be told
MOST = 50  # faults of one family: what is still unexplained then is no list for people


class Found(Struct, frozen=True, kw_only=True):
    """A place with its equivalents. `without`: the places that were taken away before it; its members are of the rest."""

    family: Family
    place: Place
    alike: tuple[Place, ...] = ()
    inside: Count
    whole: Count
    score: float
    without: tuple[Place, ...] = ()


class Candidate(Struct, frozen=True, order=True):
    """In the order of preference: the higher score, then the simpler and earlier cell, then the values as texts."""

    worse: float  # minus the score
    rank: int
    values: tuple[str, ...]
    cell: Cell
    count: Count
    penalty: float

    @property
    def score(self) -> float:
        return -self.worse

    @property
    def place(self) -> Place:
        return Place(self.cell, self.values)


Told = Callable[[Place, Sequence[Place]], bool]


def always(_place: Place, _without: Sequence[Place]) -> bool:
    return True


def cells_of(family: Family, counter: Counter) -> tuple[Cell, ...]:
    """Labels without a meaning of their own may explain anything."""
    return (*CELLS[family], *((name,) for name in counter.labels()))


def scanned(counter: Counter, family: Family, cells: Sequence[Cell], told: Told = always) -> list[Found]:
    """`told`: whether a place may be told at all, whatever its score; asked of the best ones alone."""
    found: list[Found] = []
    without: list[Place] = []
    while len(found) < MOST:
        whole = counter.whole(family, without)
        if whole.failing < LEAST:
            break
        candidates = sorted(candidates_of(counter, family, cells, whole, without))
        best = next((each for each in candidates[:TRIED] if told(each.place, without)), None)
        if best is None:
            break
        best = narrowed(counter, family, best, candidates, without)
        alike = tuple(each.place for each in candidates if each is not best and _alike(counter, family, best, each, without))
        found.append(
            Found(
                family=family,
                place=best.place,
                alike=_simplest(best.place, alike),
                inside=best.count,
                whole=whole,
                score=best.score,
                without=tuple(without),
            )
        )
        without += [best.place, *_perhaps_there(counter, family, best.place, whole, without)]
    rest = everywhere(counter, family, without)
    return [*found, rest] if rest is not None and told(rest.place, without) else found


def narrowed(counter: Counter, family: Family, best: Candidate, candidates: Sequence[Candidate], without: Sequence[Place]) -> Candidate:
    """Two faults inside a place make that a better candidate than either. Where one part of it stands out within it by the same measure as
    a place does in the fleet, the part is the place, and what remains is looked at again without it."""
    tried = 0
    for part in candidates:
        if part is best or part.count.of >= best.count.of or tried == TRIED:
            continue
        nested = part.place.where.items() >= best.place.where.items()
        tried += not nested
        if not nested and counter.meeting(family, (best.place, part.place), without).of < SHARED * part.count.of:
            continue
        if _rate_stands_out(part.count, best.count) and likelihood(part.count, best.count) - part.penalty > ACCEPTED:
            return narrowed(counter, family, part, candidates, without)
    return best


def _perhaps_there(counter: Counter, family: Family, place: Place, whole: Count, without: Sequence[Place]) -> list[Place]:
    """Terminals that do not say where they are may be of the place: taken away with it, or they would be told as faults of their own. Not
    where most of them do not say, as with the mobile network of those on a cable: that is no label left out."""
    named = [name for name in place.cell if 2 * counter.meeting(family, (Place((name,), ("",)),), without).of <= whole.of]
    choices = product(*((value, "") if name in named else (value,) for name, value in zip(place.cell, place.values, strict=True)))
    return [Place(place.cell, values) for values in choices if values != place.values]


def candidates_of(counter: Counter, family: Family, cells: Sequence[Cell], whole: Count, without: Sequence[Place]) -> Iterator[Candidate]:
    """As many places are tried as there are values, of every cell: an even share of the doubt to each cell."""
    counted = counter.by(family, cells, without)
    for rank, cell in enumerate(cells):
        there = counted.get(cell, {})
        penalty = log(max(counter.values(cell), 1)) + log(len(cells)) if there else 0.0
        for values, count in there.items():
            if not eligible(count, whole):
                continue
            score = likelihood(count, whole) - penalty
            if score > ACCEPTED and _stands_with_the_hidden(count, whole, penalty):
                yield Candidate(-score, rank, values, cell, count, penalty)


def eligible(inside: Count, whole: Count) -> bool:
    """The rate inside is more than three times that outside. Where much of the fleet fails no rate can be, and faults that share it
    would hide each other: then, for a place with a third of all that fail, the odds are compared, which are the same for small rates."""
    k, n = inside.failing, inside.of
    out_k, out_n = whole.failing - k, whole.of - n
    if k < LEAST or out_n <= 0:
        return False
    if _rate_stands_out(inside, whole):
        return True
    return 3 * k >= whole.failing and k * (out_n - out_k) > CONTRAST * out_k * (n - k)


def _rate_stands_out(inside: Count, whole: Count) -> bool:
    return inside.failing * (whole.of - inside.of) > CONTRAST * (whole.failing - inside.failing) * inside.of


def _stands_with_the_hidden(inside: Count, whole: Count, penalty: float) -> bool:
    """Were all those well that cannot be judged, would it still be one? Another family's fault takes the well away and leaves those that
    fail in this one, so that nothing but everyday faults are left there and seem to be many."""
    inside = Count(inside.of + inside.hidden, inside.failing)
    whole = Count(whole.of + whole.hidden, whole.failing)
    return eligible(inside, whole) and likelihood(inside, whole) - penalty > ACCEPTED


def likelihood(inside: Count, whole: Count) -> float:
    k, n = inside.failing, inside.of
    return _log_likelihood(k, n) + _log_likelihood(whole.failing - k, whole.of - n) - _log_likelihood(whole.failing, whole.of)


def _log_likelihood(k: int, n: int) -> float:
    return (k * log(k / n) if k else 0.0) + ((n - k) * log((n - k) / n) if n - k else 0.0)


def everywhere(counter: Counter, family: Family, without: Sequence[Place]) -> Found | None:
    """What is left over once every place is taken away: no rate differs there, and a scan sees nothing in it. It is a fault where twice as
    many fail as in any quiet fleet, half of them by one cause; for there is no elsewhere to hold it against. Those that another family
    hides count as well."""
    rest = counter.whole(family, without)
    k, n = rest.failing, rest.of + rest.hidden
    if k < LEAST or k < EVERYWHERE_FROM * n:
        return None
    score = _log_likelihood(k, n) - k * log(QUIET) - (n - k) * log(1 - QUIET)
    if score <= ACCEPTED:
        return None
    causes = counter.detail(family, EVERYWHERE, without).causes
    if causes and 2 * max(causes.values()) < k:
        return None
    return Found(family=family, place=EVERYWHERE, inside=rest, whole=rest, score=score, without=tuple(without))


def _alike(counter: Counter, family: Family, best: Candidate, other: Candidate, without: Sequence[Place]) -> bool:
    if best.score - other.score >= CLOSE:
        return False
    both = counter.meeting(family, (best.place, other.place), without)
    return both.of > SHARED * max(best.count.of, other.count.of)


def _simplest(best: Place, others: Sequence[Place]) -> tuple[Place, ...]:
    """Without those that only add an attribute to another one: "isp-c in south" says nothing beside "isp-c", where it is all of it."""
    kept: list[Place] = []
    for other in sorted(others, key=lambda each: len(each.cell)):
        if not any(known.where.items() <= other.where.items() for known in (best, *kept)):
            kept.append(other)
    return tuple(sorted(kept, key=others.index))
