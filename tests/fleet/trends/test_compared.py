"""What is told of two times, held against draws whose truth is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from agent.fleet.trends.compared import ALIKE, FEWER, MORE, TOO_FEW, compared, dispersion, median
from agent.fleet.trends.counted import Day, Parted, Repair, Side

DAY_S = 86400
TERMINALS = 300


def side(chance: np.random.Generator, days: int, rate: float, *, uneven: float = 0.0, down_s: float = 3600) -> Side:
    """`rate`: cases a terminal and day; `uneven`: by how much days differ beyond chance (the variance of their factor)."""
    made = []
    for number in range(days):
        factor = chance.gamma(1 / uneven, uneven) if uneven else 1.0
        cases = int(chance.poisson(TERMINALS * rate * factor))
        watched = TERMINALS * DAY_S
        down = min(int(cases * chance.exponential(down_s)), watched)
        made.append(Day(date(2026, 1, 1) + timedelta(days=number), TERMINALS, watched, watched - down, cases, cases))
    return Side(made)


def drawn(seed: int, ratio: float, *, others: float = 1.0, days: int = 21, rate: float = 0.05, uneven: float = 0.0) -> Parted:
    chance = np.random.default_rng(seed)
    return Parted(*(side(chance, days, rate * each, uneven=uneven) for each in (1, ratio, 1, others)))


@pytest.mark.parametrize("uneven", [0.0, 0.3, 1.0])
def test_where_nothing_changed_it_is_seldom_said_that_something_did(uneven: float) -> None:
    found = [compared(drawn(seed, 1.0, uneven=uneven)) for seed in range(150)]

    assert sum(each.cases.verdict in (MORE, FEWER) for each in found) <= 14  # 5 % are 7 or 8
    assert sum(each.gain is not None and not each.gain.low <= 0 <= each.gain.high for each in found) <= 14


@pytest.mark.parametrize(("ratio", "verdict"), [(2.0, MORE), (0.5, FEWER)])
def test_what_doubled_or_halved_is_found(ratio: float, verdict: str) -> None:
    found = [compared(drawn(seed, ratio, uneven=0.05)) for seed in range(25)]

    assert sum(each.cases.verdict == verdict for each in found) >= 23
    assert not any(each.cases.elsewhere for each in found)
    assert all(each.cases.ratio is not None and each.cases.ratio.low < ratio < each.cases.ratio.high for each in found[:5])


def test_what_changed_everywhere_is_nothing_of_the_group() -> None:
    found = [compared(drawn(seed, 2.0, others=2.0)) for seed in range(25)]

    assert sum(each.cases.verdict == MORE and each.cases.elsewhere for each in found) >= 23


def test_many_groups_are_held_to_more() -> None:
    """Of forty groups in which nothing changed, one or two would differ by chance alone."""
    found = [compared(drawn(seed, 1.0), groups=40) for seed in range(60)]

    assert sum(each.cases.verdict in (MORE, FEWER) for each in found) <= 1


@pytest.mark.parametrize(("days", "rate"), [(6, 0.05), (21, 0.0001), (21, 0.0)])
def test_too_few_days_or_cases_tell_nothing(days: int, rate: float) -> None:
    found = compared(drawn(1, 1.0, days=days, rate=rate))

    assert found.cases.verdict == TOO_FEW
    assert found.repair.verdict == TOO_FEW


def test_one_terrible_day_is_no_trend() -> None:
    parts = drawn(1, 1.0)
    bad = list(parts.after.days)
    bad[3] = Day(bad[3].day, TERMINALS, bad[3].watched_s, bad[3].watched_s // 2, 400, 400)
    found = compared(Parted(parts.before, Side(bad), parts.others_before, parts.others_after))

    assert found.cases.verdict in (ALIKE, TOO_FEW)
    assert found.gain is not None and found.gain.low <= 0 <= found.gain.high


def test_days_of_chance_alone_have_no_dispersion() -> None:
    chance = np.random.default_rng(1)
    assert dispersion(side(chance, 200, 0.05).days) < 1.3
    assert dispersion(side(chance, 200, 0.05, uneven=1.0).days) > 5
    assert dispersion(()) == 1.0


def repairs(chance: np.random.Generator, count: int, middle_s: float) -> Repair:
    lengths = middle_s * np.exp(chance.normal(0, 1, size=count))
    return Repair(count, list(np.quantile(lengths, np.linspace(0, 1, 101))))


def test_repairs_that_take_as_long_are_seldom_said_to_differ_and_slower_ones_are_found() -> None:
    chance = np.random.default_rng(1)
    parts = drawn(1, 1.0, days=7)

    def verdict(slower: float) -> str:
        before, after = Side(parts.before.days, repairs(chance, 400, 1800)), Side(parts.after.days, repairs(chance, 400, 1800 * slower))
        return compared(Parted(before, after, parts.others_before, parts.others_after)).repair.verdict

    assert sum(verdict(1.0) != ALIKE for _ in range(60)) <= 6
    assert sum(verdict(2.0) == MORE for _ in range(20)) >= 19


def test_the_middle_lies_between_what_is_said() -> None:
    chance = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        low, _, high = median(repairs(chance, 60, 1800))
        held += low <= 1800 <= high
    assert held >= 185
