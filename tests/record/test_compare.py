"""Before and after a day: counts by watched time, with how far chance alone goes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agent.record.compare import Comparison, compared, gain
from agent.record.exact import rate_ratio
from tests.support.lived import CABLE, DAY_S, FIRST, Made, shop

MIDDLE = 30


def comparison(made: Made, day: int = MIDDLE, days: int = 61, whole_from: str | None = None) -> Comparison:
    told, lived = made.told(made.first, made.first + timedelta(days=days - 1), 24.0 * days)
    return compared(told.days, lived, made.first + timedelta(days=day), whole_from)


def failing(before: int, after: int, *, minutes: float = 60, then_s: int = DAY_S) -> Made:
    """So many times within 30 days on either side. `then_s`: what was watched of each of the later days."""
    made = Made()
    for side, count in ((0, before), (MIDDLE + 1, after)):
        lost = [0] * MIDDLE
        for number in range(count):
            lost[number * MIDDLE // max(1, count)] += int(minutes * 60)
            made.incident(24 * (side + number * MIDDLE // max(1, count)) + 8 + number % 3, minutes)
        for number in range(MIDDLE):
            made.day(side + number, lost[number], then_s if side else DAY_S)
    made.day(MIDDLE)
    made.days.sort(key=lambda each: each.day)
    made.events.sort(key=lambda each: each.at)
    return made


def test_known_numbers() -> None:
    found = comparison(failing(12, 3))
    assert (found.before.days, found.after.days) == (30, 30)
    assert found.before.watched_s == 30 * DAY_S and found.before.share == pytest.approx(1 - 12 * 3600 / (30 * DAY_S))
    assert (found.incidents.before, found.incidents.after) == (12, 3)
    assert found.incidents.ratio == rate_ratio(12, 30, 3, 30)
    assert found.incidents.ratio is not None and found.incidents.ratio.value == 0.25
    assert found.verdict == "fewer"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (0, 0, "too_few"),
        (1, 0, "too_few"),
        (0, 5, "too_few"),
        (6, 0, "fewer"),
        (0, 6, "more"),
        (9, 6, "too_few"),
        (3, 14, "more"),
        (30, 25, "alike"),
    ],
)
def test_what_chance_alone_can_do_is_no_difference(before: int, after: int, verdict: str) -> None:
    assert comparison(failing(before, after)).verdict == verdict


def test_what_was_watched_less_is_no_better() -> None:
    """Half as many in half of the time is as many."""
    found = comparison(failing(40, 20, then_s=DAY_S // 2))
    assert found.incidents.ratio is not None and found.incidents.ratio.value == pytest.approx(1.0) and found.verdict == "alike"


def test_the_day_itself_belongs_to_neither_side() -> None:
    made = failing(6, 0)
    made.incident(24 * MIDDLE + 9, 60)
    found = comparison(made)
    assert (found.incidents.before, found.incidents.after) == (6, 0)


def test_what_comes_back_again_and_again_is_one_case() -> None:
    made = failing(0, 0)
    for number in range(20):
        made.incident(24 + number, 10, chain="I-1")
    found = comparison(made)
    assert (found.incidents.before, found.separate.before) == (20, 1)
    assert found.incidents.verdict == "fewer" and found.separate.verdict == "too_few" == found.verdict


def test_planned_work_is_no_incident_and_what_does_not_stop_payments_is_counted_apart() -> None:
    made = failing(0, 0)
    for number in range(8):
        made.incident(24 * number + 9, 10, CABLE, state="degraded", can_pay="yes")
    found = comparison(made)
    assert (found.incidents.before, found.stopped.before) == (8, 0)
    assert (found.incidents.verdict, found.stopped.verdict) == ("fewer", "too_few")


def test_days_whose_incidents_are_told_by_totals_alone_do_not_count() -> None:
    found = comparison(failing(12, 3), whole_from=f"{FIRST + timedelta(days=20)}T05:00:00.000Z")
    assert found.before.days == 9 and found.whole_from is not None
    assert comparison(failing(12, 3), whole_from=f"{FIRST}T05:00:00.000Z").whole_from is None, "it was all there"


def test_an_incident_of_a_day_whose_watching_is_not_told_does_not_count() -> None:
    made = failing(6, 6)
    gone = {(FIRST + timedelta(days=MIDDLE + 1 + number)).isoformat() for number in range(15)}
    made.days = [each for each in made.days if each.day not in gone]
    assert comparison(made).incidents.after == 3


def test_one_side_that_nobody_watched() -> None:
    made = failing(12, 3)
    made.days = [each for each in made.days if each.day < FIRST.replace(day=20).isoformat()]
    found = comparison(made)
    assert found.after.share is None and found.incidents.ratio is None and found.verdict == "too_few" and found.gain is None


def test_the_gain_of_time_has_an_interval_and_a_single_long_outage_says_nothing() -> None:
    better = comparison(failing(15, 1, minutes=240)).gain
    assert better is not None and better.value == pytest.approx(14 * 4 / 720) and 0 < better.low < better.value < better.high
    same = comparison(failing(10, 9, minutes=240)).gain
    assert same is not None and same.low < 0 < same.high
    one = Made()
    for number in range(61):
        one.day(number, DAY_S if 5 <= number < 15 else 0)
    told, _ = one.told(FIRST, FIRST + timedelta(days=60), 24.0 * 61)
    assert gain(told.days[:30], told.days[31:]) is None, "ten days of it are one case"


def test_a_week_in_which_nothing_happened_is_no_better_than_two_months_with_little() -> None:
    made = Made()
    for number in range(68):
        made.day(number, 3600 if number > 7 and number % 6 == 0 else 0)
    found = comparison(made, day=7, days=68).gain
    assert found is not None and found.low < found.value < 0 <= found.high


def test_the_same_record_gives_the_same_numbers() -> None:
    made = shop(60, mended=30)
    assert comparison(made) == comparison(made) and comparison(made).gain is not None


def test_a_day_beyond_what_is_known_is_no_trouble() -> None:
    found = compared((), [], date(2030, 1, 1), None)
    assert (found.before.days, found.after.days, found.verdict) == (0, 0, "too_few")
