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
from msgspec.structs import replace

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
    """A place with its equivalents. `without`: the places that were taken away before it; its members are of the rest, `whole`.
    `elsewhere`: those that are in no fault of the family; where every terminal is in one, those that are not in this. `itself`: it was
    found among those that do not say where they are, and is no rest of another."""

    family: Family
    place: Place
    alike: tuple[Place, ...] = ()
    inside: Count
    whole: Count
    elsewhere: Count = Count()
    score: float
    without: tuple[Place, ...] = ()
    itself: bool = False


class Candidate(Struct, frozen=True, order=True):
    """In the order of preference: the higher score, then the simpler and earlier cell, then the values as texts. `sure`: the score that it
    has at least, whatever is wrong with those that cannot be judged."""

    worse: float  # minus the score
    rank: int
    values: tuple[str, ...]
    cell: Cell
    count: Count
    penalty: float
    sure: float

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
    candidates: list[Candidate] = []
    while len(found) < MOST:
        whole = counter.whole(family, without)
        near = sorted(candidates_of(counter, family, cells, whole, without))
        candidates = [each for each in near if each.sure > ACCEPTED]
        best = next((each for each in candidates[:TRIED] if told(each.place, without)), None)
        if best is not None:
            best = narrowed(counter, family, best, [each for each in near if each is not best], whole, without, told)
        elif not candidates:
            best = by_one_cause(counter, family, near[:TRIED], whole, without)
        if best is None:
            break
        alike = tuple(each.place for each in near if each is not best and _alike(counter, family, best, each, without))
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
    rest = everywhere(counter, family, without) if not candidates else None
    left = counter.whole(family, without) if found else Count()
    found = [replace(each, elsewhere=left if left.of else _outside(each)) for each in found]
    return [*found, rest] if rest is not None and told(rest.place, without) else found


def _outside(found: Found) -> Count:
    return Count(found.whole.of - found.inside.of, found.whole.failing - found.inside.failing)


def narrowed(
    counter: Counter,
    family: Family,
    best: Candidate,
    others: Sequence[Candidate],
    whole: Count,
    without: Sequence[Place],
    told: Told,
) -> Candidate:
    """Two faults inside a place make that a better candidate than either. Where one part of it stands out within it by the same measure as
    a place does in the fleet, or where several do and the rest of it is as well as the fleet, the parts are the places: the best is taken,
    and what remains is looked at again without it."""
    parts: dict[Cell, list[Candidate]] = {}
    tried = 0
    for part in others:
        if part.count.of >= best.count.of or tried == TRIED:
            continue
        nested = part.place.where.items() >= best.place.where.items()
        tried += not nested
        if not nested and counter.meeting(family, (best.place, part.place), without).of < SHARED * part.count.of:
            continue
        alone = _rate_stands_out(part.count, best.count) and likelihood(part.count, best.count) - part.penalty > ACCEPTED
        of_its_kind = parts.setdefault(part.cell, [])
        of_its_kind += [part] if part.sure > ACCEPTED else []
        smaller = part if alone else of_its_kind[0] if _are_all_of_it(of_its_kind, best.count, whole) else None
        if smaller is not None and told(smaller.place, without):
            return narrowed(counter, family, smaller, [each for each in others if each is not smaller], whole, without, told)
    return best


def _are_all_of_it(parts: Sequence[Candidate], place: Count, whole: Count) -> bool:
    """Several places that have no terminal in common, and what of `place` is in none of them is as well as what lies outside."""
    of = place.of - sum(part.count.of for part in parts)
    failing = place.failing - sum(part.count.failing for part in parts)
    if len(parts) < 2 or of <= (1 - SHARED) * place.of:
        return False
    return failing * (whole.of - place.of) <= CONTRAST * (whole.failing - place.failing + 1) * of


def by_one_cause(counter: Counter, family: Family, near: Sequence[Candidate], whole: Count, without: Sequence[Place]) -> Candidate | None:
    """A small place has few to show; but most of them by one cause, which is rarer than the family is. As many causes are tried as there
    are."""
    if not near or family is Family.SILENCE:
        return None
    everyday = counter.detail(family, EVERYWHERE, without).causes
    found = []
    for each in near:
        here = counter.detail(family, each.place, without).causes
        cause = min(here, key=lambda code: (-here[code], code))
        inside = Count(each.count.of, here[cause], hidden=each.count.hidden)
        over_all = Count(whole.of, everyday[cause], hidden=whole.hidden)
        penalty = each.penalty + log(len(everyday))
        sure = surely(inside, over_all, penalty)
        if sure > ACCEPTED:
            found.append(Candidate(penalty - likelihood(inside, over_all), each.rank, each.values, each.cell, each.count, penalty, sure))
    return min(found, default=None)


def _perhaps_there(counter: Counter, family: Family, place: Place, whole: Count, without: Sequence[Place]) -> list[Place]:
    """Terminals that do not say where they are may be of the place: taken away with it, or they would be told as faults of their own. Not
    where most of them do not say, as with the mobile network of those on a cable: that is no label left out."""
    named = [name for name in place.cell if 2 * counter.meeting(family, (Place((name,), ("",)),), without).of <= whole.of]
    choices = product(*((value, "") if name in named else (value,) for name, value in zip(place.cell, place.values, strict=True)))
    return [Place(place.cell, values) for values in choices if values != place.values]


def candidates_of(counter: Counter, family: Family, cells: Sequence[Cell], whole: Count, without: Sequence[Place]) -> Iterator[Candidate]:
    """Those that are likelier than none, enough to be told or not. As many places are tried as there are values, of every cell: an even
    share of the doubt to each cell."""
    if whole.failing < LEAST:
        return
    counted = counter.by(family, cells, without)
    for rank, cell in enumerate(cells):
        there = counted.get(cell, {})
        penalty = log(max(counter.values(cell), 1)) + log(len(cells)) if there else 0.0
        for values, count in there.items():
            sure = surely(count, whole, penalty)
            if sure > 0:
                yield Candidate(penalty - likelihood(count, whole), rank, values, cell, count, penalty, sure)


def surely(inside: Count, whole: Count, penalty: float) -> float:
    """The score, or what it would be were all those well that cannot be judged; 0 where it is no candidate. Another family's fault takes
    the well away and leaves those that fail in this one, so that nothing but everyday faults are left there and seem to be many."""
    among_all = Count(inside.of + inside.hidden, inside.failing), Count(whole.of + whole.hidden, whole.failing)
    if not eligible(inside, whole) or not eligible(*among_all):
        return 0.0
    return min(likelihood(inside, whole), likelihood(*among_all)) - penalty


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
