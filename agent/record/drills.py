"""When a backup is to be tried for real again, and when it was last. Pure but for `last_drills`, which reads the record.

Days and times of the day are local. A clock that is in doubt tells no time of the day: then only the time that the machine has run counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from agent.contract.event import AnyEvent, DrillEvent, Lines
from agent.record.moments import Moment, elapsed_s, moment_of
from agent.settings.hours import Hours
from agent.storage.history_file import lines_in, parts
from probes.ground.moments import from_here, here_at, seconds_of

TRIED = ("passed", "failed")  # results that tell of a drill which took place
SPREAD_S = 7200.0
WINDOW_S = 7200.0  # behind its time of the day, in which a drill that had to wait is tried again
GIVE_WAY_DAYS = 3  # so many days in vain, and any time will do at which the shop is closed, or that no opening hours exclude
_DAY_S = 86400.0
_MOST_AHEAD_S = 8 * _DAY_S  # the longest search for an hour at which the shop is closed

Key = tuple[str, str]  # what, subject


class Schedule(Struct, frozen=True, kw_only=True):
    """`terminal`: what tells it from others; `at_minute`: of the day; `hours`: in which there are no drills, None where none are set."""

    days: int
    at_minute: int
    terminal: str
    hours: Hours | None = None

    @property
    def offset_s(self) -> float:
        """The terminal's own place in the two hours."""
        return SPREAD_S * _share(self.terminal, "time")

    @property
    def first_day(self) -> int:
        """The days that a backup which was never tried waits: all terminals of a fleet were installed on one."""
        return int(self.days * _share(self.terminal, "day"))


def schedule(days: int, at: str, terminal: str, hours: Hours | None) -> Schedule:
    """`at`: HH:MM."""
    hour, _, minute = at.partition(":")
    closes = hours if hours is not None and not hours.always else None
    return Schedule(days=days, at_minute=int(hour) * 60 + int(minute), terminal=terminal, hours=closes)


def due(plan: Schedule, last: Moment | None, since: Moment, now: Moment) -> float | None:
    """Seconds until the next drill may begin; zero: now; None: there are none. `last`: when it was last tried; `since`: from when on this
    terminal is known, where it never was."""
    if plan.days <= 0:
        return None
    if now.doubtful:
        reference = last or since
        days = plan.days if last is not None else plan.first_day + 1
        return max(0.0, days * _DAY_S + plan.offset_s - elapsed_s(reference, now))
    first = _first(plan, last, since, now)
    if (today := _day(now.at)) - first >= timedelta(days=GIVE_WAY_DAYS):
        begins = _closed_from(plan, now.at)
        return max(0.0, begins - now.at)
    day = max(first, today - timedelta(days=1))
    while True:
        begins = _slot(plan, day)
        if now.at < begins + WINDOW_S and _day(begins) >= first:
            return max(0.0, _closed_from(plan, max(begins, now.at)) - now.at)
        day += timedelta(days=1)


def _first(plan: Schedule, last: Moment | None, since: Moment, now: Moment) -> date:
    """The first day on which it is due. What was dated by a clock that was ahead tells no day."""
    if last is not None and last.at <= now.at and not last.doubtful:
        return _day(last.at) + timedelta(days=plan.days)
    if last is not None:
        return _day(now.at - elapsed_s(last, now)) + timedelta(days=plan.days)
    known = now.at - since.at if since.at <= now.at and not since.doubtful else elapsed_s(since, now)
    return _day(now.at - known) + timedelta(days=plan.first_day + 1)


def _day(at: float) -> date:
    return here_at(at).date()


def _slot(plan: Schedule, day: date) -> float:
    """That day's time; one that the change of the clock leaves out is the one behind it. Behind the opening hours where it lies in them."""
    at = seconds_of(from_here(datetime(day.year, day.month, day.day) + timedelta(minutes=plan.at_minute))) + plan.offset_s
    return _closed_from(plan, at, plan.offset_s / 4)


def _closed_from(plan: Schedule, at: float, more_s: float = 0.0) -> float:
    """The first moment from then on at which the shop is closed; `more_s` later, where that still is, if it was open then."""
    if plan.hours is None or not plan.hours.open_at(at):
        return at
    end = at
    for begin, until in plan.hours.within(at, at + _MOST_AHEAD_S):
        if begin > end:
            break
        end = until
    return end + more_s if not plan.hours.open_at(end + more_s) else end


def _share(terminal: str, of: str) -> float:
    digest = hashlib.sha256(f"{of}\n{terminal}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def last_of(events: Iterable[AnyEvent]) -> dict[Key, DrillEvent]:
    """The last drill of each thing that took place."""
    return {(each.what, each.subject): each for each in events if isinstance(each, DrillEvent) and each.result in TRIED}


def last_drills(folder: Path) -> dict[Key, DrillEvent]:
    """As the record tells it. What cannot be read is passed over."""
    return last_of(_drills(folder))


def last_moments(folder: Path) -> dict[Key, Moment]:
    return {key: moment_of(each) for key, each in last_drills(folder).items()}


def known_since(folder: Path) -> Moment | None:
    """When the record begins."""
    lines = Lines()
    for path in parts(folder):
        with suppress(OSError):
            for line in lines_in(path):
                with suppress(ValueError):
                    event = lines.read(line)
                    if event is not None:
                        return moment_of(event)
    return None


def _drills(folder: Path) -> Iterable[AnyEvent]:
    lines = Lines()
    for path in parts(folder):
        with suppress(OSError):
            for line in lines_in(path):
                if b'"kind":"drill"' in line:
                    with suppress(ValueError):
                        event = lines.read(line)
                        if event is not None:
                            yield event
