"""Incidents that began together in one place are one fault that many had, and teach nobody which step helps; what falls together by chance,
or at the hour at which shops open, is left alone."""

from __future__ import annotations

import random

from agent.fleet.lessons.cases import Case, End
from agent.fleet.lessons.shared import EVERYWHERE, shared, together

NET, CABLE, PAPER = "network.internet_down", "operator.cable_unplugged", "operator.paper_out"
DAY_S = 86400
PEOPLE = {f"T-{number}": {"isp": f"isp-{number % 4}", "region": ("north", "south", "east")[number % 3]} for number in range(600)}


def one(terminal: str, began: int, cause: str = NET, seconds: int = 1800) -> Case:
    return Case(terminal=terminal, began=began, until=began + seconds, cause=cause, last=cause, end=End.NOBODY_KNOWS)


def ordinary(chance: random.Random, days: int = 60, each: int = 6) -> list[Case]:
    return [one(name, chance.randrange(days * DAY_S)) for name in PEOPLE for _ in range(each)]


def test_a_provider_that_fails_is_found_with_its_terminals_and_nobody_elses() -> None:
    chance = random.Random(1)
    at = 31 * DAY_S + 840  # over the border of two quarters of an hour
    hit = [one(name, at + chance.randrange(180)) for name, known in PEOPLE.items() if known["isp"] == "isp-2"]
    late = one("T-2", at + 1200, seconds=300)  # switched on meanwhile
    others = [one(name, at + chance.randrange(180)) for name in ("T-1", "T-4")]
    cases = [*ordinary(chance), *hit, late, *others]
    (fault,) = together(cases, PEOPLE)
    assert (fault.place, fault.terminals) == ((("isp",), ("isp-2",)), 150)
    found = shared(cases, PEOPLE, [fault])
    assert {*hit, late} <= found
    assert found.isdisjoint(others)
    assert len(found) < len(hit) + 8  # and a few of the same place that fell into it


def test_all_at_once_and_everywhere_is_one_too() -> None:
    chance = random.Random(2)
    hit = [one(name, 20 * DAY_S + chance.randrange(60), "system.gateway_down") for name in PEOPLE]
    (fault,) = together([*hit, *ordinary(chance)], {})
    assert (fault.place, fault.terminals) == (EVERYWHERE, 600)


def test_what_falls_together_by_chance_is_left_alone() -> None:
    for seed in range(20):
        assert together(ordinary(random.Random(seed), days=30, each=4), PEOPLE) == []


def test_the_hour_at_which_shops_open_is_no_fault() -> None:
    chance = random.Random(3)
    opening = [one(name, day * DAY_S + 8 * 3600 + chance.randrange(3600)) for name in PEOPLE for day in range(60) if chance.random() < 0.1]
    assert together([*ordinary(chance, each=1), *opening], PEOPLE) == []


def test_paper_is_nobodys_shared_fault_and_a_cable_is_no_provider() -> None:
    at = 10 * DAY_S
    papers = [one(f"T-{number}", at, PAPER) for number in range(300)]
    assert together(papers, PEOPLE) == []
    assert together([one("T-1", at), one("T-2", at)], PEOPLE) == []  # of two nothing can be told
