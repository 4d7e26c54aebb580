"""What a step of confidence is worth is learnt from other families alone."""

from __future__ import annotations

import pytest

from tests.lab.families import Family, learnt, left_out

SEEN = Family("links", False, tuple((0.95, True) for _ in range(8)))
STRANGE = Family("batch 1", True, ((0.95, False), (0.95, True), (0.6, True)))


def test_a_family_says_nothing_of_itself() -> None:
    assert left_out([SEEN, STRANGE], met=True) == [(0.5, True), (pytest.approx(0.9), False), (pytest.approx(0.9), True)]
    assert left_out([SEEN, STRANGE], met=False) == [(0.5, True)] * 8


def test_each_family_counts_alike() -> None:
    assert learnt(2, [SEEN, STRANGE]) == pytest.approx((0.9 + 0.5) / 2)
    assert learnt(1, [SEEN, STRANGE]) == 0.5
