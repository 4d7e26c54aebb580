"""The month's faults in their order: by chance, and the same for the same number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from tests.lab.month.kinds import KINDS, Kind, Mend

MONTH_S = 30 * 86400.0
FAULTS = 66
# of the faults, so many meet with this
_BESIDE, _VAIN, _STRUCK = 0.18, 0.5, 0.4
_WAY = {"link", "line", "names"}
STRIKES = ("killed at the fault", "killed in the fault", "killed before it is over", "restarted in the fault", "clock steered",
           "killed while all is well", "restarted while all is well")  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """`lasts_s` until something is done, `vain` before that; `strike`: what befalls the service besides; `well_s`: watched before it;
    `cut_s`: cut out before that. `beside`: another one that begins while it lasts, and which of them is mended first."""

    kind: Kind
    mend: Mend
    lasts_s: float
    well_s: float
    cut_s: float
    vain: Mend | None = None
    strike: str = ""
    beside: tuple[Kind, Mend] | None = None
    beside_first: bool = False


def schedule(seed: int, faults: int) -> list[Fault]:
    chance = random.Random(seed)
    kinds = [KINDS[number % len(KINDS)] for number in range(max(faults, len(KINDS)))]
    chance.shuffle(kinds)
    mends = _every_mend(chance)
    plan = []
    strikes = list(STRIKES)
    chance.shuffle(strikes)
    for number, kind in enumerate(kinds[:faults]):
        mend = next(mends[kind.name])
        beside = _beside(chance, kind) if chance.random() < _BESIDE else None
        struck = beside is None and chance.random() < _STRUCK
        plan.append(
            Fault(
                kind=kind,
                mend=mend,
                lasts_s=chance.choice((60, 150, 300, 600)) * chance.uniform(0.8, 1.2),
                well_s=chance.uniform(400, 900),
                cut_s=MONTH_S / faults * chance.uniform(0.7, 1.3),
                vain=chance.choice(kind.vain) if kind.vain and not beside and chance.random() < _VAIN else None,
                strike=strikes[number % len(strikes)] if struck else "",
                beside=beside,
                beside_first=chance.random() < 0.5,
            )
        )
    return plan


def _every_mend(chance: random.Random) -> dict[str, Iterator[Mend]]:
    """Of each kind: its repairs in turn."""
    found: dict[str, Iterator[Mend]] = {}
    for kind in KINDS:
        first = chance.randrange(len(kind.mends))
        found[kind.name] = cycle(kind.mends[first:] + kind.mends[:first])
    return found


def _beside(chance: random.Random, kind: Kind) -> tuple[Kind, Mend] | None:
    """One that is made elsewhere."""
    other = chance.choice([each for each in KINDS if each.where != kind.where and not {each.where, kind.where} <= _WAY])
    return other, chance.choice(other.mends)


def short() -> list[Fault]:
    """A few, for every day: one of the cable with a start of the machine in vain, one killed at the fault, one while another lasts, and one
    whose clock is set."""

    def fault(name: str, **more: Any) -> Fault:
        kind = next(each for each in KINDS if each.name == name)
        return Fault(kind, kind.mends[0], 150, 200, 40_000, **more)

    cable, printer = fault("the cable is out"), fault("the printer is unplugged")
    return [
        replace(cable, vain=cable.kind.vain[0]),
        fault("the host refuses", strike="killed at the fault"),
        fault("the application was stopped", beside=(printer.kind, printer.mend)),
        fault("the clock is three hours ahead"),
        fault("the paper is out", strike="killed before it is over"),
    ]
