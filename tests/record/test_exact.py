"""Exact intervals, held against published values and against what must be so."""

from __future__ import annotations

import math

import pytest

from agent.record.exact import beta_below, beta_quantile, can_tell, proportion, rate_ratio


@pytest.mark.parametrize(
    ("cases", "of", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 5
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
        (29, 29, 0.8806, 1.0),
    ],
)
def test_a_share_has_the_interval_of_clopper_and_pearson(cases: int, of: int, low: float, high: float) -> None:
    found = proportion(cases, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize("of", [1, 2, 7, 10, 30])
def test_at_its_ends_exactly_the_tails_are_left(of: int) -> None:
    """Held against the binomial distribution itself, summed."""
    for cases in range(of + 1):
        found = proportion(cases, of)
        at_least = sum(math.comb(of, k) * found.low**k * (1 - found.low) ** (of - k) for k in range(cases, of + 1))
        at_most = sum(math.comb(of, k) * found.high**k * (1 - found.high) ** (of - k) for k in range(cases + 1))
        assert found.low == 0.0 if cases == 0 else at_least == pytest.approx(0.025, rel=1e-9)
        assert found.high == 1.0 if cases == of else at_most == pytest.approx(0.025, rel=1e-9)


def test_the_ratio_of_two_rates_as_a_textbook_has_it() -> None:
    """Rothman's: breast cancer of women who were exposed to X-rays, 41 in 28,010 years, and who were not, 15 in 19,017."""
    found = rate_ratio(15, 19_017, 41, 28_010)
    assert found is not None
    assert (round(found.value, 6), round(found.low, 4), round(found.high, 4)) == (1.855759, 1.0057, 3.6093)


def test_the_other_way_round_it_is_the_inverse() -> None:
    there, back = rate_ratio(3, 10, 12, 25), rate_ratio(12, 25, 3, 10)
    assert there is not None and back is not None
    assert [there.value, there.low, there.high] == pytest.approx([1 / back.value, 1 / back.high, 1 / back.low])


def test_none_at_all_before_or_after() -> None:
    gone, new = rate_ratio(10, 30, 0, 30), rate_ratio(0, 30, 10, 30)
    left = 0.025**0.1  # the share before at which ten of ten fall there with 2.5 %
    assert gone is not None and (gone.value, gone.low) == (0.0, 0.0) and gone.high == pytest.approx((1 - left) / left)
    assert new is not None and (new.value, new.high) == (math.inf, math.inf) and new.low == pytest.approx(left / (1 - left))
    assert rate_ratio(0, 30, 0, 30) is None and rate_ratio(1, 0, 1, 30) is None and rate_ratio(1, 30, 1, 0) is None


@pytest.mark.parametrize(("before_s", "after_s"), [(1.0, 1.0), (1.0, 9.0), (30.0, 1.0)])
def test_what_can_be_told_at_all_is_what_the_interval_of_the_extremes_says(before_s: float, after_s: float) -> None:
    for cases in range(1, 200):
        extremes = [rate_ratio(cases, before_s, 0, after_s), rate_ratio(0, before_s, cases, after_s)]
        assert can_tell(cases, before_s, after_s) == any(each is not None and (each.high < 1 or each.low > 1) for each in extremes)
    assert not can_tell(5, 1, 1) and can_tell(6, 1, 1) and not can_tell(0, 1, 1) and not can_tell(9, 0, 1)


def test_many_cases_are_no_trouble() -> None:
    for cases in (1_000, 1_000_000):
        found = proportion(cases // 2, cases)
        half = 1.959964 * 0.5 / math.sqrt(cases)
        assert [found.low, found.high] == pytest.approx([0.5 - half, 0.5 + half], abs=2 / cases)


def test_the_distribution_and_its_quantile_are_of_one_piece() -> None:
    assert beta_below(0, 2, 3) == 0 and beta_below(1, 2, 3) == 1
    assert beta_below(0.3, 1, 1) == pytest.approx(0.3) and beta_below(0.5, 4.5, 4.5) == pytest.approx(0.5)
    for a, b in ((0.5, 0.5), (1, 400), (400, 1), (12, 30)):
        for share in (1e-9, 0.025, 0.5, 0.975):
            assert beta_below(beta_quantile(share, a, b), a, b) == pytest.approx(share, rel=1e-6)
