"""One made fleet, what was said of it, and what of that is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from agent.fleet.localise.families import family_of
from agent.fleet.localise.located import answer_of
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import Made
from tests.fleet.made.people import at

_SAME = 0.95  # of the terminals in either: another name for the same place


class Tally(Struct):
    """`exact`: true faults whose place was named, alone or among those that cannot be told apart. `rests`: reported, and said to be a rest
    of another; `false`: reported as a fault of its own, and none. `largest`: true faults that the largest group would have named."""

    fleets: int = 0
    true: int = 0
    exact: int = 0
    reported: int = 0
    rests: int = 0
    false: int = 0
    largest: int = 0
    wrong: list[str] = []

    def add(self, other: Tally) -> None:
        for name in ("fleets", "true", "exact", "reported", "rests", "false", "largest"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong = [*self.wrong, *other.wrong]


def judge(fleet: Made, name: str = "") -> Tally:
    faults = answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent, hours=fleet.hours).faults
    tally = Tally(fleets=1, true=len(fleet.truth), reported=len(faults), wrong=[])
    told: set[str] = set()
    for truth in fleet.truth:
        same = [fault for fault in faults if fault.id not in told and is_exact(fleet, truth, fault)]
        if same:
            tally.exact += 1
            told.add(same[0].id)
        else:
            tally.wrong.append(f"{name}: not told: {_shown(truth.family.value, truth.where)} ({truth.rate:.0%})")
        tally.largest += largest_group(fleet, truth.family) == truth.where
    for fault in faults:
        if fault.id in told:
            continue
        if fault.remnant_of is not None:
            tally.rests += 1
        else:
            tally.false += 1
            tally.wrong.append(f"{name}: told and not so: {_shown(fault.family, fault.where[0])} ({fault.failing} of {fault.of})")
    return tally


def is_exact(fleet: Made, truth: Injected, fault: Fault) -> bool:
    if fault.family != truth.family.value:
        return False
    if truth.where in fault.where:
        return True
    return bool(fault.where[0]) and _alike(fleet, truth.where, fault.where[0])


def _alike(fleet: Made, one: dict[str, str], other: dict[str, str]) -> bool:
    """They hold the same terminals, as they truly are."""
    a, b = at(fleet.people, one), at(fleet.people, other)
    return bool(np.count_nonzero(a & b) > _SAME * np.count_nonzero(a | b))


def largest_group(fleet: Made, family: Family) -> dict[str, str]:
    """What counting leads to: of every value of every attribute the one with the most terminals that fail so."""
    table = fleet.table
    if family is Family.SILENCE:
        failing = [number for number, silent in enumerate(fleet.silent) if silent]
    else:
        codes = {code for code, value in enumerate(table.causes.values) if value and family_of(value) is family}
        failing = [number for number, code in enumerate(table.causes.codes) if code in codes and not fleet.silent[number]]
    best: tuple[int, dict[str, str]] = (0, {})
    for attribute, column in table.attributes.items():
        counts = Counter(column.codes[number] for number in failing)
        counts.pop(0, None)
        for code, count in counts.most_common(1):
            if count > best[0]:
                best = count, {attribute: column.values[code]}
    return best[1]


def _shown(family: str, where: dict[str, str]) -> str:
    return f"{family} at {' · '.join(where.values()) or 'everywhere'}"


def summed(tallies: Sequence[Tally]) -> Tally:
    total = Tally(wrong=[])
    for each in tallies:
        total.add(each)
    return total
