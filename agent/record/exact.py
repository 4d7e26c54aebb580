"""Exact intervals for counts: how far chance alone can carry a share, or the ratio of two rates. Pure; the standard library alone.

A share k of n has the interval of Clopper and Pearson (1934). The ratio of two rates has the conditional one: given how many cases there
were altogether, how many of them fell into the second time is binomial, whatever the rate itself is (Przyborowski and Wilenski 1940).
Neither ever covers less than it says.
"""

from __future__ import annotations

import math

from msgspec import Struct

CONFIDENCE = 0.95
_TINY, _CLOSE = 1e-300, 1e-15
_MOST_TERMS, _HALVINGS = 100_000, 400


class Interval(Struct, frozen=True):
    """`value`: the best guess; `high` may be infinite."""

    value: float
    low: float
    high: float


def proportion(cases: int, of: int, confidence: float = CONFIDENCE) -> Interval:
    """`of` is at least 1."""
    tail = (1 - confidence) / 2
    low = 0.0 if cases == 0 else beta_quantile(tail, cases, of - cases + 1)
    high = 1.0 if cases == of else beta_quantile(1 - tail, cases + 1, of - cases)
    return Interval(cases / of, low, high)


def rate_ratio(before: int, before_s: float, after: int, after_s: float, confidence: float = CONFIDENCE) -> Interval | None:
    """The rate after by the rate before: below 1, there are fewer. None where there is no case, or one of the times is empty."""
    if before + after == 0 or before_s <= 0 or after_s <= 0:
        return None
    share = proportion(after, before + after, confidence)
    found = (_odds(each) * before_s / after_s for each in (share.value, share.low, share.high))
    return Interval(*found)


def can_tell(cases: int, before_s: float, after_s: float, confidence: float = CONFIDENCE) -> bool:
    """Whether so many cases could show a difference at all, had each of them fallen into the same one of both times."""
    if cases == 0 or before_s <= 0 or after_s <= 0:
        return False
    share = after_s / (before_s + after_s)
    return min(share, 1 - share) ** cases < (1 - confidence) / 2


def beta_quantile(share: float, a: float, b: float) -> float:
    """Up to where the beta distribution holds so much of its mass; by halving, to the last digit."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: how much of the beta distribution lies below `x`."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)


def _fraction(x: float, a: float, b: float) -> float:
    """Its continued fraction, term by term from the front (Lentz 1976)."""
    above, below = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            below = 1 / _not_zero(1 + term * below)
            above = _not_zero(1 + term / above)
            value *= above * below
        if abs(above * below - 1) < _CLOSE:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
