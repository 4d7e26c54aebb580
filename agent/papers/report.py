"""The report of a time, for the shop's owner and for whoever is to mend it: the one number, what went wrong most often and what to do about
it, and then days, hours, repairs, endings, promises, lines and hosts; and before and after a day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median
from typing import Any

from msgspec import Struct

from agent.contract.event import ToldEvent
from agent.contract.history import History, PastIncident
from agent.papers import report_plots as plots
from agent.papers import report_words as words
from agent.papers.plots import COMPACT, key
from agent.papers.press import Fields
from agent.present import endings, times
from agent.present.history import before_in_words, lasted, named
from agent.present.page import Page
from agent.record.compare import Comparison
from agent.record.words import passed
from probes.ground.bilingual import Bilingual
from probes.ground.moments import here, nearest, seconds_of

TITLE = Bilingual("收款运行报告", "Payments report")
MOST_LISTED = 100  # incidents told one by one
MOST_CAUSES, MOST_PROMISES = 20, 30
_NEAR_S = 3600.0  # what changed longer before an incident says little about it
_LITTLE = 0.5  # share of the time: with less of it watched, the first number stands for little
_LEGEND: dict[str, Bilingual] = {
    "well": Bilingual("一直能收款", "payments all the time"),
    "short": Bilingual("不到十分之一的时间不能", "less than a tenth of it without"),
    "long": Bilingual("更久", "longer without"),
    "closed": Bilingual("不营业", "closed"),
    "planned": Bilingual("计划维护", "planned work"),
    "unwatched": Bilingual("没有监测", "not watched"),
    "part": Bilingual("底边：当天没有监测的部分", "along the foot: how much of the day nobody watched"),
    "stopped": Bilingual("不能收款", "no payments"),
    "impaired": Bilingual("能收款但有问题，或无法判断", "impaired, or nobody could tell"),
    "first": Bilingual("一半的连接比这快（p50）", "half of all connections are faster (p50)"),
    "second": Bilingual("二十次里有一次比这慢（p95）", "one in twenty is slower (p95)"),
    "lost": Bilingual("连接不上", "in vain"),
}


class Report(Struct, frozen=True, kw_only=True):
    """`first` and `last`: UTC days, both included; `now`: seconds since the epoch; `clock`: what the clock of this machine
    says, where that cannot be; `there`: whether there is a record at all; `cut`:
    whether incidents before `told.complete_from` are known by totals alone."""

    told: History
    first: date
    last: date
    now: float
    store: str
    clock: float | None = None
    promises: tuple[ToldEvent, ...] = ()
    comparison: Comparison | None = None
    there: bool = True
    cut: bool = False

    @property
    def span(self) -> plots.Span:
        return plots.Span(first=self.first, last=self.last, days={each.day: each for each in self.told.days}, now=self.now)

    @property
    def asked_s(self) -> float:
        """Of the time that lies behind us."""
        begin, end = (seconds_of(datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in (self.first, self.last + timedelta(days=1)))
        return max(0.0, min(end, self.now) - begin)


def fields_of(report: Report) -> Fields:
    told, span = report.told, report.span
    failed = [each for each in told.incidents if not each.planned]
    leading = _leading(failed)
    of_leading = [each for each in failed if each.cause == leading] if leading else []

    def fields(page: Page) -> dict[str, Any]:
        found, of_all = told.availability, told.availability_all
        return {
            "title": page.words(TITLE),
            "store": report.store,
            "terminal": told.terminal,
            "first": report.first.isoformat(),
            "last": report.last.isoformat(),
            "midnight": _midnight(report.first),
            "there": report.there,
            "percent": words.percent(found.percent, page),
            "hours": told.hours,
            "percent_all": words.percent(of_all.percent, page),
            "watched": words.watched(told, report.asked_s, page),
            "little": of_all.watched_s + of_all.planned_s < _LITTLE * report.asked_s,
            "any_day": of_all.percent is not None or of_all.planned_s > 0,
            "outages": _times(told.failures.count, page),
            "without": times.span(found.outage_s, page) if found.outage_s else "",
            "doubt": _worth(found.watched_s - found.can_pay_s - found.outage_s, page),
            "planned": _worth(of_all.planned_s, page),
            "open": sum(each.ended_at is None for each in told.incidents),
            "repair": _repair(failed, page),
            "often": named(leading, page) if leading else "",
            "often_count": _share_of(len(of_leading), len(failed), page),
            "who": words.person(leading, page),
            "advice": words.advice(leading, page) if failed else "",
            "ended_mostly": words.ended_mostly(of_leading, page),
            "month": _drawn(plots.month(span, page)),
            "numbered": len(span.shown) <= COMPACT and any(each.incidents for each in told.days),
            "month_marks": _legend(plots.marks(span, page), page),
            "by_day": _drawn(plots.by_day(span, page)),
            "day_marks": _legend(("stopped", "impaired", "unwatched"), page),
            "kinds": _legend(("stopped", "impaired"), page),
            "by_hour": _drawn(plots.by_hour(failed, page)) if failed else "",
            "repairs": _drawn(plots.repairs(failed, page)) if any(each.ended_at for each in failed) else "",
            "repair_words": _repair_words(failed, page),
            "causes": [_cause(code, each, page) for code, each in _by_cause(failed)[:MOST_CAUSES]],
            "causes_left": max(0, len(_by_cause(failed)) - MOST_CAUSES),
            "ended": _ended(failed, page),
            "promises": [
                _promise(each, page, report.now) for each in sorted(report.promises, key=lambda each: each.promised)[:MOST_PROMISES]
            ],
            "promises_left": max(0, len(report.promises) - MOST_PROMISES),
            "lines": _qualities(span, page),
            "lines_left": max(0, len(plots.answering(span)) - plots.MOST_LINES),
            "line_marks": _legend(("first", "second", "lost"), page),
            "incidents": [_row(each, page) for each in _listed(told.incidents)],
            "incidents_left": max(0, len(told.incidents) - MOST_LISTED),
            "compare": _compared(report.comparison, page) if report.comparison else None,
            "shown_from": span.shown[0].isoformat() if span.shown[0] > report.first else "",
            "whole_from": told.complete_from[:10] if report.cut and told.complete_from else "",
            "clock": times.written(_utc(report.clock), page) if report.clock is not None else "",
            "unreadable": told.unreadable_lines,
            "made": times.written(_utc(report.now), page),
        }

    return fields


def _leading(failed: Sequence[PastIncident]) -> str | None:
    """The cause of most of those that stopped payments, or else of all."""
    stopped = [each for each in failed if each.can_pay == "no"] or failed
    counts = Counter(each.cause for each in stopped if each.cause)
    return counts.most_common(1)[0][0] if counts else None


def _by_cause(failed: Sequence[PastIncident]) -> list[tuple[str, list[PastIncident]]]:
    """The most frequent first."""
    found: dict[str, list[PastIncident]] = {}
    for each in failed:
        found.setdefault(each.cause or "", []).append(each)
    return sorted(found.items(), key=lambda entry: (-len(entry[1]), -sum(each.duration_s for each in entry[1]), entry[0]))


def _cause(code: str, found: Sequence[PastIncident], page: Page) -> dict[str, Any]:
    return {
        "name": named(code, page) if code else page.say("原因不明", "no cause was found"),
        "who": words.person(code, page),
        "count": len(found),
        "stopped": sum(each.can_pay == "no" for each in found),
        "total": times.span(sum(each.duration_s for each in found), page),
        "longest": times.span(max(each.duration_s for each in found), page),
    }


def _ended(failed: Sequence[PastIncident], page: Page) -> list[tuple[str, int]]:
    unknown = page.say("不清楚", "nobody knows")
    counts = Counter(endings.in_words(each.ended_by, page) or unknown for each in failed if each.ended_at is not None)
    return counts.most_common()


def _promise(promise: ToldEvent, page: Page, now: float) -> dict[str, Any]:
    return {
        "who": promise.who,
        "ticket": promise.ticket,
        "until": promise.promised,
        "late": passed(promise, here(nearest(now)).date()),
        "at": times.written(promise.at, page),
        "incident": promise.incident,
        "text": promise.text,
    }


def _qualities(span: plots.Span, page: Page) -> list[dict[str, Any]]:
    found = [plots.quality(name, span, page, uplink=uplink) for uplink, name in plots.answering(span)[: plots.MOST_LINES]]
    return [
        {
            "kind": page.say("线路", "Line") if each.uplink else page.say("主机", "Host"),
            "name": each.name,
            "looks": each.looks,
            "p50": each.p50,
            "p95": each.p95,
            "lost": each.lost,
            "picture": _drawn(each.picture),
        }
        for each in found
    ]


def _listed(incidents: Sequence[PastIncident]) -> list[PastIncident]:
    """Where there are too many, those that stopped payments and lasted longest; in their order."""
    worst = sorted(incidents, key=lambda each: (each.can_pay != "no", -each.duration_s))[:MOST_LISTED]
    chosen = {each.id for each in worst}
    return [each for each in incidents if each.id in chosen]


def _row(incident: PastIncident, page: Page) -> dict[str, Any]:
    near = [each for each in incident.changes_before[:1] if isinstance(each.get("seconds"), int | float) and each["seconds"] <= _NEAR_S]
    before = before_in_words(near[0], page) if near else ""
    return {
        "id": incident.id,
        "began": _moment(incident.began_at, page),
        "lasted": lasted(incident, page),
        "what": named(incident.cause, page) if incident.cause else page.say("原因不明", "no cause was found"),
        "subject": incident.subject,
        "stopped": incident.can_pay == "no",
        "planned": incident.planned,
        "before": before,
        "ended": endings.in_words(incident.ended_by, page),
        "who": words.person(incident.cause, page),
    }


def _compared(found: Comparison, page: Page) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "verdict": words.verdict(found.verdict, page),
        "before": times.span(found.before.watched_s, page),
        "after": times.span(found.after.watched_s, page),
        "rows": [
            words.row(Bilingual("全部故障", "All incidents"), found.incidents, found, page),
            words.row(Bilingual("其中不能收款", "Of these without payments"), found.stopped, found, page),
            words.row(Bilingual("反复出现的只算一次", "What came back counted once"), found.separate, found, page),
        ],
        "gained": words.gained(found, page),
        "whole_from": found.whole_from[:10] if found.whole_from else "",
    }


def _repair(failed: Sequence[PastIncident], page: Page) -> str:
    over = [each.duration_s for each in failed if each.can_pay == "no" and each.ended_at is not None]
    return times.span(mean(over), page) if over else ""


def _repair_words(failed: Sequence[PastIncident], page: Page) -> str:
    over = [each.duration_s for each in failed if each.ended_at is not None]
    if not over:
        return ""
    middle, longest = times.span(median(over), page), times.span(max(over), page)
    return page.say(f"一半在 {middle}内恢复，最长 {longest}。", f"Half were over within {middle}; the longest took {longest}.")


def _legend(marks: Sequence[str], page: Page) -> list[tuple[Any, str]]:
    return [(_drawn(key(mark)), page.words(_LEGEND[mark])) for mark in marks]


def _times(count: int, page: Page) -> str:
    return page.say(f"{count} 次", str(count))


def _share_of(count: int, of: int, page: Page) -> str:
    return page.say(f"{of} 次故障里的 {count} 次", f"{count} of {of} incidents") if count else ""


def _worth(seconds: float, page: Page) -> str:
    return times.span(seconds, page) if seconds >= 60 else ""


def _midnight(day: date) -> str:
    """At what time of this machine's a UTC day begins."""
    return f"{here(datetime(day.year, day.month, day.day, tzinfo=UTC)):%H:%M}"


def _moment(stamp: str, page: Page) -> str:
    """With its year, which a reader elsewhere needs."""
    moment = times.parse(stamp)
    return page.fit(stamp) if moment is None else f"{here(moment):%Y-%m-%d %H:%M}"


def _utc(at: float) -> str:
    return nearest(at).isoformat()


def _drawn(picture: str) -> Any:
    from markupsafe import Markup

    return Markup(picture)  # noqa: S704 - drawn by `drawing`, which escapes every text
