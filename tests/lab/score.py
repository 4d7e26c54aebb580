"""From scenarios and what posdiag said of them to numbers. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.lab.play import Played, Said
from tests.lab.scenario import Kind, Scenario

INDETERMINATE = "unknown.indeterminate"
NO_CAUSE = "nothing"


@dataclass(frozen=True)
class Judged:
    """One scenario with its verdict held against the truth. Notices that a scenario allows are left out of everything."""

    scenario: Scenario
    played: Played

    @property
    def guesses(self) -> tuple[Said, ...]:
        return tuple(c for c in self.played.causes if c.severity != "notice" or c.code not in self.scenario.notices)

    @property
    def first(self) -> str:
        return self.guesses[0].code if self.guesses else NO_CAUSE

    @property
    def first_right(self) -> bool:
        """The first reported cause is a true one; of a healthy world, nothing is reported."""
        if not self.scenario.causes:
            return not self.guesses
        return self.first in self.scenario.causes

    @property
    def first_three_right(self) -> bool:
        """A true one is among the first three; what cannot be told apart stands for the causes that it names."""
        named = [code for c in self.guesses[:3] for code in ((c.code, *c.candidates) if c.code == INDETERMINATE else (c.code,))]
        return self.first_right or any(code in self.scenario.causes for code in named[:4])

    @property
    def category_right(self) -> bool:
        if not self.scenario.causes:
            return not self.alarm
        return (bool(self.guesses) and self.guesses[0].category == self.scenario.true_category) or self.first_right

    @property
    def state_right(self) -> bool:
        return self.played.state in self.scenario.states

    @property
    def alarm(self) -> bool:
        """Something is called wrong: the state is not ok, or a cause that is no notice stands there."""
        return self.played.state != "ok" or any(c.severity != "notice" for c in self.guesses)

    @property
    def missed(self) -> tuple[str, ...]:
        said = [c.code for c in self.guesses]
        return tuple(code for code in self.scenario.causes if code not in said)

    @property
    def invented(self) -> tuple[str, ...]:
        """Reported and not true, the first guess of a single fault aside, which the matrix has."""
        wrong = [c.code for c in self.guesses if c.code not in self.scenario.causes]
        return tuple(wrong[1:] if wrong and wrong[0] == self.first and self.scenario.kind is Kind.SINGLE else wrong)

    @property
    def right(self) -> bool:
        return self.first_right and self.state_right and not self.missed and not self.invented

    def true(self, said: Said) -> bool:
        """Whether this reported cause is so."""
        truth = {*self.scenario.causes, *self.scenario.notices}
        return said.code in truth or (said.code == INDETERMINATE and any(code in truth for code in said.candidates))


@dataclass(frozen=True)
class Steady:
    """A fault that came and went, over the documents of the daemon; the first one is from before."""

    scenario: Scenario
    played: Played

    @property
    def changes(self) -> int:
        states = self.played.states
        return sum(1 for before, after in itertools.pairwise(states) if before != after)

    @property
    def wrong_causes(self) -> tuple[str, ...]:
        truth = {*self.scenario.causes, *self.scenario.notices, "-"}
        return tuple(dict.fromkeys(code for code in self.played.leading if code not in truth))

    @property
    def right(self) -> bool:
        """At most one change, to what is broken; every cause named on the way is the true one, and it was named."""
        named = not self.scenario.causes or any(code in self.scenario.causes for code in self.played.leading)
        return self.changes <= 1 and not self.wrong_causes and named and self.played.state in self.scenario.states


def share(hits: Iterable[bool]) -> tuple[int, int]:
    listed = list(hits)
    return sum(listed), len(listed)


def percent(part: tuple[int, int]) -> str:
    hits, total = part
    return f"{100 * hits / total:.1f} % ({hits} of {total})" if total else "none"


def matrix(judged: Sequence[Judged]) -> dict[tuple[str, str], int]:
    """(true, first guess) -> how often. Healthy worlds stand under `nothing`."""
    counted: dict[tuple[str, str], int] = {}
    for each in judged:
        if each.scenario.kind in (Kind.SINGLE, Kind.HEALTHY):
            key = (each.scenario.causes[0] if each.scenario.causes else NO_CAUSE, each.first)
            counted[key] = counted.get(key, 0) + 1
    return counted


@dataclass(frozen=True)
class Bin:
    low: float
    high: float
    count: int
    said: float
    came_true: float


def claims(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """Every reported cause with its confidence, and whether it was so."""
    return [(c.confidence, each.true(c)) for each in judged for c in each.played.causes]


def reliability(claimed: Sequence[tuple[float, bool]], edges: Sequence[float] = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.001)) -> list[Bin]:
    bins = []
    for low, high in itertools.pairwise(edges):
        inside = [(p, t) for p, t in claimed if low <= p < high]
        if inside:
            count = len(inside)
            bins.append(Bin(low, min(1.0, high), count, sum(p for p, _ in inside) / count, sum(t for _, t in inside) / count))
    return bins


def brier(claimed: Sequence[tuple[float, bool]]) -> float:
    """Mean squared distance of the confidence from what was so (1 or 0); 0 is perfect."""
    return sum((p - t) ** 2 for p, t in claimed) / len(claimed) if claimed else 0.0


def quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
