"""All of them, each played in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.lab.traces import at_the_till, machine_and_hosts, on_the_way
from tests.lab.traces.case import Result, play

CASES = (*on_the_way.CASES, *at_the_till.CASES, *machine_and_hosts.CASES)


def _play(number: int) -> Result:
    return play(CASES[number])


def play_all(numbers: Iterable[int], beside: int, tell: Callable[[Result], None]) -> dict[int, Result]:
    """`beside`: worlds at a time. A world that cannot be made is told as such, and the others go on."""
    results: dict[int, Result] = {}
    with ProcessPoolExecutor(beside, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(_play, number): number for number in numbers}
        for done in as_completed(waiting):
            number = waiting[done]
            try:
                results[number] = done.result()
            except Exception as error:
                results[number] = Result(CASES[number].name, CASES[number].ended, "", trouble=f"{type(error).__name__}: {error}")
            tell(results[number])
    return results
