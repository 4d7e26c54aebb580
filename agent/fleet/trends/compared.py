"""Before and after a day, for one group of terminals: what chance alone does not explain, and whether the others fared alike. Pure.

Cases of a day go together in ways that nobody knows (a bad day on a line, a weekend), so days differ more than chance has it; by as much
as they do, cases count for less (overdispersion, estimated from the days of both sides). What many shared at one moment is one case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agent.fleet.trends.counted import PERCENTILES, Day, Parted, Repair, Side
from agent.record.exact import CONFIDENCE, Interval, can_tell, rate_ratio

Numbers = NDArray[Any]
FEWEST_DAYS = 7  # watched on either side
_DRAWS = 2000
_HALF = 0.5  # what may be half as well as double tells nothing
_FEWEST_REPAIRS = 20
Verdict = str  # `more`, `fewer`: chance alone does not explain it; `alike`: it does; `too_few`: nothing can be told
TOO_FEW, ALIKE, MORE, FEWER = "too_few", "alike", "more", "fewer"


class Change(Struct, frozen=True, kw_only=True):
    """`ratio`: after by before; `others`: the same of all other terminals. `elsewhere`: as far as can be told the others changed alike, so
    it is nothing of this group."""

    before: int
    after: int
    ratio: Interval | None
    verdict: Verdict
    others: Interval | None = None
    elsewhere: bool = False


class Comparison(Struct, frozen=True, kw_only=True):
    """`cases`: how often something befell a terminal; `gain`: by how much the share of time grew in which payments were possible;
    `repair`: how long it took, as the ratio of the middle ones."""

    cases: Change
    gain: Interval | None
    others_gain: Interval | None
    repair: Change


def compared(parts: Parted, groups: int = 1) -> Comparison:
    """`groups`: how many are looked at: of twenty, one differs by chance alone, unless each is held to more."""
    confidence = 1 - (1 - CONFIDENCE) / max(groups, 1)
    return Comparison(
        cases=_cases(parts, confidence),
        gain=gain(parts.before.days, parts.after.days, confidence),
        others_gain=gain(parts.others_before.days, parts.others_after.days, CONFIDENCE),
        repair=_repair(parts.before.repair, parts.after.repair, confidence),
    )


def _cases(parts: Parted, confidence: float) -> Change:
    ratio, verdict = _rates(parts.before, parts.after, confidence)
    others, _ = _rates(parts.others_before, parts.others_after, CONFIDENCE)
    return Change(
        before=parts.before.cases,
        after=parts.after.cases,
        ratio=ratio,
        verdict=verdict,
        others=others,
        elsewhere=verdict in (MORE, FEWER) and others is not None and not _apart(parts, ratio, others, confidence),
    )


def _apart(parts: Parted, ratio: Interval | None, others: Interval, confidence: float) -> bool:
    """Whether the group changed otherwise than all others: the ratio of both ratios, by the error of its logarithm (Woolf 1955)."""
    if ratio is None or not 0 < ratio.value < math.inf or not 0 < others.value < math.inf:
        return ratio is not None and not ratio.low <= others.value <= ratio.high
    spread = 0.0
    for before, after in ((parts.before, parts.after), (parts.others_before, parts.others_after)):
        more = dispersion(before.days, after.days)
        spread += more / before.cases + more / after.cases
    return abs(math.log(ratio.value / others.value)) > _normal(1 - (1 - confidence) / 2) * math.sqrt(spread)


def _rates(before: Side, after: Side, confidence: float) -> tuple[Interval | None, Verdict]:
    had, has, had_s, has_s = before.cases, after.cases, before.watched_s, after.watched_s
    plain = rate_ratio(had, had_s, has, has_s, confidence)
    if plain is None or min(len(before.days), len(after.days)) < FEWEST_DAYS:
        return plain, TOO_FEW
    more = dispersion(before.days, after.days)
    few_had, few_has = math.floor(had / more), math.floor(has / more)
    wide = rate_ratio(few_had, had_s, few_has, has_s, confidence)
    if wide is None:
        return None, TOO_FEW
    ratio = Interval(plain.value, min(wide.low, plain.value), max(wide.high, plain.value))
    enough = can_tell(few_had + few_has, had_s, has_s, confidence)
    if not enough or (ratio.low < _HALF and ratio.high > 1 / _HALF):
        return ratio, TOO_FEW
    return ratio, FEWER if ratio.high < 1 else MORE if ratio.low > 1 else ALIKE


def dispersion(*times: Sequence[Day]) -> float:
    """How many times as much as by chance the days of a time differ from each other; at least 1."""
    off, free = 0.0, 0
    for days in times:
        watched = sum(day.watched_s for day in days)
        cases = sum(day.cases for day in days)
        if not cases or not watched:
            continue
        free += len(days) - 1
        for day in days:
            due = cases * day.watched_s / watched
            off += (day.cases - due) ** 2 / due if due else 0.0
    return max(1.0, off / free) if free > 0 else 1.0


def gain(before: Sequence[Day], after: Sequence[Day], confidence: float) -> Interval | None:
    """How far chance goes is told by all days dealt anew to both sides (Pitman 1937): a bad day is a bad day on either."""
    if min(len(before), len(after)) < FEWEST_DAYS:
        return None
    watched, paying = (np.array(each, np.int64) for each in zip(*((day.watched_s, day.paying_s) for day in (*before, *after)), strict=True))
    as_it_is = np.arange(len(watched))
    chance = np.random.default_rng(0)  # the same store gives the same answer
    deals = chance.permuted(np.tile(as_it_is, (_DRAWS, 1)), axis=1)
    (value,), dealt = (_gained(watched[order], paying[order], len(before)) for order in (as_it_is[None, :], deals))
    dealt.sort()
    tail = max(1, int((1 - confidence) / 2 * _DRAWS))
    return Interval(float(value), float(value - dealt[-tail]), float(value - dealt[tail - 1]))


def _gained(watched: Numbers, paying: Numbers, first: int) -> Numbers:
    """For each deal, by how much the share is larger in the days after the first ones."""
    before, after = (paying[:, part].sum(1) / watched[:, part].sum(1) for part in (slice(None, first), slice(first, None)))
    found: Numbers = after - before
    return found


def _repair(before: Repair | None, after: Repair | None, confidence: float) -> Change:
    had, has = before.cases if before else 0, after.cases if after else 0
    if before is None or after is None or min(had, has) < _FEWEST_REPAIRS:
        return Change(before=had, after=has, ratio=None, verdict=TOO_FEW)
    each = 1 - (1 - confidence) / 2  # of both, so that both hold
    (low, middle, high), (then_low, then_middle, then_high) = median(before, each), median(after, each)
    ratio = Interval(then_middle / max(middle, 1), then_low / max(high, 1), then_high / max(low, 1))
    verdict = FEWER if ratio.high < 1 else MORE if ratio.low > 1 else ALIKE
    return Change(before=had, after=has, ratio=ratio, verdict=verdict)


def median(repair: Repair, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """The middle, between how low and how high it may be: by ranks, whatever the lengths look like."""
    reach = _normal(1 - (1 - confidence) / 2) / (2 * math.sqrt(repair.cases))
    low, high = math.floor((0.5 - reach) * PERCENTILES), math.ceil((0.5 + reach) * PERCENTILES)
    return repair.percentiles[max(low, 0)], repair.percentiles[PERCENTILES // 2], repair.percentiles[min(high, PERCENTILES)]


def _normal(share: float) -> float:
    return NormalDist().inv_cdf(share)
