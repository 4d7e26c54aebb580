"""In which order the steps of a cause stand: by probability over cost, as far as they may move. Pure.

Where one of several steps ends a fault, doing them by the probability that each does over the minutes that each takes ends it in the
shortest mean time (Kadane and Simon 1977; Heckerman, Breese and Rommelse 1995). The probabilities are the catalogue's own, worth six
cases, counted together with what was seen here and in the fleet: one step ends an incident, so each case is one draw among the steps.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.contract.document import StepRecord
from agent.contract.experience import Tallies, Tally, cases
from agent.remedy.catalogue import PLACEHOLDER, StepTemplate

PRIOR_CASES = 6  # what the catalogue's own probability is worth
MOST_OF_FLEET = 20  # cases: what was seen here comes to outweigh them
ENOUGH = 3  # cases: with fewer the catalogue's order stands
NEAR = 0.1  # a step moves for more than this share: people get used to an order
_LEAST_MINUTES = 0.1
_CONTACTS = frozenset({"provider", "acquirer", "technician", "isp"})


class _Ranked(Struct, frozen=True):
    """`before`: places of those that must come first, all of them."""

    probability: float
    minutes: float
    before: frozenset[int]


def ordered(templates: Sequence[StepTemplate], here: Tallies, fleet: Tallies, *, paying: bool) -> list[StepTemplate]:
    """`paying`: payments may work. Then none that interrupts them moves to before one that does not."""
    weight = min(1.0, MOST_OF_FLEET / (cases(fleet) or 1))
    seen = cases(here) + weight * cases(fleet)
    if seen < ENOUGH:
        return list(templates)
    share = PRIOR_CASES / max(1.0, sum(step.prior for step in templates))
    steps: list[_Ranked] = []
    for place, step in enumerate(templates):
        mine, theirs = here.get(step.id, Tally()), fleet.get(step.id, Tally())
        probability = (share * step.prior + mine.helped + weight * theirs.helped) / (PRIOR_CASES + seen)
        first = frozenset(other for other in range(place) if stays(templates[other], step, paying=paying))
        before = first.union(*(steps[other].before for other in first))
        steps.append(_Ranked(probability, max(step.minutes, _LEAST_MINUTES), before))
    return [templates[place] for place in _best(steps)]


def record_of(step_id: str, here: Tallies, fleet: Tallies) -> StepRecord | None:
    """What was seen here where there is anything, else what the fleet says."""
    for source, tallies in (("here", here), ("fleet", fleet)):
        tally = tallies.get(step_id) if step_id else None
        if tally is not None and tally.tried:
            return StepRecord(tried=tally.tried, helped=tally.helped, source="here" if source == "here" else "fleet")
    return None


def movable(step: StepTemplate) -> bool:
    """One that ends nothing by itself (a warning, a photograph, a trial sale) stays where it is, and nothing moves past it."""
    return step.prior > 0


def calls(step: StepTemplate) -> bool:
    """It names somebody to call: whoever is called asks whether what stands before it was tried."""
    return not _CONTACTS.isdisjoint(PLACEHOLDER.findall(step.zh))


def stays(first: StepTemplate, second: StepTemplate, *, paying: bool) -> bool:
    """Whether the first of two stays before the second, whatever was seen."""
    if not (movable(first) and movable(second)):
        return True
    if first.id in second.after or calls(second):
        return True
    return paying and second.interrupts_payment and not first.interrupts_payment


def _best(steps: Sequence[_Ranked]) -> list[int]:
    """Again and again the step that is worth most, taken together with what must still come before it; of near ones the first."""
    left, order = list(range(len(steps))), list[int]()
    while left:
        choice = left
        while True:
            place = _worthiest(choice, steps, left)
            first = [each for each in left if each in steps[place].before]
            if not first:
                break
            choice = first
        order.append(place)
        left.remove(place)
    return order


def _worthiest(choice: Sequence[int], steps: Sequence[_Ranked], left: Sequence[int]) -> int:
    worths = [_worth(place, steps, left) for place in choice]
    most = max(worths)
    return next(place for place, worth in zip(choice, worths, strict=True) if worth >= most * (1 - NEAR))


def _worth(place: int, steps: Sequence[_Ranked], left: Sequence[int]) -> float:
    group = [steps[each] for each in left if each == place or each in steps[place].before]
    return sum(each.probability for each in group) / sum(each.minutes for each in group)
