"""`logcat -b events -d`: whether the payment application hung (am_anr) or crashed (am_crash), and since when it runs. Times are the
device's own, without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

_WHEN = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}")
_MOMENT = re.compile(r"(?:\d{4}-)?(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)")
_LINE = re.compile(r"\bI[ /](am_anr|am_crash|am_proc_start|am_proc_died)[ \t]{0,8}(?:\([ \t]{0,8}\d{1,9}\))?[ \t]{0,8}: \[")
_LONGEST = 2000  # characters of a line that are looked at
_PLACE = {"am_anr": 2, "am_crash": 2, "am_proc_died": 2, "am_proc_start": 3}  # of the process's name among the values
_MOST = 100  # crashes whose times are kept


class AppEvents(Struct, frozen=True, kw_only=True):
    """How often in what the log still holds, and the last time of each; empty texts where never, or where the log has no times.
    `hung`: the process that was found not responding last; `crashed_at`: when it crashed, each time."""

    anrs: int = 0
    crashes: int = 0
    last_anr: str = ""
    last_crash: str = ""
    started: str = ""
    hung: int | None = None
    crashed_at: tuple[str, ...] = ()


def parse(text: str, package: str) -> AppEvents:
    counted = {"am_anr": 0, "am_crash": 0}
    last = {"am_anr": "", "am_crash": "", "am_proc_start": ""}
    hung: int | None = None
    crashed: list[str] = []
    for whole in text.splitlines():
        line = whole[:_LONGEST]
        found = _LINE.search(line)
        if found is None:
            continue
        what, values = found[1], line[found.end() :].rstrip("]").split(",")
        place = _PLACE[what]
        if len(values) <= place or values[place].strip().partition(":")[0] != package:
            continue
        if what in counted:
            counted[what] += 1
        if what in last:
            when = _WHEN.match(line)
            last[what] = when[0] if when else ""
        if what == "am_anr":
            hung = int(values[1]) if re.fullmatch(r" ?\d{1,9}", values[1]) else None
        if what == "am_crash":
            crashed.append(last[what])
    return AppEvents(
        anrs=counted["am_anr"],
        crashes=counted["am_crash"],
        last_anr=last["am_anr"],
        last_crash=last["am_crash"],
        started=last["am_proc_start"],
        hung=hung,
        crashed_at=tuple(crashed[-_MOST:]),
    )


def lately(times: Iterable[str], now: str, seconds: float) -> int:
    """How many of these times are at most so long ago by the device's own clock. One that lies ahead of it is not counted: the year ended,
    or the clock was set back."""
    ended = _moment(now)
    begun = [_moment(when) for when in times]
    return sum(1 for each in begun if ended is not None and each is not None and 0 <= (ended - each).total_seconds() <= seconds)


def _moment(text: str) -> datetime | None:
    found = _MOMENT.match(text)
    if found is None:
        return None
    month, day, hour, minute, second = map(int, found.groups())
    try:
        return datetime(2000, month, day, hour, minute, second)  # a year that has every day
    except ValueError:
        return None
