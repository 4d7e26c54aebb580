"""The pictures of a report: days, hours, how long repairs took, and how lines and hosts answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from msgspec import Struct

from agent.contract.event import GatewayDay
from agent.contract.history import DayTotal, OpeningTotal, PastIncident
from agent.papers.plots import Bar, Cell, Series, bars, calendar, lines, scale_of
from agent.present import times
from agent.present.page import Page
from agent.record.days import DAY_S, day_of
from probes.ground.moments import here

MOST_DAYS = 400  # that a picture shows, the last ones
MOST_LINES = 8  # uplinks and gateways
_WEEKDAYS_ZH, _WEEKDAYS_EN = "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = 0.1  # share of a day without payment, from which it counts as long
_SLOWEST_MS = 1e7
_WORTH_SHOWING = 0.02  # share of a day that nobody watched
_LOSS_PERCENT = 5.0  # the height of what is lost, at least
_REPAIRS = (300.0, 900.0, 3600.0, 4 * 3600.0, DAY_S)  # up to which the first five bars stand


class Span(Struct, frozen=True, kw_only=True):
    """UTC days, both included, and what is known of them. `now`: seconds since the epoch, until when the last one is told."""

    first: date
    last: date
    days: Mapping[str, DayTotal]
    now: float

    @property
    def shown(self) -> list[date]:
        begin = max(self.first, self.last - timedelta(days=MOST_DAYS - 1))
        return [begin + timedelta(days=number) for number in range((self.last - begin).days + 1)]

    def of(self, day: date) -> DayTotal | None:
        return self.days.get(day.isoformat())

    def elapsed_s(self, day: date) -> float:
        """How much of it lies behind us."""
        return DAY_S if day_of(self.now) != day.isoformat() else self.now % DAY_S

    def unknown(self, day: date) -> float:
        """The share of it in which nobody watched, where that is worth showing."""
        total = self.of(day)
        known = 0 if total is None else total.watched_s + total.planned_s
        share = 1 - known / (self.elapsed_s(day) or DAY_S)
        return share if share >= _WORTH_SHOWING else 0.0


class Quality(Struct, frozen=True, kw_only=True):
    """Of an uplink or a gateway over all days."""

    name: str
    uplink: bool
    looks: int
    p50: str
    p95: str
    lost: str
    picture: str


def part_of(day: DayTotal) -> DayTotal | OpeningTotal:
    """What lies in opening hours, where there are some."""
    return day if day.opening is None else day.opening


def without_s(day: DayTotal) -> int:
    part = part_of(day)
    return max(0, part.watched_s - part.can_pay_s)


def by_day(span: Span, page: Page) -> str:
    """How long no payment was possible each day; grey, what nobody watched."""
    found = [span.of(day) for day in span.shown]
    top = max([60, *(without_s(each) for each in found if each)])
    labels = _labels(span.shown)
    return bars(
        [_day(day, total, label, span, page) for day, total, label in zip(span.shown, found, labels, strict=True)],
        scale_of(top, _seconds(page)),
        page.say("不能确认收款的时间", "time without confirmed payment"),
        label=page.say("每天不能收款的时间", "time without payment, day by day"),
    )


def month(span: Span, page: Page) -> str:
    weekdays = tuple(_WEEKDAYS_ZH) if page.language == "zh" else _WEEKDAYS_EN
    return calendar([_cell(day, span, page) for day in span.shown], weekdays, label=page.say("日历", "calendar"))


def marks(span: Span, page: Page) -> list[str]:
    """Which of them the calendar has, in their order."""
    found = {_mark(span.of(day)) for day in span.shown}
    found |= {"part"} if any(span.unknown(day) and _mark(span.of(day)) != "unwatched" for day in span.shown) else set()
    return [each for each in ("well", "short", "long", "closed", "planned", "unwatched", "part") if each in found]


def by_hour(incidents: Sequence[PastIncident], page: Page) -> str:
    """At which hour of the day, in the time of this machine, they began."""
    counts = [[0, 0] for _ in range(24)]
    for each in incidents:
        moment = times.parse(each.began_at)
        if moment is not None:
            counts[here(moment).hour][each.can_pay != "no"] += 1
    found = [
        Bar(
            label=f"{hour}:00" if hour % 3 == 0 else "",
            parts=(("stopped", stopped), ("impaired", others)),
            said=page.say(f"{hour} 点：{stopped + others} 次", f"{hour}:00 to {hour}:59: {stopped + others}"),
        )
        for hour, (stopped, others) in enumerate(counts)
    ]
    top = max(sum(each) for each in counts)
    axis, label = page.say("次数", "incidents"), page.say("每天几点开始", "by the hour at which they began")
    return bars(found, scale_of(max(1, top), ((1, ""),), whole=True), axis, label=label, height=100.0)


def repairs(incidents: Sequence[PastIncident], page: Page) -> str:
    """How long those took that are over."""
    named = (
        page.say("不到 5 分钟", "under 5 min"),
        page.say("5–15 分钟", "5–15 min"),
        page.say("15–60 分钟", "15–60 min"),
        page.say("1–4 小时", "1–4 h"),
        page.say("4–24 小时", "4–24 h"),
        page.say("1 天以上", "over a day"),
    )
    counts = [[0, 0] for _ in named]
    for each in incidents:
        if each.ended_at is not None:
            counts[sum(each.duration_s >= limit for limit in _REPAIRS)][each.can_pay != "no"] += 1
    found = [
        Bar(
            label=name, parts=(("stopped", stopped), ("impaired", others)), said=f"{name}: {stopped + others}", note=_note(stopped + others)
        )
        for name, (stopped, others) in zip(named, counts, strict=True)
    ]
    top = max(sum(each) for each in counts)
    axis, label = page.say("次数", "incidents"), page.say("用了多久恢复", "how long until repaired")
    return bars(found, scale_of(max(1, top * 1.15), ((1, ""),), whole=True), axis, label=label, height=100.0)


def answering(span: Span) -> list[tuple[bool, str]]:
    """Uplinks first, then gateways, by name."""
    found = [day for each in span.shown if (day := span.of(each)) is not None]
    uplinks = dict.fromkeys(name for day in found for name in day.uplinks)
    return [*((True, name) for name in uplinks), *((False, name) for name in dict.fromkeys(name for day in found for name in day.gateways))]


def quality(name: str, span: Span, page: Page, *, uplink: bool) -> Quality:
    days = [span.of(each) for each in span.shown]
    found = [None if day is None else (day.uplinks if uplink else day.gateways).get(name) for day in days]
    return _quality(name, found, span, page, uplink=uplink)


def _quality(name: str, found: Sequence[GatewayDay | None], span: Span, page: Page, *, uplink: bool) -> Quality:
    first, second = (tuple(_possible(getattr(each, key), _SLOWEST_MS) if each else None for each in found) for key in ("p50_ms", "p95_ms"))
    lost = tuple(_possible(each.loss_percent, 100.0) if each else None for each in found)
    looks = sum(max(0, each.n) for each in found if each)
    in_vain = sum(max(0, each.n) * (percent or 0.0) for each, percent in zip(found, lost, strict=True) if each)
    usual, slow = ([value for value in values if value is not None] for values in (first, second))
    picture = ""
    if usual or in_vain:
        picture = lines(
            (Series(name="p50", values=first), Series(name="p95", values=second)),
            Series(name="lost", values=lost),
            _labels(span.shown),
            (
                scale_of(max([1.0, *usual, *slow]), ((1, page.say(" 毫秒", " ms")), (1000, page.say(" 秒", " s")))),
                scale_of(max([_LOSS_PERCENT, *(each for each in lost if each)]), ((1, "%"),), most=2),
            ),
            (page.say("连接用时", "time to connect"), page.say("连接不上", "in vain")),
            label=name,
        )
    return Quality(
        name=name,
        uplink=uplink,
        looks=looks,
        p50=_ms(median(usual), page) if usual else "",
        p95=_ms(max(slow), page) if slow else "",
        lost=f"{in_vain / looks:.2g}%" if looks else "",
        picture=picture,
    )


def _day(day: date, total: DayTotal | None, label: str, span: Span, page: Page) -> Bar:
    unknown = span.unknown(day)
    if total is None or not total.watched_s:
        return Bar(label=label, parts=(), said=_said(day, total, page), unknown=unknown)
    without = without_s(total)
    stopped = min(without, part_of(total).outage_s)
    parts = (("stopped", float(stopped)), ("impaired", float(without - stopped)))
    return Bar(label=label, parts=parts, said=_said(day, total, page), unknown=unknown)


def _cell(day: date, span: Span, page: Page) -> Cell:
    total = span.of(day)
    unknown = span.unknown(day) if total is not None and total.watched_s else 0.0  # else the whole cell says so
    return Cell(
        day=day,
        mark=_mark(total),
        said=_said(day, total, page),
        note=f"({total.incidents})" if total and total.incidents else "",
        unknown=unknown,
    )


def _mark(total: DayTotal | None) -> str:
    if total is None:
        return "unwatched"
    part = part_of(total)
    if not part.watched_s:
        return "planned" if part.planned_s else "closed" if total.watched_s else "unwatched"
    share = without_s(total) / part.watched_s
    return "well" if share <= 0 else "short" if share < _LONG else "long"


def _said(day: date, total: DayTotal | None, page: Page) -> str:
    match _mark(total):
        case "unwatched":
            return page.say(f"{day}：没有监测", f"{day}: not watched")
        case "planned":
            return page.say(f"{day}：计划维护", f"{day}: planned work")
        case "closed":
            return page.say(f"{day}：不营业", f"{day}: closed")
        case "well":
            return page.say(f"{day}：一直能收款", f"{day}: payments all the time")
    lost = times.span(without_s(total), page) if total else ""
    return page.say(f"{day}：{lost}不能确认收款", f"{day}: {lost} without confirmed payment")


def _labels(days: Sequence[date]) -> list[str]:
    """Of few days each month's first and every fifth, of many the months."""
    if len(days) > 62:
        return [f"{day:%Y-%m}" if day.day == 1 else "" for day in days]
    return [
        f"{day:%m-%d}" if number == 0 or day.day == 1 or (day.day % 5 == 0 and day.day != 30) else "" for number, day in enumerate(days)
    ]


def _seconds(page: Page) -> tuple[tuple[float, str], ...]:
    return (60, page.say(" 分钟", " min")), (3600, page.say(" 小时", " h"))


def _possible(value: float | None, most: float) -> float | None:
    """What a damaged line says is no value."""
    return value if value is not None and 0 <= value <= most else None


def _ms(value: float, page: Page) -> str:
    shown = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    return page.say(f"{shown} 毫秒", f"{shown} ms")


def _note(count: int) -> str:
    return str(count) if count else ""
