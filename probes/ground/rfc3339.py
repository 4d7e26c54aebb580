"""A moment as documents have it: RFC 3339, UTC, with milliseconds."""

from __future__ import annotations

from probes.ground.moments import nearest


def utc(moment: float) -> str:
    """`2026-01-31T08:00:00.000Z`. A clock outside the years 1970 to 9999 is written as the nearest of them."""
    return nearest(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")
