"""What a person says behind `posdiag told`: days and times as people write them, and what goes with what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from agent.commands.dates import date_alone
from agent.commands.failure import WrongOption
from agent.commands.request import Said
from agent.contract.times import utc
from agent.contract.word import NAME, TEXT
from agent.status.spoken import on_one_line
from probes.ground.clock import Clock
from probes.ground.moments import from_here, here_at, seconds_of

MOST_DAYS, MOST_WORK = 366, timedelta(days=31)
_SHOWN = 40  # characters of what is not understood
_NAMED = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2}
_DAYS = re.compile(r"\+?(\d{1,3})\s*(?:d|days?|天)?", re.IGNORECASE)
_CLOCK = re.compile(r"((?:[01]?\d|2[0-3])(?=[:：])|24(?=[:：]00))[:：]([0-5]\d)")
_SPAN = re.compile(r"\+?(\d{1,4})\s*(m|min|minutes?|分钟?|h|hours?|小时|d|days?|天)", re.IGNORECASE)
_OVER = ("now", "over", "done", "现在", "结束")
_UNITS = {"m": "minutes", "分": "minutes", "h": "hours", "小": "hours", "d": "days", "天": "days"}


def said(given: Callable[[str], str | None], text: str, now: datetime | None = None) -> Said:
    """`given`: the value of an option, without its dashes. `now`: with its time zone. Raises `WrongOption`."""
    found = {name: value for name in Said.__struct_fields__ if (value := given(name)) is not None}
    for name, value in found.items():
        if not value.strip():
            raise WrongOption(f"--{name} 后面是空的", f"--{name} has nothing after it")
        if len(value) > NAME:
            raise WrongOption(f"--{name} 最多 {NAME} 个字符", f"--{name} takes at most {NAME} characters")
        if not on_one_line(value):
            raise WrongOption(f"--{name} 后面没有看得见的字", f"what stands behind --{name} cannot be seen")
    if text.strip() and not on_one_line(text):
        raise WrongOption("这段话里没有看得见的字", "nothing in the text can be seen")
    if len(text) > TEXT:
        raise WrongOption(f"这段话有 {len(text)} 个字符，最多 {TEXT} 个", f"the text has {len(text)} characters, at most {TEXT} are kept")
    _goes_with(found, "helped", "did")
    _goes_with(found, "ticket", "called")
    _goes_with(found, "promised", "called")
    _alone(found, text)
    now = now or here_at(Clock().wall())
    if "promised" in found:
        found["promised"] = day(found["promised"], now.date())
    if "maintenance" in found:
        found["maintenance"] = utc(seconds_of(until(found["maintenance"], now)))
    return Said(**found)


def _goes_with(found: dict[str, str], one: str, other: str) -> None:
    if one in found and other not in found:
        raise WrongOption(f"--{one} 要和 --{other} 一起用", f"--{one} needs --{other}")


def _alone(found: dict[str, str], text: str) -> None:
    for name in ("forget", "date", "maintenance"):
        others = [f"--{other}" for other in found if other != name]
        if name == "forget" and text:
            others.append("TEXT")
        if name in found and others:
            raise WrongOption(f"--{name} 和 {others[0]} 不能一起用", f"--{name} and {others[0]} cannot be combined")


def day(text: str, today: date) -> str:
    """A day, today or tomorrow, or in how many days."""
    word = text.strip().lower()
    days = _NAMED.get(word)
    if days is None and (number := _DAYS.fullmatch(word)):
        days = int(number[1])
    try:
        found = date.fromisoformat(word.replace("/", "-")) if days is None else today + timedelta(days=days)
    except ValueError:
        shown = text[:_SHOWN]
        raise WrongOption(
            f"--promised 要写日期（2026-01-31）、明天或天数（3），不能是 “{shown}”",
            f"--promised needs a day (2026-01-31), tomorrow or a number of days (3), not “{shown}”",
        ) from None
    if abs((found - today).days) > MOST_DAYS:
        raise WrongOption(f"--promised 的日期离今天太远：{found}", f"--promised is too far from today: {found}")
    return found.isoformat()


def until(text: str, now: datetime) -> datetime:
    """A time of today, or of tomorrow where it has passed; a moment; for how long; or that it is over now."""
    found = _until(text.strip().lower(), now)
    if found is None:
        shown = text[:_SHOWN]
        raise WrongOption(
            f"--maintenance 要写到几点（18:00）、到哪天几点（2026-01-31T18:00）、多久（2h、90min）或 now（已结束），不能是 “{shown}”",
            f"--maintenance needs a time (18:00), a moment (2026-01-31T18:00), how long (2h), or now where it is over, not “{shown}”",
        )
    if found < now:
        raise WrongOption(f"--maintenance 的时间已经过去：{found:%Y-%m-%d %H:%M}", f"--maintenance is in the past: {found:%Y-%m-%d %H:%M}")
    if found - now > MOST_WORK:
        raise WrongOption(f"--maintenance 最多 {MOST_WORK.days} 天", f"--maintenance lasts at most {MOST_WORK.days} days")
    return found


def _until(text: str, now: datetime) -> datetime | None:
    if text in _OVER:
        return now
    if clock := _CLOCK.fullmatch(text):
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        minutes = 60 * int(clock[1]) + int(clock[2])
        today = from_here(midnight + timedelta(minutes=minutes))
        return today if today > now else from_here(midnight + timedelta(days=1, minutes=minutes))
    if span := _SPAN.fullmatch(text):
        return now + timedelta(**{_UNITS[span[2][0]]: int(span[1])})
    written = text.upper().replace("/", "-")
    try:
        if (whole := date_alone(written)) is not None:
            following = whole + timedelta(days=1)
            return from_here(datetime(following.year, following.month, following.day))
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else from_here(moment)
    except (ValueError, OverflowError, OSError):
        return None
