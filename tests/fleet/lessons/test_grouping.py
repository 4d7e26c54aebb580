"""Groups stand apart where they differ, and not by chance, not for one shop's habit, not for how much is told."""

from __future__ import annotations

import random

import pytest

from agent.diagnosis.causes import Cause
from agent.fleet.lessons.cases import Case, Done, End
from agent.fleet.lessons.grouping import Attributes, groups
from agent.remedy.catalogue import entry

CABLE = "operator.cable_unplugged"
STEPS = ("plug_cable", "plug_other_end", "replace_cable")
PEOPLE: Attributes = {
    f"T-{number}": {"model": ("A920", "P400", "X5")[number % 3], "region": f"r-{number % 7}", "store": f"S-{number // 4}"}
    for number in range(400)
}

Weights = dict[str, tuple[int, int, int]]


def cases(
    chance: random.Random, weights: dict[str, tuple[int, int, int]], each: int = 5, told: dict[str, float] | None = None
) -> list[Case]:
    """`weights`: of the steps, by model; `told`: the share that people tell."""
    found = []
    for name, known in PEOPLE.items():
        for number in range(each):
            step = chance.choices(STEPS, weights[known["model"]])[0]
            if chance.random() < (told or {}).get(known["model"], 0.5):
                done = Done(CABLE, step, "", helped=True, told=True)
            else:
                done = Done(CABLE, "", "link_replugged", helped=True, told=False)
            found.append(Case(terminal=name, began=number, until=9, cause=CABLE, last=CABLE, end=End.BY_A_STEP, done=(done,)))
    return found


def where(found: list[Case]) -> list[dict[str, str]]:
    return [each.where for each in groups(CABLE, found, PEOPLE, entry(Cause.of(CABLE)).steps)]


ALIKE = dict.fromkeys(("A920", "P400", "X5"), (5, 3, 2))


def test_a_model_of_which_another_step_helps_stands_apart_and_the_rest_together() -> None:
    made = cases(random.Random(1), ALIKE | {"A920": (1, 2, 7)})
    found = groups(CABLE, made, PEOPLE, entry(Cause.of(CABLE)).steps)
    assert [each.where for each in found] == [{"model": "A920"}, {}]
    assert len(found[0].cases) + len(found[1].cases) == len(made)
    assert {PEOPLE[case.terminal]["model"] for case in found[1].cases} == {"P400", "X5"}


@pytest.mark.parametrize("seed", range(30))
def test_alike_ones_stay_together(seed: int) -> None:
    assert where(cases(random.Random(seed), ALIKE)) == [{}]


def test_who_tells_more_is_no_other_kind() -> None:
    assert where(cases(random.Random(2), ALIKE, told={"A920": 1.0, "P400": 0.0, "X5": 0.5})) == [{}]


def test_one_shops_habit_is_no_groups() -> None:
    made = cases(random.Random(3), ALIKE)
    habit = Done(CABLE, "replace_cable", "", helped=True, told=True)
    made += [
        Case(terminal="T-7", began=number, until=number, cause=CABLE, last=CABLE, end=End.BY_A_STEP, done=(habit,)) for number in range(500)
    ]
    assert where(made) == [{}]


def test_three_kinds_stand_apart() -> None:
    assert len(where(cases(random.Random(4), {"A920": (8, 1, 1), "P400": (1, 8, 1), "X5": (1, 1, 8)}))) == 3
