"""One terminal after another meets a cause a hundred times; its steps are tried in their order until one ends the fault, and counted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from agent.contract.event import ClosedEvent, OpenedEvent
from agent.contract.experience import Tally
from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause, Owner
from agent.record.learned import Learned
from agent.remedy.catalogue import StepTemplate, entry
from agent.remedy.here import Platform
from agent.remedy.ordering import ordered, stays
from probes.ground.bilingual import Bilingual
from probes.settings import UplinkKind
from tests.learning import truths
from tests.learning.truths import Make, Truth

HORIZONS = (1, 5, 20, 100)
FLEET_CASES = 200
SEED = 20260131
_CAUSE = Cause.INDETERMINATE  # whichever
_LISTS, _STEPS, _MINUTES, _WITHOUT_CALL = 100, (4, 7), (1, 2, 2, 3, 4, 5, 8, 10), 0.9
# what made-up steps leave, in their order: two share one, and one leaves nothing
_LEFT = (
    Trace.LINK_REPLUGGED,
    Trace.ROUTER_RESTARTED,
    Trace.LINK_REPLUGGED,
    Trace.APP_RESTARTED,
    None,
    Trace.TERMINAL_RESTARTED,
    Trace.CONFIG_CHANGED,
)
_LEAST = 3  # steps that end something, or there is nothing to be ordered


class Kind(Struct, frozen=True, kw_only=True):
    """`blame`: the share of cases that are put down to another step. `turns_at`: the case from which another truth holds. `fleet`: whether
    the fleet's lessons are known from the first case on, and of which truth they are: `same` or `other`. `by_trace`: nobody tells which
    step it was, and the record has the traces alone."""

    name: str
    make: Make
    blame: float = 0.0
    turns_at: int | None = None
    fleet: str = ""
    by_trace: bool = False


KINDS = (
    Kind(name="as the catalogue says", make=truths.as_the_catalogue),
    Kind(name="the catalogue's probabilities in reverse", make=truths.reversed_),
    Kind(name="one step ends nine of ten", make=truths.one_step),
    Kind(name="any shares", make=truths.drawn),
    Kind(name="equal shares", make=truths.even),
    Kind(name="any shares, one case in ten put down to a wrong step", make=truths.drawn, blame=0.1),
    Kind(name="any shares, steps take half to twice their minutes", make=truths.other_minutes),
    Kind(name="any shares, and others from the 51st case on", make=truths.drawn, turns_at=51),
    Kind(name="several steps end the same fault", make=truths.several_steps),
    Kind(name="any shares, and nobody says which step it was", make=truths.drawn, by_trace=True),
    Kind(name="any shares, and the fleet's lessons are of the same", make=truths.drawn, fleet="same"),
    Kind(name="any shares, and the fleet's lessons are of others", make=truths.drawn, fleet="other"),
)


class World(Struct, frozen=True):
    """The steps of a cause as they are shown, and whether payments work meanwhile."""

    steps: tuple[StepTemplate, ...]
    paying: bool


class Result(Struct, frozen=True):
    """Mean minutes to repair over the first so many cases; `learnt`: of the order as it is after so many, and `best` of the best then."""

    fixed: dict[int, float]
    learning: dict[int, float]
    least: dict[int, float]
    after: dict[int, float]
    best: dict[int, float]
    course: tuple[tuple[float, float], ...]

    def cost(self, cases: int) -> float:
        """Of learning, over the fixed order's time."""
        return self.learning[cases] / self.fixed[cases]

    def beyond_best(self, cases: int) -> float:
        return self.after[cases] / self.best[cases]


def catalogued(dice: random.Random) -> list[World]:
    """Every cause with something to order, with the steps that are shown over a kind of uplink where no check is special; every rule."""
    shown = dict.fromkeys(_shown(code, kind) for code in Cause for kind in UplinkKind)
    return [World(steps, paying) for steps in filter(_orderable, shown) for paying in (False, True)]


def free(dice: random.Random) -> list[World]:
    """Made-up steps that nothing holds back, in the order of their own probability over minutes."""
    return [World(_made_up(dice), paying=False) for _ in range(_LISTS)]


def _made_up(dice: random.Random) -> tuple[StepTemplate, ...]:
    count = dice.randint(*_STEPS)
    shares = [dice.gammavariate(2, 1) for _ in range(count)]
    steps = [(share / sum(shares) * _WITHOUT_CALL, dice.choice(_MINUTES)) for share in shares]
    steps.sort(key=lambda each: -each[0] / each[1])
    told = Bilingual("", "")
    return tuple(
        StepTemplate(id=f"step_{number}", who=Owner.CASHIER, zh="", en="", expect=told, minutes=takes, prior=share, trace=_LEFT[number - 1])
        for number, (share, takes) in enumerate(steps, 1)
    )


def _shown(code: Cause, kind: UplinkKind) -> tuple[StepTemplate, ...]:
    """On a terminal with Linux, and of a device on a line."""
    return tuple(
        step
        for step in entry(code).steps
        if not (step.only_if or step.only_failed or step.seen)
        and step.place in ("", "line")
        and kind in (step.uplink or UplinkKind)
        and Platform.LINUX in (step.platform or Platform)
    )


def _orderable(steps: Sequence[StepTemplate]) -> bool:
    return sum(step.prior > 0 for step in steps) >= _LEAST


