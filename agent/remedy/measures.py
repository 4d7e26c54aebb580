"""Measured numbers and times as people say them, with their unit, in both languages."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from agent.contract import fields
from agent.contract.fields import of
from agent.contract.times import local, parse
from agent.diagnosis.causes import Cause
from agent.remedy.observed import Observed
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape
from probes.model import Facts
from probes.model.facts import (
    BatteryFacts,
    ClockFacts,
    DiskFacts,
    LinkFacts,
    LoadFacts,
    LossFacts,
    MemoryFacts,
    NameCostFacts,
    RemoteFacts,
    TemperatureFacts,
)


def number(value: float) -> str:
    """At most one decimal, and none where it says nothing."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 10 else f"{value:.0f}"


def duration(seconds: float) -> Bilingual:
    """The largest unit that fits at least twice: a clock is wrong by minutes, hours or years."""
    size = abs(seconds)
    for length, zh, en in ((365 * 86400, "年", "years"), (86400, "天", "days"), (3600, "小时", "hours"), (60, "分钟", "minutes")):
        if size >= 2 * length:
            return Bilingual(f"{size / length:.0f} {zh}", f"{size / length:.0f} {en}")
    return Bilingual(f"{number(size)} 秒", f"{number(size)} s")


def in_days(days: int) -> Bilingual:
    """From today on, or before it."""
    near = {0: Bilingual("今天", "today"), 1: Bilingual("明天", "tomorrow"), -1: Bilingual("昨天", "yesterday")}
    if days in near:
        return near[days]
    return Bilingual(f"还有 {days} 天", f"in {days} days") if days > 0 else Bilingual(f"{-days} 天前", f"{-days} days ago")


def _unit(unit: str) -> Callable[[float], Bilingual]:
    return lambda value: same(f"{number(value)}{unit}")


class Measure(Struct, frozen=True):
    """How a number is said, and the facts that may hold it."""

    words: Callable[[float], Bilingual]
    reads: tuple[Callable[[Facts], float | None], ...]


_LOSS = of(LossFacts, lambda facts: facts.loss_percent)
_USED = of(DiskFacts, lambda facts: facts.used_percent)
_FILES_USED = of(DiskFacts, lambda facts: facts.inodes_used_percent)
_AVAILABLE = of(MemoryFacts, lambda facts: facts.available_percent)
_CHARGE = of(BatteryFacts, lambda facts: facts.percent)
_RTT = Measure(_unit(" ms"), (fields.rtt_ms,))
_SKEW = Measure(duration, (fields.skew_s, of(RemoteFacts, lambda facts: facts.date_skew_s)))

_MEASURES: dict[Cause, Measure] = {
    Cause.UNSTABLE: Measure(_unit("%"), (_LOSS,)),
    Cause.SLOW: _RTT,
    Cause.WEAK_SIGNAL: Measure(_unit(" dBm"), (fields.signal_dbm,)),
    Cause.LINK_ERRORS: Measure(
        lambda value: Bilingual(f"{value:.0f} 个", f"{value:.0f}"), (of(LinkFacts, lambda facts: facts.receive_errors),)
    ),
    Cause.CLOCK_WRONG: _SKEW,
    Cause.DNS_SLOW: Measure(duration, (of(NameCostFacts, lambda facts: facts.costs_s),)),
    Cause.DISK_FULL: Measure(_unit("%"), (_USED,)),
    Cause.MEMORY_EXHAUSTED: Measure(_unit("%"), (_AVAILABLE,)),
    Cause.CPU_OVERLOADED: Measure(_unit(""), (of(LoadFacts, lambda facts: facts.per_core),)),
    Cause.OVERHEATING: Measure(_unit(" °C"), (of(TemperatureFacts, lambda facts: facts.hottest_c),)),
    Cause.BATTERY_LOW: Measure(_unit("%"), (_CHARGE,)),
    Cause.CHARGER_UNPLUGGED: Measure(_unit("%"), (_CHARGE,)),
}
_ANY = (Measure(_unit("%"), (_LOSS, _USED, _AVAILABLE, _CHARGE)), _RTT, _SKEW)


def measured(code: Cause, seen: Observed) -> Bilingual | None:
    """The number that the cause is about."""
    if code is Cause.DISK_FULL and (files := _used_up_by_files(seen)) is not None:
        return files
    for measure in (_MEASURES[code],) if code in _MEASURES else _ANY:
        value = seen.fact(*measure.reads)
        if value is not None:
            return measure.words(value)
    now = _seconds(seen.fact(of(ClockFacts, lambda facts: facts.now)))
    built = _seconds(seen.fact(of(ClockFacts, lambda facts: facts.build_date)))
    if code is Cause.CLOCK_WRONG and now is not None and built is not None and now < built:
        least = duration(built - now)  # how far it is off nobody knows; it cannot be less than this
        return Bilingual(f"至少 {least.zh}", f"at least {least.en}")
    return None


def _used_up_by_files(seen: Observed) -> Bilingual | None:
    """A disk may have room and yet take no more files."""
    room, files = seen.fact(_USED), seen.fact(_FILES_USED)
    if files is None or (room is not None and room >= files):
        return None
    return Bilingual(f"文件数已用 {number(files)}%", f"{number(files)}% of its number of files")


def _seconds(text: str | None) -> float | None:
    """Of a time or a date alone, which begins in UTC."""
    if text is None:
        return None
    return parse(f"{text}T00:00:00Z" if len(text) == 10 else text)


def moment(text: str) -> Bilingual | None:
    """An RFC 3339 time as local time with its offset; another text as it is. None for an empty one."""
    if not text:
        return None
    seconds = parse(text)
    return same(escape(text, 40) if seconds is None else local(seconds))


def day(text: str) -> Bilingual | None:
    """The same without the time of day."""
    time = moment(text)
    return time if time is None or parse(text) is None else same(time.zh[:10])
