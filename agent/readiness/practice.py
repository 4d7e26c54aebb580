"""A made-up fault for the staff to practise: what the screen would say with this shop's names, and what to do first among what is for other
faults. Everything follows from the seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.experience import Experience
from agent.diagnosis.causes import Cause, Owner
from agent.remedy.catalogue import entry, name_of
from agent.remedy.here import Here
from agent.remedy.possible import Possible
from agent.remedy.prepared import Prepared, steps_of, summary_of
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.model import Layer
from probes.model.vocabulary import PATH

CHOICES = 3
# remarks and doubts, in which there is nothing to be done first
_NO_FAULT = frozenset(
    {
        *(Cause.DATE_DUE, Cause.DATE_PASSED, Cause.PAPER_LOW, Cause.GATEWAY_CERTIFICATE_EXPIRING, Cause.SLOW, Cause.DNS_SLOW),
        *(Cause.UNSTABLE, Cause.WEAK_SIGNAL, Cause.LINK_ERRORS, Cause.CPU_OVERLOADED, Cause.MEMORY_EXHAUSTED, Cause.INDETERMINATE),
    }
)


class Choice(Struct, frozen=True, kw_only=True):
    """A first step, and the cause that it is for."""

    cause: Cause
    step: Prepared


class Practice(Struct, frozen=True, kw_only=True):
    """`right`: the number of the choice that is for this fault, from 0. `steps`: all of them, in their order."""

    cause: Cause
    name: Bilingual
    summary: Bilingual
    recognised: Bilingual
    steps: tuple[Prepared, ...]
    choices: tuple[Choice, ...]
    right: int

    @property
    def stops(self) -> bool:
        """Whether such a fault stops payments as a rule."""
        return self.cause.layer in (*PATH, Layer.APP)


def to_practise(cases: Sequence[Possible]) -> list[Possible]:
    return [case for case in cases if case.cause not in _NO_FAULT]


def practice(
    cases: Sequence[Possible], wanted: Cause | None, settings: Settings, here: Here, experience: Experience, seed: float
) -> Practice | None:
    """`wanted`: None for any, best one whose first step is the cashier's. None where this terminal has no such fault, or nothing to choose
    among."""
    dice = random.Random(seed)  # noqa: S311 - it only shuffles
    cases = to_practise(cases)
    firsts = {case.cause: steps_of(case, settings, here, experience) for case in cases}
    able = [case for case in cases if firsts[case.cause] and wanted in (None, case.cause)]
    if not able:
        return None
    case = dice.choice([each for each in able if firsts[each.cause][0].who is Owner.CASHIER] or able)
    case = replace(case, about=(dice.choice(case.about),)) if case.about else case
    steps = steps_of(case, settings, here, experience)
    own = {text for step in steps for text in (step.text.zh, step.text.en)}
    helpful = _does(case.cause, steps)
    others: dict[str, Choice] = {}
    for other in dice.sample(cases, len(cases)):
        first = next(iter(firsts[other.cause]), None)
        if first is None or other.cause is case.cause or {first.text.zh, first.text.en} & own:
            continue
        if not _does(other.cause, (first,)) & helpful:  # what may help here as well is no wrong answer
            others.setdefault(first.id, Choice(cause=other.cause, step=first))
    wrong = [each for each in others.values() if each.step.id != steps[0].id]
    wrong = sorted(wrong, key=lambda each: each.cause.layer is case.cause.layer)[: CHOICES - 1]  # those of elsewhere first
    if not wrong:
        return None
    choices = [Choice(cause=case.cause, step=steps[0]), *wrong]
    dice.shuffle(choices)
    return Practice(
        cause=case.cause,
        name=name_of(case.cause),
        summary=summary_of(case, settings, here),
        recognised=entry(case.cause).recognised,
        steps=steps,
        choices=tuple(choices),
        right=next(number for number, each in enumerate(choices) if each.cause is case.cause),
    )


def _does(cause: Cause, steps: Sequence[Prepared]) -> set[str]:
    """The traces that these steps leave, and the checks that tell whether they have helped."""
    ids = {step.id for step in steps}
    templates = [each for each in entry(cause).steps if each.id in ids]
    return {each.trace.value for each in templates if each.trace is not None} | {each.verify for each in templates if each.verify}
