"""Opening hours as OpenStreetMap writes them, as far as a shop needs it: days of the week and times of the day, in local time. Pure.

`Mo-Sa 08:00-20:00`, `Mo-Fr 08:00-12:00,14:00-20:00; Sa 09:00-13:00; Su off`, `18:00-02:00` (every day, over midnight), `24/7`; an empty
text: always. A later rule takes the place of an earlier one for the days that it names; what began the day before goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from probes.ground.bilingual import Bilingual, same
from probes.ground.moments import here_at
from probes.ground.text import escape

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY, WEEK = 1440, 7 * 1440  # minutes
_STEP_S = 3600.0  # no time zone changes its offset twice within it
_SHOWN = 40
# what a Chinese keyboard or a word processor writes in the place of these
_PLAIN = str.maketrans("：；，－–—～〜\u3000\xa0", ":;,-----  ")
_RULE = re.compile(r"(?P<days>[A-Za-z]+(?:\s*[-,]\s*[A-Za-z]+)*)?\s*(?P<times>.*)", re.DOTALL)
_TIMES = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")
_CLOSED = ("off", "closed")

_UNKNOWN = Bilingual(
    "看不懂：只能写 Mo Tu We Th Fr Sa Su（周一到周日）和时间，不能写月份和节假日",
    "which is none of: days (Mo Tu We Th Fr Sa Su) and times; no months, no holidays",
)
_NO_TIMES = Bilingual("缺少时间，如 08:00-20:00 或 off", "where times are missing, such as 08:00-20:00, or off")
_NOT_TIMES = Bilingual("不是时间：写成 08:00-20:00，多段用逗号分开", "where times belong, as 08:00-20:00, with commas between several")
_NO_TIME = Bilingual("不是 00:00 到 24:00 之间的时间", "which is no time from 00:00 to 24:00")
_EMPTY = Bilingual("开始和结束一样；全天写成 00:00-24:00", "which begins when it ends; a whole day is 00:00-24:00")
_NEVER = Bilingual("从不营业；全天营业写成 24/7 或留空", "which is never open; always is 24/7, or an empty text")


class HoursError(ValueError):
    """`place`: the part of the text that is wrong; `why`: words for behind it."""

    def __init__(self, place: str, why: Bilingual) -> None:
        self.place, self.why = escape(place.strip(), _SHOWN), why
        super().__init__(f"{self.place}: {why.en}")

    def found(self) -> Bilingual:
        shown = same(f'"{self.place}"') if self.place else Bilingual("整段文字", "a text")
        return Bilingual(f"{shown.zh}：{self.why.zh}", f"{shown.en}, {self.why.en}")


class Hours(Struct, frozen=True):
    """`spans`: from minute to minute of a week that begins on Monday at 00:00, in order, none touching the next one."""

    spans: tuple[tuple[int, int], ...] = ((0, WEEK),)

    @property
    def always(self) -> bool:
        return self.spans == ((0, WEEK),)

    def open_at(self, moment: float) -> bool:
        """`moment`: seconds since the epoch; what counts is what a clock on the wall shows then."""
        return self._until(_of_week(here_at(moment // 1)))[0]

    def open_s(self, begin: float, end: float) -> float:
        """How many of the seconds between two moments lie in opening hours."""
        return sum(until - since for since, until in self.within(begin, end))

    def within(self, begin: float, end: float) -> Iterator[tuple[float, float]]:
        """The parts of the time between two moments that lie in opening hours, in order."""
        if self.always:
            if begin < end:
                yield begin, end
            return
        while begin < end:
            here = here_at(begin // 1)
            opened, seconds = self._until(_of_week(here) + begin % 1 / 60)
            step = min(end, begin + seconds, begin + _STEP_S)
            if here_at(step // 1).utcoffset() != here.utcoffset():  # the clock is changed between: minute by minute
                step = min(step, begin - begin % 60 + 60)
            if opened:
                yield begin, step
            begin = step

    def _until(self, minute: float) -> tuple[bool, float]:
        """Whether it is open at that minute of the week, and for how many seconds that stays so, at most until the week ends."""
        for since, until in self.spans:
            if minute < since:
                return False, (since - minute) * 60
            if minute < until:
                return True, (until - minute) * 60
        return False, (WEEK - minute) * 60


def parse(text: str) -> Hours:
    """Raises `HoursError`."""
    plain = text.translate(_PLAIN).strip()
    if plain in ("", "24/7"):
        return Hours()
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for rule in filter(str.strip, plain.split(";")):
        days, times = _rule(rule)
        for day in days:
            week[day] = times
    minutes = sorted((day * DAY + since, day * DAY + until) for day, times in enumerate(week) for since, until in times)
    if not minutes:
        raise HoursError("", _NEVER)
    return Hours(tuple(_merged(minutes)))


def _rule(rule: str) -> tuple[list[int], list[tuple[int, int]]]:
    parts = _RULE.fullmatch(rule.strip())
    assert parts is not None  # it fits anything
    named, times = parts["days"] or "", parts["times"].strip()
    if not times and re.sub(r"\W", "", named).lower() in _CLOSED:
        return list(range(7)), []
    head, _, last = named.rpartition(" ")
    if not times and last.strip().lower() in _CLOSED:
        named, times = head, last.strip()
    days = _days(named) if named.strip() else list(range(7))
    if times.lower() in _CLOSED:
        return days, []
    if not times:
        raise HoursError(rule, _NO_TIMES)
    return days, [_span(each) for each in times.split(",")]


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin, end = _day(first), _day(last) if dash else None
        count = 1 if end is None else (end - begin) % 7 + 1
        found += [(begin + number) % 7 for number in range(count)]
    return found


def _day(text: str) -> int:
    try:
        return DAYS.index(text.strip().capitalize())
    except ValueError:
        raise HoursError(text, _UNKNOWN) from None


def _span(text: str) -> tuple[int, int]:
    """Minutes of the day; an end before the beginning is on the next day."""
    found = _TIMES.fullmatch(text)
    if found is None:
        raise HoursError(text, _NOT_TIMES)
    since, until = (_minute(found[at], found[at + 1], text) for at in (1, 3))
    if since == until or (since, until) == (DAY, 0):
        raise HoursError(text, _EMPTY)
    if since > DAY or until > since + DAY:
        raise HoursError(text, _NO_TIME)
    return since, until if until > since else until + DAY


def _minute(hour: str, minute: str, text: str) -> int:
    found = int(hour) * 60 + int(minute)
    if found > 2 * DAY or int(minute) > 59:  # 26:00 is 02:00 on the next day
        raise HoursError(text, _NO_TIME)
    return found


def _merged(minutes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In one week: what goes on behind Sunday is Monday's."""
    parts = sorted([(since, min(until, WEEK)) for since, until in minutes] + [(0, until - WEEK) for _, until in minutes if until > WEEK])
    found: list[tuple[int, int]] = []
    for since, until in parts:
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        elif since < until:
            found.append((since, until))
    return found


def _of_week(local: datetime) -> float:
    return local.weekday() * DAY + local.hour * 60 + local.minute + local.second / 60
