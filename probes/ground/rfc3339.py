"""A moment as documents have it: RFC 3339, UTC, with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = 0.0
LATEST = 253402300799.0  # the last second of the year 9999


def utc(moment: float) -> str:
    """`2026-01-31T08:00:00.000Z`. A clock outside the years 1970 to 9999 is written as the nearest of them."""
    return nearest(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def nearest(moment: float) -> datetime:
    """Within those years."""
    return datetime.fromtimestamp(min(max(moment, EARLIEST), LATEST), UTC)
