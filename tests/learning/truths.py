"""Made-up truths: which steps end a fault, and how often. None but the first is what the catalogue believes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from msgspec import Struct

from agent.remedy.catalogue import StepTemplate

SHARE_OF_ONE = 0.9  # of the faults, where one step ends nearly all
FAULTS, ENDED_BY = 6, 0.35  # sorts of faults, and the share of the steps that end each, where several steps end one


class Fault(Struct, frozen=True):
    """`ends`: ids of the steps any of which ends it."""

    probability: float
    ends: frozenset[str]


class Truth(Struct, frozen=True):
    """`minutes`: what each step really takes."""

    faults: tuple[Fault, ...]
    minutes: dict[str, float]


Weights = list[float]
Make = Callable[[Sequence[StepTemplate], random.Random], Truth]


def _one_step_each(steps: Sequence[StepTemplate], weights: Weights, minutes: dict[str, float] | None = None) -> Truth:
    whole = sum(weights)
    faults = tuple(Fault(weight / whole, frozenset({step.id})) for step, weight in zip(_movable(steps), weights, strict=True))
    return Truth(faults, minutes or {step.id: step.minutes for step in steps})


def _movable(steps: Sequence[StepTemplate]) -> list[StepTemplate]:
    return [step for step in steps if step.prior > 0]


def _drawn(count: int, dice: random.Random) -> Weights:
    """Any shares that sum to 1 are as likely as any others."""
    return [dice.gammavariate(1, 1) + 1e-9 for _ in range(count)]


def as_the_catalogue(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    return _one_step_each(steps, [step.prior for step in _movable(steps)])


def reversed_(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    return _one_step_each(steps, [step.prior for step in reversed(_movable(steps))])


def one_step(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    count = len(_movable(steps))
    weights = [(1 - SHARE_OF_ONE) / (count - 1)] * count
    weights[dice.randrange(count)] = SHARE_OF_ONE
    return _one_step_each(steps, weights)


def drawn(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    return _one_step_each(steps, _drawn(len(_movable(steps)), dice))


def even(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    return _one_step_each(steps, [1.0] * len(_movable(steps)))


def other_minutes(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    minutes = {step.id: step.minutes * 2 ** dice.uniform(-1, 1) for step in steps}
    return _one_step_each(steps, _drawn(len(_movable(steps)), dice), minutes)


def several_steps(steps: Sequence[StepTemplate], dice: random.Random) -> Truth:
    """Six sorts of faults, each of which any of some steps ends: more than the model of one step a fault allows."""
    ids = [step.id for step in _movable(steps)]
    shares = _drawn(FAULTS, dice)
    faults = []
    for share in shares:
        ends = frozenset(each for each in ids if dice.random() < ENDED_BY) or frozenset({dice.choice(ids)})
        faults.append(Fault(share / sum(shares), ends))
    return Truth(tuple(faults), {step.id: step.minutes for step in steps})
