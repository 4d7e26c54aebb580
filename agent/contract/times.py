"""Times as files have them (RFC 3339, UTC) and as people read them (local, with offset). Seconds since the epoch inside."""

from __future__ import annotations

from datetime import datetime

from probes.ground.moments import EARLIEST, LATEST, here, nearest, seconds_of
from probes.ground.rfc3339 import utc

__all__ = ["EARLIEST", "LATEST", "local", "minute", "parse", "utc", "zone"]


def parse(text: str) -> float | None:
    """None for what is no RFC 3339 time with an offset."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else seconds_of(moment)
    except (ValueError, OverflowError):
        return None


def local(moment: float) -> str:
    """`2026-01-31 16:00:00+08:00`, in the time zone of this machine."""
    return here(nearest(moment)).isoformat(sep=" ", timespec="seconds")


def minute(moment: float) -> str:
    """`2026-01-31 16:00 (UTC+08:00)`, `2026-01-31 08:00 UTC`: for somebody elsewhere, in a sentence."""
    at = zone(moment)
    return f"{here(nearest(moment)):%Y-%m-%d %H:%M} {at if at == 'UTC' else f'({at})'}"


def zone(moment: float) -> str:
    """`UTC+08:00`, as it is on this machine at that moment; `UTC`."""
    offset = f"{here(nearest(moment)):%z}"
    return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:5]}"
