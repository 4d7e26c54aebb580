"""Days and moments as people write them behind an option, in the time zone of this machine where none is written."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from agent.commands.failure import WrongOption
from probes.ground.moments import from_here, seconds_of

_SHOWN = 40  # characters of what is not understood


def begin(option: str, text: str | None) -> float | None:
    """Seconds since the epoch; of a day its beginning. Raises `WrongOption`."""
    return None if text is None else _seconds(option, text, 0)


def end(option: str, text: str | None) -> float | None:
    """Likewise; of a day its end."""
    return None if text is None else _seconds(option, text, 1)


def month(option: str, text: str) -> tuple[float, float]:
    """Its beginning and its end. Raises `WrongOption`."""
    try:
        first = date.fromisoformat(f"{text.strip()}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        begin, end = (seconds_of(from_here(datetime(each.year, each.month, 1))) for each in (first, following))
    except (ValueError, OverflowError, OSError):
        raise WrongOption(
            f"{option} 要写月份，如 2026-01，不能是 “{text[:_SHOWN]}”", f"{option} needs a month such as 2026-01, not “{text[:_SHOWN]}”"
        ) from None
    return begin, end


def date_alone(text: str) -> date | None:
    """A day in any of the ways that ISO 8601 writes one (2026-01-31, 20260131); None for what is more, or none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _seconds(option: str, text: str, days: int) -> float:
    try:
        if (alone := date_alone(text.strip())) is not None:
            day = alone + timedelta(days=days)
            return seconds_of(from_here(datetime(day.year, day.month, day.day)))
        moment = datetime.fromisoformat(text.strip())
        return seconds_of(moment if moment.tzinfo else from_here(moment))
    except (ValueError, OverflowError, OSError):
        raise WrongOption(
            f"{option} 要写日期，如 2026-01-31，或 2026-01-31T08:00，不能是 “{text[:_SHOWN]}”",
            f"{option} needs a date such as 2026-01-31, or 2026-01-31T08:00, not “{text[:_SHOWN]}”",
        ) from None
