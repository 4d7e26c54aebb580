"""Measured numbers and times as people say them, with their unit, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.contract.document import Bilingual
from agent.contract.times import local, parse
from agent.diagnosis.causes import Cause
from agent.remedy.observed import Observed
from probes.ground.text import escape


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


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


def _unit(unit: str) -> Callable[[float], Bilingual]:
    return lambda value: _same(f"{number(value)}{unit}")


# for each cause: the facts that may hold its number, and how the number is said
_MEASURES: dict[Cause, tuple[tuple[str, ...], Callable[[float], Bilingual]]] = {
    Cause.UNSTABLE: (("loss_percent",), _unit("%")),
    Cause.SLOW: (("rtt_ms",), _unit(" ms")),
    Cause.WEAK_SIGNAL: (("signal_dbm",), _unit(" dBm")),
    Cause.LINK_ERRORS: (("errors",), lambda value: Bilingual(f"{value:.0f} 个", f"{value:.0f}")),
    Cause.MTU_BLACKHOLE: (("mtu",), lambda value: Bilingual(f"{value:.0f} 字节", f"{value:.0f} bytes")),
    Cause.CLOCK_WRONG: (("skew_s", "date_skew_s"), duration),
    Cause.DISK_FULL: (("used_percent",), _unit("%")),
    Cause.MEMORY_EXHAUSTED: (("available_percent",), _unit("%")),
    Cause.CPU_OVERLOADED: (("per_core",), _unit("")),
    Cause.OVERHEATING: (("hottest_c",), _unit(" °C")),
    Cause.BATTERY_LOW: (("percent",), _unit("%")),
    Cause.CHARGER_UNPLUGGED: (("percent",), _unit("%")),
}
_ANY = (
    (("loss_percent", "used_percent", "available_percent", "percent"), _unit("%")),
    (("rtt_ms",), _unit(" ms")),
    (("skew_s", "date_skew_s"), duration),
)


def measured(code: Cause, seen: Observed) -> Bilingual | None:
    """The number that the cause is about."""
    if code is Cause.DISK_FULL and (files := _used_up_by_files(seen)) is not None:
        return files
    for names, words in (_MEASURES[code],) if code in _MEASURES else _ANY:
        value = seen.fact(*names)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return words(value)
    now, built = _seconds(seen.fact("now")), _seconds(seen.fact("build_date"))
    if code is Cause.CLOCK_WRONG and now is not None and built is not None and now < built:
        least = duration(built - now)  # how far it is off nobody knows; it cannot be less than this
        return Bilingual(f"至少 {least.zh}", f"at least {least.en}")
    return None


def _used_up_by_files(seen: Observed) -> Bilingual | None:
    """A disk may have room and yet take no more files."""
    room, files = seen.fact("used_percent"), seen.fact("inodes_used_percent")
    if not isinstance(files, int | float) or (isinstance(room, int | float) and room >= files):
        return None
    return Bilingual(f"文件数已用 {number(files)}%", f"{number(files)}% of its number of files")


def _seconds(value: Any) -> float | None:
    """Of a time or a date alone, which begins in UTC."""
    text = str(value or "")
    return parse(f"{text}T00:00:00Z" if len(text) == 10 else text)


def moment(text: Any) -> Bilingual | None:
    """An RFC 3339 time as local time with its offset; another text as it is."""
    if not isinstance(text, str) or not text:
        return None
    seconds = parse(text)
    return _same(escape(text, 40) if seconds is None else local(seconds))


def day(text: Any) -> Bilingual | None:
    """The same without the time of day."""
    time = moment(text)
    return time if time is None or parse(str(text)) is None else _same(time.zh[:10])