def minutes(order: Sequence[StepTemplate], truth: Truth) -> float:
    """The mean time to repair in this order."""
    total = 0.0
    for fault in truth.faults:
        for step in order:
            total += fault.probability * truth.minutes[step.id]
            if step.id in fault.ends:
                break
    return total


def best(world: World, truth: Truth) -> float:
    """Of all orders that the rules allow, by the shares and minutes that are true."""
    steps = world.steps
    before = [
        sum(1 << first for first in range(place) if stays(steps[first], step, paying=world.paying)) for place, step in enumerate(steps)
    ]

    @cache
    def least(done: int) -> float:
        tried = {step.id for place, step in enumerate(steps) if done >> place & 1}
        rest = sum(fault.probability for fault in truth.faults if not fault.ends & tried)
        if rest < 1e-12:
            return 0.0
        free = [place for place in range(len(steps)) if not done >> place & 1 and before[place] & ~done == 0]
        return min(rest * truth.minutes[steps[place].id] + least(done | 1 << place) for place in free)

    return least(0)


def incidents(world: World, kind: Kind, dice: random.Random) -> Iterator[tuple[float, float, float]]:
    """For each case, the mean minutes then: in the fixed order, in the learnt one, in the best."""
    truth = kind.make(world.steps, dice)
    here = Seen()
    fleet = _lessons(world, kind.make(world.steps, dice) if kind.fleet == "other" else truth, dice) if kind.fleet else {}
    known: dict[tuple[str, ...], float] = {}
    fixed, least = minutes(world.steps, truth), best(world, truth)
    for case in range(1, max(HORIZONS) + 2):
        if case == kind.turns_at:
            truth = kind.make(world.steps, dice)
            known.clear()
            fixed, least = minutes(world.steps, truth), best(world, truth)
        steps, traces = here.tallies
        order = ordered(world.steps, steps, fleet, traces, paying=world.paying)
        ids = tuple(step.id for step in order)
        if ids not in known:
            known[ids] = minutes(order, truth)
        yield fixed, known[ids], least
        tried, helped = _repaired(order, truth, dice, kind.blame)
        here.incident(world.steps, tried, helped, by_trace=kind.by_trace)


def _repaired(order: Sequence[StepTemplate], truth: Truth, dice: random.Random, blame: float) -> tuple[list[str], str]:
    """What was tried, and what is said to have helped."""
    (fault,) = dice.choices(truth.faults, [each.probability for each in truth.faults])
    tried: list[str] = []
    for step in order:
        tried.append(step.id)
        if step.id in fault.ends:
            break
    helped = tried[-1]
    if dice.random() < blame:
        helped = dice.choice([step.id for step in order if step.prior > 0])
    return tried, helped


class Seen:
    """A record of such incidents, counted as the product counts it."""

    def __init__(self) -> None:
        self._learned, self._number = Learned(), 0

    @property
    def tallies(self) -> tuple[dict[str, Tally], dict[str, Tally]]:
        steps, traces = self._learned.tallies()
        return steps.get(_CAUSE, {}), traces.get(_CAUSE, {})

    def incident(self, steps: Sequence[StepTemplate], tried: Sequence[str], helped: str, *, by_trace: bool = False) -> None:
        self._number += 1
        name, said = f"I-{self._number}", {each: _left(each, steps) if by_trace else {"step": each} for each in (*tried, helped)}
        at: dict[str, Any] = {"at": "2026-01-31T08:00:00.000Z", "boot_id": "", "running_s": 0.0}
        verdict: dict[str, Any] = {"state": "outage", "can_pay": "no", "subject": "", "category": None, "confidence": 1.0}
        self._learned.take(OpenedEvent(incident=name, chain=name, began_at=at["at"], cause=_CAUSE.value, **verdict, **at))
        ended_by = said[helped] | {"how": "seen" if said[helped] else "unknown"}
        before = tuple(said[each] for each in tried if each != helped and said[each])
        self._learned.take(ClosedEvent(incident=name, ended_at=at["at"], duration_s=1.0, ended_by=ended_by, tried=before, **at))


def _left(step_id: str, steps: Sequence[StepTemplate]) -> dict[str, Any]:
    """What the record has of a step that nobody tells of."""
    trace = next(step.trace for step in steps if step.id == step_id)
    sole = sum(step.trace == trace for step in steps) == 1
    return {"trace": trace.value, "step": step_id if sole else None} if trace else {}


def _lessons(world: World, truth: Truth, dice: random.Random) -> dict[str, Tally]:
    fleet = Seen()
    for _ in range(FLEET_CASES):
        fleet.incident(world.steps, *_repaired(world.steps, truth, dice, 0.0))
    return fleet.tallies[0]


def simulate(kind: Kind, worlds: Callable[[random.Random], Sequence[World]], rounds: int, every: int = 1) -> Result:
    """`every`: only each so many of the worlds."""
    dice = random.Random(f"{SEED} {kind.name}")
    courses = [list(incidents(world, kind, dice)) for _ in range(rounds) for world in worlds(dice)[::every]]
    mean = [tuple(sum(course[case][which] for course in courses) / len(courses) for which in range(3)) for case in range(len(courses[0]))]

    def over(which: int) -> dict[int, float]:
        return {count: sum(each[which] for each in mean[:count]) / count for count in HORIZONS}

    return Result(
        fixed=over(0),
        learning=over(1),
        least=over(2),
        after={count: mean[count][1] for count in HORIZONS},
        best={count: mean[count][2] for count in HORIZONS},
        course=tuple((each[1] / each[0], each[2] / each[0]) for each in mean),
    )
