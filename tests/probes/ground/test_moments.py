"""Moments between seconds, UTC and the clock on the wall, held against the C library of a machine that counts seconds in 64 bits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.ground.moments import EARLIEST, LATEST, from_here, here, here_at, nearest, offset_like, seconds_of, utc_at

ANY = st.floats(min_value=EARLIEST, max_value=LATEST)


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(ANY)
def test_in_utc_it_is_what_the_c_library_says(seconds: float) -> None:
    assert nearest(seconds) == utc_at(seconds) == datetime.fromtimestamp(seconds, UTC)
    assert seconds_of(utc_at(seconds)) == utc_at(seconds).timestamp()


def test_beyond_the_calendar() -> None:
    assert (nearest(-1e9), nearest(1e18)) == (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    with pytest.raises(OverflowError):
        utc_at(1e18)
    with pytest.raises(TypeError):
        seconds_of(datetime(2026, 1, 31))


@pytest.mark.usefixtures("_zone")
def test_here_it_is_what_the_c_library_says() -> None:
    for seconds in range(0, 2 * 2**32, 7_654_321):
        there = here_at(seconds)
        assert there.replace(tzinfo=None) == datetime.fromtimestamp(seconds)
        assert here(utc_at(seconds)) == there == utc_at(seconds)
        assert seconds_of(from_here(datetime.fromtimestamp(seconds))) in (
            seconds,
            seconds - 3600,
            seconds - 1800,
        )  # where an hour comes twice


@pytest.mark.usefixtures("_zone")
def test_an_offset_that_is_not_known_is_that_of_the_same_day_of_the_last_year_that_is() -> None:
    """Not of the last second that is known: it is winter then."""
    wrong = 0
    for day in range(365 * 30):
        moment = datetime(2038, 1, 20, 12, tzinfo=UTC) + timedelta(days=day)
        told, true = offset_like(moment).utcoffset(None), moment.astimezone().utcoffset()
        assert told is not None and true is not None and abs(told - true) <= timedelta(hours=1)
        wrong += told != true
    assert wrong <= 30 * 14, "some days around each change of the clock, and no others"
    assert offset_like(datetime(2040, 2, 29, 12)).utcoffset(None) is not None


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_at_the_calendar_s_ends_it_stays_in_its_own_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for moment in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
            assert here(moment) == moment
        assert from_here(datetime.max).tzinfo is not None
    finally:
        monkeypatch.undo()
        time.tzset()
