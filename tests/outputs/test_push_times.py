"""Ten thousand terminals that start, or see a host fail, at one moment: how many of them send in the worst second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from agent.outputs import push_times
from probes.ground.spread import place_of

FLEET = 10_000
PLACES = [place_of(f"fleet\nT-{number}\n{number:032x}\n") for number in range(FLEET)]


def worst(times: Iterable[float]) -> int:
    return max(Counter(map(int, times)).values())


@pytest.mark.parametrize("every_s", [900.0, push_times.METERED_S])
def test_after_a_power_cut_they_come_spread(every_s: float) -> None:
    first = [push_times.first_at(0.0, place, every_s) for place in PLACES]
    assert max(first) < every_s / 3 + 1
    assert worst(first) < 2.5 * FLEET / (every_s / 3), "hardly more than on the average"


def test_from_then_on_each_has_its_own_place() -> None:
    now = [push_times.first_at(0.0, place, 900.0) for place in PLACES]
    for _ in range(5):
        later = [push_times.next_at(at, 0.0, place, 900.0) for at, place in zip(now, PLACES, strict=True)]
        assert all(450 <= second - first <= 1350 for first, second in zip(now, later, strict=True))
        assert worst(later) < 3 * FLEET / 900
        now = later
    assert all(push_times.next_at(at, 0.0, place, 900.0) - at == pytest.approx(900) for at, place in zip(now, PLACES, strict=True))


def test_what_all_see_at_once_is_not_told_at_once() -> None:
    assert worst(push_times.change_after_s(place) for place in PLACES) < 1.5 * FLEET / push_times.CHANGE_SPREAD_S


def test_a_collector_that_comes_back_is_not_met_by_all() -> None:
    """Each has failed six times; what it asked for is undercut by nobody."""
    rolls = [place_of(f"roll {number}") for number in range(FLEET)]
    assert worst(push_times.retry_after_s(6, roll) for roll in rolls) < 0.003 * FLEET
    asked = [push_times.retry_after_s(1, roll, 120.0) for roll in rolls]
    assert min(asked) >= 120 and worst(asked) < 0.03 * FLEET


def test_pauses_grow_and_end_somewhere() -> None:
    pauses = [push_times.retry_after_s(failures, 0.5) for failures in range(1, 40)]
    assert pauses[0] == push_times.RETRY_S and pauses == sorted(pauses) and pauses[-1] == push_times.MOST_RETRY_S
