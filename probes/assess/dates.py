"""Days that come again: after so many days, weeks, months or years, counted from the first one. Pure.

A month is the same day of a later month, or its last day where that one has fewer: 31 January and a month is 28 or 29 February, and a
month more is 31 March, for it is counted from the first day and not from the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from probes.model import Symptom
from probes.settings import DueDate

MOST_YEARS = 10  # of a period
_UNITS = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "year": (12, 0)}  # months, days
_WRITTEN = re.compile(r"\s*(?:(\d{1,4})\s*)?(day|week|month|year)s?\s*", re.IGNORECASE | re.ASCII)


class Period(Struct, frozen=True):
    """Either of the two is 0; with both there is no other time."""

    months: int = 0
    days: int = 0

    @property
    def once(self) -> bool:
        return not self.months and not self.days


ONCE = Period()


def period(text: str) -> Period:
    """`1 month`, `2 weeks`, `year`; an empty text: once. Raises ValueError."""
    if not text.strip():
        return ONCE
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    months, days = _UNITS[found[2].lower()]
    number = int(found[1] or 1)
    if not number or number * (months / 12 + days / 365) > MOST_YEARS:
        raise ValueError(text)
    return Period(months * number, days * number)


def time_of(first: date, every: Period, number: int) -> date | None:
    """The day on which it is due for the `number`-th time, from 0; None beyond the calendar, and for a second time of what is once."""
    if number < 0 or (number and every.once):
        return None
    try:
        if every.days:
            return first + timedelta(days=every.days * number)
        years, month = divmod(first.month - 1 + every.months * number, 12)
        year = first.year + years
        return date(year, month + 1, min(first.day, _last_day(year, month + 1)))
    except (OverflowError, ValueError):
        return None


def _last_day(year: int, month: int) -> int:
    if month == 12:
        return 31
    return (date(year, month + 1, 1) - timedelta(days=1)).day


def times_around(first: date, every: Period, day: date) -> tuple[date | None, date | None]:
    """The last time before a day, and the first one on it or after."""
    if every.once or day <= first:
        return (first, None) if first < day else (None, first)
    number = (day - first).days // every.days if every.days else ((day.year - first.year) * 12 + day.month - first.month) // every.months
    for near in (number, number + 1):
        time = time_of(first, every, near)
        if time is None or time >= day:
            return time_of(first, every, near - 1), time
    raise AssertionError("a period is longer than a period")


class Said(Struct, frozen=True):
    """Somebody said that it is done: on that day, and of which time, where that is known."""

    on: date
    of: date | None = None


class Turn(Struct, frozen=True):
    """`due`: the time that counts now, with the days until then, less than 0 afterwards. `done`: the last time that is done, as far as
    anybody said. `symptom`: what there is to be told of it."""

    due: date
    days_left: int
    done: date | None
    symptom: Symptom | None


def standing(wanted: DueDate, said: Iterable[Said], today: date) -> Turn:
    """What comes again moves on by itself, and is never told as passed; what is once stays until somebody says that it is done."""
    every = period(wanted.every)
    done = {time for each in said if (time := each.of or meant(wanted, each.on)) is not None}
    before, after = times_around(wanted.due, every, today)
    due = after or before or wanted.due
    while due in done and not every.once and (later := times_around(wanted.due, every, due + timedelta(days=1))[1]):
        before, due = due, later
    left = (due - today).days
    last = max((time for time in done if every.once or time <= due), default=None)
    symptom = None
    if due not in done:
        symptom = Symptom.DATE_PASSED if left < 0 else Symptom.DATE_DUE if today >= _reminded_from(wanted, due, before) else None
    return Turn(due, left, last, symptom)


def meant(wanted: DueDate, on: date) -> date | None:
    """Which time somebody means who says on that day that it is done: the next one, once it is told of; else whichever is nearer. None
    where the only one is so far away that another must have been meant, as before somebody wrote a new day into the configuration."""
    every = period(wanted.every)
    before, after = times_around(wanted.due, every, on)
    if after is None or on >= _reminded_from(wanted, after, before):
        return after or before
    if before is None:
        return None if every.once else after
    return before if on - before <= after - on else after


def _reminded_from(wanted: DueDate, due: date, before: date | None) -> date:
    """Never before its last time is over."""
    begin = due - timedelta(days=min(wanted.remind_days, (due - date.min).days))
    return begin if before is None else max(begin, before + timedelta(days=1))
