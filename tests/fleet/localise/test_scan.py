"""The scan itself, on counts written down by hand."""

from __future__ import annotations

from math import log

import pytest

from agent.fleet.localise.scan import ACCEPTED, Candidate, eligible, likelihood, surely
from agent.fleet.model.counts import Count


def test_the_likelihood_is_kulldorff_s() -> None:
    inside, whole = Count(10, 8), Count(100, 10)
    expected = 8 * log(0.8) + 2 * log(0.2) + 2 * log(2 / 90) + 88 * log(88 / 90) - (10 * log(0.1) + 90 * log(0.9))
    assert likelihood(inside, whole) == pytest.approx(expected, abs=1e-12)
    assert likelihood(Count(10, 1), Count(100, 10)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("inside", "whole", "is_one"),
    [
        (Count(10, 2), Count(1000, 2), False),  # two are no group
        (Count(10, 3), Count(1000, 3), True),
        (Count(10, 10), Count(10, 10), False),  # there is no elsewhere
        (Count(100, 30), Count(1000, 120), False),  # 30 % and 10 %: not more than three times
        (Count(100, 31), Count(1000, 121), True),
        (Count(5000, 4750), Count(10_000, 7000), True),  # 95 % and 45 %: no rate is three times another there, odds are
        (
            Count(1000, 950),
            Count(10_000, 8500),
            False,
        ),  # one of nine regions that fail alike: no place, for the fleet fails
    ],
)
def test_what_may_be_a_place(inside: Count, whole: Count, is_one: bool) -> None:
    assert eligible(inside, whole) is is_one


def test_equal_scores_are_told_in_one_order() -> None:
    def named(rank: int, *values: str) -> Candidate:
        return Candidate(-9.5, rank, values, ("isp",), Count(9, 9), 0.0, 9.5)

    assert sorted([named(1, "a"), named(0, "b"), named(0, "a")]) == [named(0, "a"), named(0, "b"), named(1, "a")]
    assert sorted([named(0, "a"), Candidate(-9.6, 5, ("z",), ("store",), Count(1, 1), 0.0, 9.6)])[0].score == 9.6


def test_where_most_cannot_be_judged_the_few_that_fail_are_no_place() -> None:
    """Three of six that are left on a host that is down, where 35 others tell nothing but that."""
    inside, whole = Count(6, 3, hidden=35), Count(13_568, 26, hidden=5900)
    assert surely(inside, whole, 5.0) < ACCEPTED < likelihood(inside, whole)
    assert surely(Count(60, 20, hidden=300), whole, 5.0) > ACCEPTED


def test_what_is_accepted_is_a_thousand_times_likelier() -> None:
    assert pytest.approx(log(1000)) == ACCEPTED
