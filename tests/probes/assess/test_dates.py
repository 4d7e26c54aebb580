"""Days that come again: month ends, leap years, and the ends of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.assess.dates import ONCE, Period, period, time_of, times_around

LAST_OF_JANUARY = date(2027, 1, 31)
MONTHLY = Period(months=1)
firsts = st.dates(date(2000, 1, 1), date(2199, 12, 31))
periods = st.one_of(st.builds(Period, months=st.integers(1, 120)), st.builds(Period, days=st.integers(1, 3650)))


@pytest.mark.parametrize(
    ("number", "day"), [(1, date(2027, 2, 28)), (2, date(2027, 3, 31)), (3, date(2027, 4, 30)), (13, date(2028, 2, 29))]
)
def test_the_end_of_a_month_is_counted_from_the_first_day(number: int, day: date) -> None:
    assert time_of(LAST_OF_JANUARY, MONTHLY, number) == day


def test_a_year_after_29_february() -> None:
    assert [time_of(date(2028, 2, 29), Period(months=12), number) for number in (1, 4)] == [date(2029, 2, 28), date(2032, 2, 29)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ONCE), (" ", ONCE), ("1 month", MONTHLY), ("Month", MONTHLY), ("2 weeks", Period(days=14)), ("1year", Period(months=12))],
)
def test_periods_as_they_are_written(text: str, found: Period) -> None:
    assert period(text) == found


@pytest.mark.parametrize("text", ["monthly", "0 days", "-1 day", "1.5 years", "11 years", "1 month 1 day", "١ month", "1", "9999 years"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        period(text)


def test_once_is_before_or_behind() -> None:
    day = timedelta(days=1)
    for around, found in (
        (LAST_OF_JANUARY - day, (None, LAST_OF_JANUARY)),
        (LAST_OF_JANUARY, (None, LAST_OF_JANUARY)),
        (LAST_OF_JANUARY + day, (LAST_OF_JANUARY, None)),
    ):
        assert times_around(LAST_OF_JANUARY, ONCE, around) == found


def test_the_calendar_ends() -> None:
    assert times_around(date(9999, 12, 26), Period(days=7), date.max) == (date(9999, 12, 26), None)


@given(firsts, periods, st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_the_last_before_a_day_and_the_first_after_are_next_to_each_other(first: date, every: Period, day: date) -> None:
    before, after = times_around(first, every, day)
    assert before is None or before < day
    assert after is not None and after >= day
    number = next(number for number in range(10**6) if time_of(first, every, number) == after) if (after - first).days < 20000 else None
    if number is not None:
        assert before == (time_of(first, every, number - 1) if number else None)
