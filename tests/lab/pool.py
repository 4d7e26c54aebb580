"""Several worlds at a time, each in a process of its own: the machine's own state stays apart, and a hang takes nobody along."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib import import_module

from tests.lab.play import Played, play
from tests.lab.scenario import Kind, Scenario
from tests.support.world import netns


def _scenarios(module: str) -> tuple[Scenario, ...]:
    found: tuple[Scenario, ...] = import_module(module).SCENARIOS
    return found


def _play(module: str, number: int) -> Played:
    scenario = _scenarios(module)[number]
    try:
        return play(scenario)
    except netns.CommandFailed as error:
        return Played(name=scenario.name, state="not made", text=str(error))


def play_all(
    numbers: Iterable[int], beside: int, tell: Callable[[Scenario, Played], None], *, of: str = "tests.lab.scenarios"
) -> dict[int, Played]:
    """`numbers`: places in `SCENARIOS` of the module `of`. `beside`: worlds at a time. The longest begin first.

    A world that cannot be made here counts as judged wrong, with the command that failed as its text.
    """
    scenarios = _scenarios(of)
    order = sorted(numbers, key=lambda number: scenarios[number].kind is not Kind.PASSING)
    played: dict[int, Played] = {}
    with ProcessPoolExecutor(beside, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(_play, of, number): number for number in order}
        for done in as_completed(waiting):
            number = waiting[done]
            played[number] = done.result()
            tell(scenarios[number], played[number])
    return played
