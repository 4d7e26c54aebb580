"""In which order the steps of a cause stand: by probability over cost, as far as they may move. Pure.

Where one of several steps ends a fault, doing them by the probability that each does over the minutes that each takes ends it in the
shortest mean time (Kadane and Simon 1977; Heckerman, Breese and Rommelse 1995). The probabilities are the catalogue's own, worth six
cases, counted together with what was seen here and in the fleet: one step ends an incident, so each case is one draw among the steps.
Where several steps leave one trace, what it ended is shared out among them by what is known of each, which leaves their own order as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, lgamma

from msgspec import Struct

from agent.contract.document import StepRecord
from agent.contract.experience import Tallies, Tally, cases
from agent.contract.trace import ELSEWHERE, Trace
from agent.remedy.catalogue import PLACEHOLDER, StepTemplate

PRIOR_CASES = 6  # what the catalogue's own probability is worth
MOST_OF_FLEET = 20  # cases: what was seen here comes to outweigh them
ENOUGH = 3  # cases: with fewer the catalogue's order stands
NEAR = 0.1  # a step moves for more than this share: people get used to an order
_LEAST_MINUTES = 0.1
_SURE = 50.0  # of a logarithm
_CONTACTS = frozenset({"provider", "acquirer", "technician", "isp"})


class _Ranked(Struct, frozen=True):
    """`before`: places of those that must come first, all of them."""

    probability: float
    minutes: float
    before: frozenset[int]


NOTHING: Tallies = {}


def ordered(
    templates: Sequence[StepTemplate], here: Tallies, fleet: Tallies, traces: Tallies = NOTHING, *, paying: bool
) -> list[StepTemplate]:
    """`traces`: of here, what several steps leave. `paying`: payments may work. Then none that interrupts them moves to before one that
    does not."""
    groups = {trace: group for trace in traces if (group := leaving(trace, templates))}
    share = PRIOR_CASES / max(1.0, sum(step.prior for step in templates))
    shared = {id_: part for trace, group in groups.items() for id_, part in _parts(traces[trace].helped, group, here, share)}
    weight = min(1.0, MOST_OF_FLEET / (cases(fleet) or 1))
    weight *= _believed(templates, here, shared, {name: weight * tally.helped for name, tally in fleet.items()}, share)
    seen = cases(here, {trace: traces[trace] for trace in groups}) + weight * cases(fleet)
    if seen < ENOUGH:
        return list(templates)
    shared |= _unseen(templates, here, traces, share)
    steps: list[_Ranked] = []
    for place, step in enumerate(templates):
        mine, theirs = here.get(step.id, Tally()), fleet.get(step.id, Tally())
        counted = share * step.prior + mine.helped + shared.get(step.id, 0.0) + weight * theirs.helped
        probability = counted / (PRIOR_CASES + seen)
        first = frozenset(other for other in range(place) if stays(templates[other], step, paying=paying))
        before = first.union(*(steps[other].before for other in first))
        steps.append(_Ranked(probability, max(step.minutes, _LEAST_MINUTES), before))
    return [templates[place] for place in _best(steps)]


def _parts(helped: float, group: Sequence[StepTemplate], here: Tallies, share: float) -> list[tuple[str, float]]:
    """What one of them ended, among the steps that leave it: by their probability, where nothing tells them apart the catalogue's own."""
    known = [(step, here.get(step.id, Tally())) for step in group]
    weights = [(share * step.prior + own.helped) / (PRIOR_CASES + own.tried) for step, own in known]
    return [(step.id, helped * weight / sum(weights)) for step, weight in zip(group, weights, strict=True)]


def _believed(
    templates: Sequence[StepTemplate], here: Tallies, shared: Mapping[str, float], fleet: Mapping[str, float], share: float
) -> float:
    """How far the fleet's lessons hold for this terminal: the probability that they do, given what ended its incidents. They and the
    catalogue alone are as likely before anything is seen (Dirichlet-multinomial likelihoods)."""
    steps = [step for step in templates if step.id and movable(step)]
    ended = [here.get(step.id, Tally()).helped + shared.get(step.id, 0.0) for step in steps]
    if not any(ended) or not any(fleet.values()):
        return 1.0

    def likelihood(taught: float) -> float:
        weights = [share * step.prior + taught * fleet.get(step.id, 0.0) for step in steps]
        of_all = lgamma(sum(weights)) - lgamma(sum(weights) + sum(ended))
        return of_all + sum(lgamma(weight + count) - lgamma(weight) for weight, count in zip(weights, ended, strict=True))

    return 1 / (1 + exp(max(-_SURE, min(_SURE, likelihood(0) - likelihood(1)))))


def _unseen(templates: Sequence[StepTemplate], here: Tallies, traces: Tallies, share: float) -> dict[str, float]:
    """Of the incidents that ended by nobody knows what, a part for the steps whose success nobody sees: as many as keep the catalogue's
    share of such steps, beside those whose success is seen. Else what can be seen would seem to be all that helps."""
    silent = [step for step in templates if step.id and movable(step) and (step.trace is None or step.trace in ELSEWHERE)]
    whole, quiet = (sum(step.prior for step in steps) for steps in (templates, silent))
    told = sum(here.get(step.id, Tally()).helped for step in silent)
    helped = sum(tally.helped for tallies in (here, traces) for tally in tallies.values()) - told
    if not quiet or quiet >= whole:
        return {}
    most = helped * quiet / (whole - quiet) - told
    return dict(_parts(max(0.0, min(traces.get("", Tally()).tried, most)), silent, here, share))


def leaving(trace: str, templates: Sequence[StepTemplate]) -> list[StepTemplate]:
    """The steps that leave this trace, of those that end something."""
    return [step for step in templates if step.id and step.trace == trace and movable(step)]


def records(shown: Sequence[StepTemplate], here: Tallies, fleet: Tallies, traces: Tallies = NOTHING) -> dict[str, StepRecord]:
    """By step: what was seen here where there is anything, else what the fleet says. Where several of the steps leave one trace, what was
    seen of it stands at the first of them."""
    told: dict[str, StepRecord] = {}
    for source, tallies in (("fleet", fleet), ("here", here)):
        for step in shown:
            tally = tallies.get(step.id, Tally())
            if step.id and tally.tried:
                told[step.id] = StepRecord(tried=tally.tried, helped=tally.helped, source="here" if source == "here" else "fleet")
    for trace, tally in traces.items():
        group = leaving(trace, shown)
        first = next((step for step in group if here.get(step.id, Tally()).tried == 0), None)
        if first is not None and tally.tried:
            several = Trace(trace) if len(group) > 1 else None
            told[first.id] = StepRecord(tried=tally.tried, helped=tally.helped, source="here", trace=several)
    return told


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
