"""Times as files have them (RFC 3339, UTC) and as people read them (local, with offset). Seconds since the epoch inside."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = 0.0
LATEST = 253402300799.0  # the last second of the year 9999


def utc(moment: float) -> str:
    """`2026-01-31T08:00:00.000Z`. A clock outside the years 1970 to 9999 is written as the nearest of them."""
    return _within(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> float | None:
    """None for what is no RFC 3339 time with an offset."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.timestamp()
    except (ValueError, OverflowError):
        return None


def local(moment: float) -> str:
    """`2026-01-31 16:00:00+08:00`, in the time zone of this machine."""
    try:
        there = _within(moment).astimezone()
    except (OverflowError, OSError, ValueError):
        there = _within(moment)
    return there.isoformat(sep=" ", timespec="seconds")


def _within(moment: float) -> datetime:
    return datetime.fromtimestamp(min(max(moment, EARLIEST), LATEST), UTC)
