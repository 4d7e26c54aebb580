"""What a terminal lived through, for a person: how long payments were possible, a strip of days, what it was, and the last incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agent.contract.history import CauseTotal, History, PastIncident
from agent.diagnosis.causes import Cause
from agent.present import changes, endings, times, watched
from agent.present.days import strip
from agent.present.page import Page
from agent.present.sections import heading
from agent.present.trends import trends
from agent.remedy.catalogue import name_of

_LINES, _NARROW_LINES, _NARROW = 22, 18, 60  # of a screen, below which width it counts as narrow
_HEAD = 2  # lines above a part
_WORTH_SAYING_S = 60  # less of it is rounding
_MOST_CAUSES = 3  # where nobody asked for everything


def render(history: History, page: Page, *, everything: bool = False) -> list[str]:
    """`everything`: all incidents that were asked for; otherwise as many as a screen holds."""
    lines = [*_title(history, page), *_in_short(history, page)]
    lines += _part(page, "日期（UTC）", "Days (UTC)", strip(history.days, date.fromisoformat(history.to[:10]), page))
    causes = _part(
        page, "原因", "Causes", [line for each in history.causes[: None if everything else _MOST_CAUSES] for line in _cause(each, page)]
    )
    columns = trends(history.days, page)
    if not history.incidents:
        lines += _part(page, "每天（最新的在右）", "Day by day, the latest on the right", columns)
        lines += [*causes, "", *page.wrap(page.say("这段时间没有故障记录。", "No incident is recorded for this time."))]
        return [*lines, *notes(history, page)]
    told = [incident_lines(each, page, in_short=not everything) for each in history.incidents[::-1]]
    last = notes(history, page)
    room = (_NARROW_LINES if page.width < _NARROW else _LINES) - len(lines) - len(last) - 4
    if not everything:
        longest = room - len(told[0]) - _HEAD
        columns = columns[:longest] if longest > 0 else []
        room -= len(columns) + _HEAD if columns else 0
    lines += _part(page, "每天（最新的在右）", "Day by day, the latest on the right", columns)
    causes = causes if everything or len(causes) + sum(map(len, told[:2])) <= room else []
    shown, left = _fitting(told, None if everything else room - len(causes))
    more = _more(left, page) if left else []
    return [*lines, *causes, *_part(page, "故障（最近的在前）", "Incidents, the latest first", [*shown, *more]), *last]


def _fitting(told: Sequence[list[str]], room: int | None) -> tuple[list[str], int]:
    """At least one; and how many are left out."""
    shown = list(told[0])
    for number, lines in enumerate(told[1:], 1):
        if room is not None and len(shown) + len(lines) > room:
            return shown, len(told) - number
        shown += lines
    return shown, 0


def _more(left: int, page: Page) -> list[str]:
    said = page.say(f"还有 {left} 次：加上 --since 日期", f"{left} more: add --since DATE")
    return page.wrap(said, first="  ")


def notes(history: History, page: Page) -> list[str]:
    """What is missing."""
    count = history.unreadable_lines
    if not count:
        return []
    said = page.say(
        f"记录里有 {count} 行读不出来，其余都在。",
        f"{count} line{'s' if count > 1 else ''} of the record cannot be read.",
    )
    return ["", *page.paint_all(page.wrap(said), "yellow")]


def _title(history: History, page: Page) -> list[str]:
    begin, end = history.from_[:10], history.to[:10]
    about = page.say(f"{begin} 到 {end}（UTC）", f"{begin} to {end} (UTC)")
    return page.paint_all(page.flow([page.say("终端 ", "Terminal ") + page.fit(history.terminal), about]), "bold")


def _in_short(history: History, page: Page) -> list[str]:
    failures, lines = history.failures, _possible(history, page)
    if not failures.count:
        return lines
    parts = [page.say(f"不能收款 {failures.count} 次", f"Stopped {failures.count} time{'s' if failures.count > 1 else ''}")]
    if failures.mean_between_s is not None:
        every = times.span(failures.mean_between_s, page)
        parts.append(page.say(f"平均每 {every}一次", f"every {every} (mean)"))
    if failures.mean_repair_s is not None:
        within = times.span(failures.mean_repair_s, page)
        parts.append(page.say(f"平均 {within}后恢复", f"repaired within {within} (mean)"))
    return [*lines, *page.flow(parts)]


def _possible(history: History, page: Page) -> list[str]:
    """How much of the watched time payments were possible: of opening hours, where there are some, and of all hours."""
    found, hours = history.availability, bool(history.hours)
    if history.availability_all.percent is None and not history.availability_all.planned_s:
        return page.wrap(page.say("还没有监测结果。", "Nothing was watched yet."))
    parts = []
    if found.percent is not None:
        watched = times.span(found.watched_s, page)
        of_what = page.say("营业时间内监测了", "watched in opening hours") if hours else page.say("监测了", "watched")
        parts.append(
            page.say(
                f"{of_what} {watched}，{found.percent:g}% 的时间能收款",
                f"Payments were possible {found.percent:g} % of {watched} {of_what}",
            )
        )
    elif hours:
        parts.append(page.say("营业时间内还没有监测结果", "Nothing was watched in opening hours yet"))
    if found.outage_s:
        without = times.span(found.outage_s, page)
        parts.append(page.say(f"{without}不能", f"not possible for {without}"))
    if (doubt := found.watched_s - found.can_pay_s - found.outage_s) >= _WORTH_SAYING_S:
        unknown = times.span(doubt, page)
        parts.append(page.say(f"{unknown}无法判断", f"unknown for {unknown}"))
    if hours and (whole := history.availability_all).percent is not None:
        watched = times.span(whole.watched_s, page)
        parts.append(page.say(f"所有时间（{watched}）{whole.percent:g}%", f"of all {watched} {whole.percent:g} %"))
    if (planned_s := history.availability_all.planned_s) >= _WORTH_SAYING_S:
        planned = times.span(planned_s, page)
        parts.append(page.say(f"计划维护 {planned}，不计在内", f"planned work for {planned}, not counted"))
    return page.flow(parts)


def _cause(total: CauseTotal, page: Page) -> list[str]:
    count = page.say(f"{total.count} 次", f"{total.count} time{'' if total.count == 1 else 's'}")
    parts = [named(total.code, page), count]
    if total.mean_s is not None:
        parts.append(page.say("平均 ", "mean ") + times.span(total.mean_s, page))
    parts.append(page.say("最长 ", "longest ") + times.span(total.longest_s, page))
    return page.flow(parts, indent="  ")


def incident_lines(incident: PastIncident, page: Page, *, in_short: bool = False) -> list[str]:
    """When, how long and what; what changed last before it, and what ended it, where that is known."""
    parts = [times.brief(incident.began_at, page), lasted(incident, page), watched.nth(incident, page), page.fit(incident.id)]
    lines = page.flow([each for each in parts if each], indent="  ")
    what, colour = what_of(incident, page), "red" if incident.can_pay == "no" else "yellow"
    if in_short:
        return [*lines, page.paint(page.shorten(f"    {what}", page.width), colour)]
    lines += page.paint_all(page.wrap(what, first="    "), colour)
    for before in incident.changes_before[:1]:
        if words := before_in_words(before, page):
            lines += page.paint_all(page.wrap(words, first="    "), "faint")
    if words := endings.in_words(incident.ended_by, page):
        lines += page.paint_all(page.wrap(words, first=page.say("    结束：", "    ended by: ")), "faint")
    return lines


def lasted(incident: PastIncident, page: Page) -> str:
    span = times.span(incident.duration_s, page)
    still = page.say(f"还没结束，已 {span}", f"not over, for {span}") if incident.ended_at is None else span
    often = page.say(f"（{incident.times} 次）", f" ({incident.times} times)") if incident.times > 1 else ""
    return still + often


def what_of(incident: PastIncident, page: Page) -> str:
    subject = f" {page.fit(incident.subject)}" if incident.subject else ""
    what = named(incident.cause, page) if incident.cause else page.say("原因不明", "no cause was found")
    stopped = page.say("；不能收款", "; no payments") if incident.can_pay == "no" else ""
    return f"{what}{subject}{stopped}"


def before_in_words(change: dict[str, object], page: Page) -> str:
    words, seconds = changes.in_words(change, page), change.get("seconds", 0)
    if not words or not isinstance(seconds, int | float):
        return ""
    if seconds < 1:
        return page.say("同时：", "At the same time: ") + words
    span = times.span(seconds, page)
    return page.say(f"此前 {span}：", f"{span} before: ") + words


def named(code: str, page: Page) -> str:
    """A few words; the code itself where only another version knows it."""
    try:
        return page.words(name_of(Cause.of(code)))
    except KeyError:
        return page.fit(code)


def _part(page: Page, zh: str, en: str, lines: Sequence[str]) -> list[str]:
    return ["", heading(page, zh, en), *lines] if lines else []
