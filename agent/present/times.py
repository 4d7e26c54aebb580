"""Times and spans as people read them: local time with its offset, spans in the largest fitting unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from agent.contract import times as contract
from agent.present.page import Page
from probes.ground.moments import here, seconds_of

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def parse(stamp: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def local(stamp: str, page: Page) -> str:
    """Local time with offset, as the log has it too."""
    return _said(stamp, page, lambda moment: contract.local(seconds_of(moment)))


def brief(stamp: str, page: Page) -> str:
    """Local day and time to the minute, as people say it on the telephone."""
    return _said(stamp, page, lambda moment: f"{here(moment):%m-%d %H:%M}")


def moment(stamp: str, page: Page) -> str:
    """Local day and time to the second, without the year."""
    return _said(stamp, page, lambda moment: f"{here(moment):%m-%d %H:%M:%S}")


def written(stamp: str, page: Page) -> str:
    """Local day and time to the minute, as a letter has them."""
    return _said(stamp, page, lambda moment: day(moment, page) + f"{here(moment): %H:%M}")


def day(moment: datetime, page: Page) -> str:
    there = here(moment)
    return page.say(f"{there.year} 年 {there.month} 月 {there.day} 日", f"{there.day} {_MONTHS[there.month - 1]} {there.year}")


def of_day(stamp: str, page: Page) -> str:
    """The local time of the day, for a moment that is near."""
    return _said(stamp, page, lambda moment: f"{here(moment):%H:%M:%S}")


def _said(stamp: str, page: Page, form: Callable[[datetime], str]) -> str:
    """What is no time, or none that this machine can convert, is shown as it stands."""
    moment = parse(stamp)
    try:
        return page.fit(stamp) if moment is None else form(moment)
    except (OverflowError, OSError):
        return page.fit(stamp)


def span(seconds: float, page: Page) -> str:
    """`seconds` in words, rounded to one unit."""
    if seconds < 0.0995:
        return page.say(f"{max(seconds, 0) * 1000:.0f} 毫秒", f"{max(seconds, 0) * 1000:.0f} ms")
    if seconds < 10:
        return page.say(f"{seconds:.1f} 秒", f"{seconds:.1f} s")
    if seconds < 120:
        return page.say(f"{seconds:.0f} 秒", f"{seconds:.0f} s")
    if seconds < 7200:
        return page.say(f"{seconds / 60:.0f} 分钟", f"{seconds / 60:.0f} min")
    if seconds < 172800:
        return page.say(f"{seconds / 3600:.0f} 小时", f"{seconds / 3600:.0f} h")
    return page.say(f"{seconds / 86400:.0f} 天", f"{seconds / 86400:.0f} days")
