"""Moments as seconds since the epoch, in UTC, and as a clock on the wall shows them here; also where a C library counts seconds in 32 bits.

There (Debian 12's armhf) `fromtimestamp`, `gmtime`, `localtime`, `mktime`, `astimezone` and the `timestamp` of a local time raise
OverflowError for what is after 2038-01-19 or before 1901-12-13: the end of a certificate, a date in a file, the answer of a host whose
clock is wrong. In UTC nothing here asks the C library. The local time of a moment that it cannot tell has the offset of the same day and
hour of 2037, the last year that it knows whole: the zone's rules as they stand, an hour off for some days around a change of the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

EARLIEST = 0.0
LATEST = 253402300799.0  # the last second of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN_YEAR = 2037
_UNTOLD = (OverflowError, OSError, ValueError)


def nearest(seconds: float) -> datetime:
    """In UTC, within the years 1970 to 9999."""
    return utc_at(min(max(seconds, EARLIEST), LATEST))


def utc_at(seconds: float) -> datetime:
    """Raises OverflowError beyond the years 1 to 9999."""
    return _EPOCH + timedelta(seconds=seconds)


def seconds_of(moment: datetime) -> float:
    """Since the epoch. Raises TypeError for one without an offset from UTC: see `from_here`."""
    return (moment - _EPOCH).total_seconds()


def here_at(seconds: float) -> datetime:
    """With the offset of this machine's time zone then. Raises OverflowError beyond the years 1 to 9999."""
    return here(utc_at(seconds))


def here(moment: datetime) -> datetime:
    """The same moment with the offset of this machine's time zone then; with its own within a day of the calendar's ends."""
    try:
        return moment.astimezone()
    except _UNTOLD:
        pass
    try:
        return moment.astimezone(offset_like(moment.astimezone(UTC)))
    except _UNTOLD:
        return moment


def from_here(wall: datetime) -> datetime:
    """What a clock on the wall shows here, with its offset."""
    try:
        return wall.astimezone()
    except _UNTOLD:
        return wall.replace(tzinfo=offset_like(wall))


def offset_like(moment: datetime) -> timezone:
    """That of the same day and hour in a year that every C library knows."""
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return timezone(moment.replace(year=_KNOWN_YEAR, day=day).astimezone().utcoffset() or timedelta())
