"""Trends as lines for a person; what cannot be told is said to be so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from agent.fleet.trends.answer import BeforeAfter, DayTrend, Trend, Trends
from agent.fleet.trends.compared import ALIKE, FEWER, MORE, TOO_FEW, Change
from agent.present.page import Page
from agent.record.exact import Interval
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_ROWS = 40
_NAME = 40  # characters of a group's name
_GROUPS = {
    None: Bilingual("全部终端", "all terminals"),
    "version": Bilingual("版本", "version"),
    "isp": Bilingual("运营商", "ISP"),
    "model": Bilingual("型号", "model"),
    "region": Bilingual("地区", "region"),
    "store": Bilingual("门店", "store"),
}
_COUNTS = Bilingual(
    "台次：每台终端各算一次。起：许多终端同时的一次算一起；比较的是“起”",
    "incidents: of each terminal one by one. cases: what many shared at one moment is one; it is these that are compared",
)
_CASES = {
    FEWER: Bilingual("故障更少了", "fewer incidents"),
    MORE: Bilingual("故障更多了", "more incidents"),
    ALIKE: Bilingual("故障次数没有看得出的变化", "no change of incidents that can be told from chance"),
    TOO_FEW: Bilingual("次数或天数太少，看不出变化", "not enough cases or days to tell"),
}
_REPAIR = {
    FEWER: Bilingual("修复更快", "repaired sooner"),
    MORE: Bilingual("修复更慢", "repaired later"),
    ALIKE: Bilingual("修复时间没有看得出的变化", "no change of the time to repair that can be told from chance"),
    TOO_FEW: Bilingual("修复次数太少，看不出变化", "not enough repairs to tell"),
}


def trend_lines(found: Trends, page: Page) -> list[str]:
    if not found.groups:
        lines = page.wrap(
            page.say(
                "还说不出趋势：至少要有两天的扫描，并且听到过终端",
                "No trend yet: it takes scans of two days, and terminals that were heard of",
            )
        )
    elif found.compare is not None:
        lines = [*_changes(found, page)]
    elif found.by is None:
        lines = [*_days(found.groups[0], page)]
    else:
        lines = [*_table(found, page)]
    if found.groups_left_out:
        left = found.groups_left_out
        lines += page.wrap(page.say(f"另有 {left:,} 组没有列出", f"{left:,} more groups are not shown"))
    for file in found.damaged:
        shown = escape(file)
        lines += page.paint_all(page.wrap(page.say(f"已损坏，没有读：{shown}", f"damaged, and left out: {shown}")), "yellow")
    return lines


def _days(trend: Trend, page: Page) -> Iterator[str]:
    yield from _rows(
        page,
        (
            Bilingual("日期 (UTC)", "day (UTC)"),
            Bilingual("终端", "terminals"),
            Bilingual("能收款", "could pay"),
            Bilingual("故障（台次）", "incidents"),
            Bilingual("故障（起）", "cases"),
        ),
        [_day(each) for each in trend.days[-_ROWS:]],
    )
    yield ""
    yield from page.wrap(page.words(_whole(trend)))
    yield from page.wrap(page.words(_COUNTS))


def _day(each: DayTrend) -> tuple[str, ...]:
    return each.day.isoformat(), f"{each.terminals:,}", _share(each.availability), f"{each.incidents:,}", f"{each.cases:,}"


def _whole(trend: Trend) -> Bilingual:
    repair = _interval_s(trend.repair_s)
    return Bilingual(
        f"合计 {trend.terminal_days:,.0f} 台·天，{_share(trend.availability)} 的时间能收款，"
        f"{trend.incidents:,} 台次、{trend.cases:,} 起故障，每台每 30 天 {_number(trend.a_month)} 起，修复中位时间 {repair}",
        f"altogether {trend.terminal_days:,.0f} terminal-days; payments possible {_share(trend.availability)} of the time; "
        f"{trend.incidents:,} incidents, which are {trend.cases:,} cases: {_number(trend.a_month)} a terminal in 30 days; "
        f"middle time to repair {repair}",
    )


def _table(found: Trends, page: Page) -> Iterator[str]:
    heads = (
        _GROUPS[found.by],
        Bilingual("终端", "terminals"),
        Bilingual("能收款", "could pay"),
        Bilingual("起/30 天", "in 30 days"),
        Bilingual("修复", "repair"),
    )
    order = sorted(found.groups, key=lambda each: (each.availability if each.availability is not None else 2, each.name))
    rows = [
        (_name(each.name, page), f"{each.terminals:,}", _share(each.availability), _number(each.a_month), _interval_s(each.repair_s))
        for each in order[:_ROWS]
    ]
    yield from _rows(page, heads, rows)
    yield ""
    yield from page.wrap(
        page.say(
            "“起/30 天”：每台终端的故障，许多终端同时的算一起。“修复”：中位时间，括号里是它可能的范围",
            "in 30 days: cases a terminal; what many shared at one moment is one. repair: the middle time, and between what it may lie",
        )
    )


def _changes(found: Trends, page: Page) -> Iterator[str]:
    assert found.compare is not None
    day = found.compare.isoformat()
    title = page.say(f"{day} 之前和之后（当天不算）", f"before and after {day}, which itself counts for neither")
    yield from page.paint_all(page.wrap(title), "bold")
    weight = {MORE: 0, FEWER: 1, ALIKE: 2, TOO_FEW: 3}
    yield from page.wrap(page.words(_COUNTS))
    for each in sorted(found.changes, key=lambda one: (one.cases.elsewhere, weight[one.cases.verdict], one.name))[:_ROWS]:
        yield ""
        yield from _change(each, found.by, page)


def _change(each: BeforeAfter, by: str | None, page: Page) -> Iterator[str]:
    group = page.words(_GROUPS[by])
    name = group if by is None else f"{group} {_name(each.name, page)}"
    verdict = page.words(_CASES[each.cases.verdict])
    if each.cases.elsewhere:
        verdict += page.say("，别处也一样", ", as elsewhere")
    blamed = each.cases.verdict == MORE and not each.cases.elsewhere
    head = page.say(f"{name}（{each.terminals:,} 台）：{verdict}", f"{name} ({each.terminals:,} terminals): {verdict}")
    yield from page.paint_all(page.wrap(head), "red" if blamed else "")
    yield from page.wrap(page.words(_counted(each.cases)), first="  ")
    before, after, gained = _share(each.availability_before), _share(each.availability_after), _points(each.gain)
    yield from page.wrap(
        page.say(f"能收款的时间：{before} → {after}（{gained.zh}）", f"payments possible: {before} → {after} ({gained.en})"), first="  "
    )
    if each.gain is not None and not each.gain.low <= 0 <= each.gain.high and each.others_gain is not None:
        others = _points(each.others_gain)
        yield from page.wrap(page.say(f"其他终端：{others.zh}", f"all others: {others.en}"), first="    ")
    yield from page.wrap(page.words(_REPAIR[each.repair.verdict]), first="  ")


def _counted(change: Change) -> Bilingual:
    if change.ratio is None:
        return Bilingual(f"{change.before:,} 起 → {change.after:,} 起", f"{change.before:,} → {change.after:,} cases")
    ratio, others = _interval(change.ratio), _interval(change.others) if change.others is not None else ""
    zh = f"{change.before:,} 起 → {change.after:,} 起，每台每天为原来的 {ratio} 倍"
    en = f"{change.before:,} → {change.after:,} cases, {ratio} times as often a terminal and day"
    return Bilingual(f"{zh}；其他终端 {others} 倍", f"{en}; all others {others} times") if others else Bilingual(zh, en)


def _points(gain: Interval | None) -> Bilingual:
    if gain is None:
        return Bilingual("天数太少，看不出变化", "not enough days to tell")
    low, high = 100 * gain.low, 100 * gain.high
    if gain.low <= 0 <= gain.high:
        return Bilingual(f"偶然可以解释：{low:+.2f} 到 {high:+.2f} 个百分点", f"chance can explain it: {low:+.2f} to {high:+.2f} points")
    return Bilingual(f"变化 {low:+.2f} 到 {high:+.2f} 个百分点", f"changed by {low:+.2f} to {high:+.2f} points")


def _rows(page: Page, heads: Sequence[Bilingual], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column left, the others right. Where the page is too narrow the cells follow one another."""
    words = [page.words(head) for head in heads]
    widths = [max(page.measure(each) for each in column) for column in zip(words, *rows, strict=True)]
    for number, row in enumerate([words, *rows]):
        cells = [page.pad(row[0], widths[0])]
        cells += [" " * (width - page.measure(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
        line = "  ".join(cells).rstrip()
        lines = [page.fit(line)] if page.measure(line) <= page.width else page.wrap("  ".join(row))
        yield from page.paint_all(lines, "bold" if number == 0 else "")


def _name(name: str, page: Page) -> str:
    return page.shorten(escape(name, _NAME), _NAME) if name else page.say("（不知道）", "(not known)")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{math.floor(share * 100_000) / 1000:.3f} %"  # 100 % is all of the time


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}"


def _interval(interval: Interval) -> str:
    high = "∞" if math.isinf(interval.high) else f"{interval.high:.2f}"
    value = "∞" if math.isinf(interval.value) else f"{interval.value:.2f}"
    return f"{value} ({interval.low:.2f}–{high})"


def _interval_s(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return f"{_long(interval.value)} ({_long(interval.low)}–{_long(interval.high)})"


def _long(seconds: float) -> str:
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 2 * 86400 else f"{seconds / 86400:.1f} d"
