"""Where steps help otherwise than elsewhere: groups of terminals whose incidents of a cause end in another way, and not by chance. Pure.

Two sets of cases are held to differ where two laws explain them better than one, by a factor of a thousand and one for each group that was
looked at (Bayes factors of Dirichlet-multinomial likelihoods, the catalogue's own probabilities being worth six cases). What can be seen is
compared among what was seen, what only people tell among what they told: so a shop that tells much is not another kind of shop. The most
different group is taken out, and the rest is looked through again; so each case is in one group, and a terminal in the first that fits it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import lgamma, log

from msgspec import Struct

from agent.contract.trace import ELSEWHERE
from agent.fleet.lessons.cases import Case
from agent.remedy.catalogue import StepTemplate
from agent.remedy.ordering import PRIOR_CASES, movable

LEAST_CASES = 20  # of a group, that a step ended
LEAST_TERMINALS = 3  # that they are of
MOST_GROUPS = 12  # of a cause
_FROM_ONE = 5  # cases of one terminal: its people's habit is no group's
_SURE = log(1000)
_LEAST_WEIGHT = 0.05
_SEEN, _QUIET, _WHICH = "seen", "quiet", "which"

Draws = Mapping[tuple[str, str], Counter[str]]  # of what (`_SEEN`, …; of which trace): how often each came


Attributes = Mapping[str, Mapping[str, str]]  # by terminal


class Group(Struct, frozen=True, kw_only=True):
    """`where`: an attribute and its value, none for all that are in no group. `score`: by how much (natural logarithm) two laws are
    likelier than one."""

    where: dict[str, str]
    cases: tuple[Case, ...]
    score: float = 0.0


def groups(cause: str, cases: Sequence[Case], attributes: Attributes, templates: Sequence[StepTemplate]) -> list[Group]:
    """The most different first, and the rest last."""
    law = _Law(cause, templates)
    left, found = list(cases), list[Group]()
    while len(found) < MOST_GROUPS:
        best = _most_different(left, attributes, law)
        if best is None:
            break
        name, value, score = best
        inside = tuple(case for case in left if attributes.get(case.terminal, {}).get(name) == value)
        found.append(Group(where={name: value}, cases=inside, score=score))
        left = [case for case in left if attributes.get(case.terminal, {}).get(name) != value]
    return [*found, Group(where={}, cases=tuple(left))]


class _Law:
    """What of a case is compared, and how likely so many of each are."""

    def __init__(self, cause: str, templates: Sequence[StepTemplate]) -> None:
        self._cause = cause
        steps = [step for step in templates if step.id and movable(step)]
        share = PRIOR_CASES / max(1.0, sum(step.prior for step in steps))
        self._trace_of = {step.id: step.trace.value if step.trace is not None and step.trace not in ELSEWHERE else "" for step in steps}
        self._weights: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for step in steps:
            trace, weight = self._trace_of[step.id], share * step.prior
            if trace:
                self._weights[_SEEN, ""][trace] += weight
            self._weights[_QUIET, ""]["" if trace else "quiet"] += weight
            self._weights[_WHICH, trace][step.id] += weight

    def drawn(self, case: Case) -> list[tuple[tuple[str, str], str]]:
        """What the end of a case tells; nothing, where no step of this cause ended it."""
        done = next((each for each in case.done if each.helped and each.cause == self._cause), None)
        if done is None or (done.step and done.step not in self._trace_of):
            return []
        trace = self._trace_of[done.step] if done.step else done.trace
        found = [((_SEEN, ""), trace)] if trace else []
        if done.told and done.step:
            found += [((_QUIET, ""), "" if trace else "quiet"), ((_WHICH, trace), done.step)]
        return found

    def likelihood(self, draws: Draws) -> float:
        return sum(self._of(kind, counts) for kind, counts in draws.items())

    def _of(self, kind: tuple[str, str], counts: Counter[str]) -> float:
        known = self._weights.get(kind, {})
        weights = {name: max(_LEAST_WEIGHT, known.get(name, 0.0)) for name in (*known, *counts)}
        whole, drawn = sum(weights.values()), counts.total()
        each = sum(lgamma(weights[name] + count) - lgamma(weights[name]) for name, count in counts.items())
        return each + lgamma(whole) - lgamma(whole + drawn)


def _most_different(cases: Sequence[Case], attributes: Attributes, law: _Law) -> tuple[str, str, float] | None:
    everything: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    by_value: dict[tuple[str, str], dict[tuple[str, str], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    terminals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case, draws in _fair(cases, law):
        for kind, name in draws:
            everything[kind][name] += 1
        for value in attributes.get(case.terminal, {}).items():
            terminals[value][case.terminal] += 1
            for kind, name in draws:
                by_value[value][kind][name] += 1
    looked_at = Counter(name for name, _ in by_value)
    whole = law.likelihood(everything)
    best: tuple[str, str, float] | None = None
    for value, inside in sorted(by_value.items()):
        enough = terminals[value].total() >= LEAST_CASES and len(terminals[value]) >= LEAST_TERMINALS
        if not enough:
            continue
        outside = {kind: counts - inside.get(kind, Counter()) for kind, counts in everything.items()}
        if not any(outside.values()):
            continue
        score = law.likelihood(inside) + law.likelihood(outside) - whole - log(looked_at[value[0]])
        if score > _SURE and (best is None or score > best[2]):
            best = (*value, score)
    return best


def _fair(cases: Sequence[Case], law: _Law) -> Iterator[tuple[Case, list[tuple[tuple[str, str], str]]]]:
    """Those that a step ended, no more than so many of one terminal: the latest."""
    of_one: Counter[str] = Counter()
    for case in sorted(cases, key=lambda case: -case.began):
        draws = law.drawn(case) if of_one[case.terminal] < _FROM_ONE else []
        if draws:
            of_one[case.terminal] += 1
            yield case, draws
