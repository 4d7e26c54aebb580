"""`logcat -b events -d`: whether the payment application hung (am_anr) or crashed (am_crash), and since when it runs. Times are the
device's own, without a year."""

from __future__ import annotations

import re

from msgspec import Struct

_WHEN = re.compile(r"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}")
_LINE = re.compile(r"\bI[ /](am_anr|am_crash|am_proc_start|am_proc_died)[ \t]{0,8}(?:\([ \t]{0,8}\d{1,9}\))?[ \t]{0,8}: \[")
_LONGEST = 2000  # characters of a line that are looked at
_PLACE = {"am_anr": 2, "am_crash": 2, "am_proc_died": 2, "am_proc_start": 3}  # of the process's name among the values


class AppEvents(Struct, frozen=True, kw_only=True):
    """How often in what the log still holds, and the last time of each; empty texts where never, or where the log has no times."""

    anrs: int = 0
    crashes: int = 0
    last_anr: str = ""
    last_crash: str = ""
    started: str = ""


def parse(text: str, package: str) -> AppEvents:
    counted = {"am_anr": 0, "am_crash": 0}
    last = {"am_anr": "", "am_crash": "", "am_proc_start": ""}
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
    return AppEvents(
        anrs=counted["am_anr"],
        crashes=counted["am_crash"],
        last_anr=last["am_anr"],
        last_crash=last["am_crash"],
        started=last["am_proc_start"],
    )
