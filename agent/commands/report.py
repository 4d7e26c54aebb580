"""`posdiag report`: how much of a time payments were possible, what went wrong and what to do about it, as a page with pictures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from agent.commands import paper
from agent.commands.context import one_terminal
from agent.commands.failure import CommandFailed
from agent.commands.look_back import LookedBack, look_back
from agent.commands.request import Request
from agent.contract.times import parse
from agent.papers import report as reports
from agent.papers.press import NoPressError, printed
from agent.papers.report_plots import MOST_DAYS
from agent.record.compare import compared
from agent.record.days import day_of
from agent.record.words import Standing
from agent.settings.load import Loaded
from probes.ground.moments import here, nearest, seconds_of

DAYS = 30  # where nobody says how many


def report(request: Request) -> int:
    loaded = one_terminal(request)
    now = _now(look_back(loaded))
    first, last, compare = _asked(request, nearest(now).date())
    back = look_back(loaded, _begin(first), _begin(last + timedelta(days=1)))
    found = _report(back, first, last, compare, loaded, now)
    try:
        made = printed("report.html", reports.fields_of(found), paper.languages(request, loaded), reports.TITLE, about=request.beside or "")
    except NoPressError as error:
        raise paper.no_press(error) from None
    paper.deliver(made, request, loaded, f"posdiag-report-{found.first}-{found.last}.html", mode=0o600)
    return 0


def _report(back: LookedBack, first: date, last: date, compare: date | None, loaded: Loaded, now: float) -> reports.Report:
    told, totals = back.told, back.found.totals
    known = [each.day for each in told.days] + [day_of(each.began.at) for each in back.lived]
    if (last - first).days >= MOST_DAYS and known:  # of what nobody can have recorded nothing is said
        first = max(first, date.fromisoformat(min(known)))
        _within(compare, first, last)
    cut = totals is not None and bool(totals.totals) and (told.complete_from or "")[:10] > first.isoformat()
    standing = Standing()
    for event in (totals, *back.found.events):
        standing.take(event)
    return reports.Report(
        told=told,
        first=first,
        last=last,
        now=now,
        clock=back.now.at if back.now.at < now - 60 else None,
        store=loaded.settings.terminal.store,
        promises=standing.promises,
        comparison=None if compare is None else compared(told.days, back.lived, compare, told.complete_from if cut else None),
        there=back.found.there,
        cut=cut,
    )


def _now(back: LookedBack) -> float:
    """Seconds since the epoch: what the clock says, unless the last line of the record says that it is later by now: a clock that was lost
    or set back hides nothing of what was."""
    lines = [each for each in (*back.found.days, *back.found.events) if each.clock == "ok"]
    last = max(lines, key=lambda each: each.sequence, default=None)
    return max(back.now.at, (parse(last.at) or 0.0) if last is not None else 0.0)


def _asked(request: Request, today: date) -> tuple[date, date, date | None]:
    """Days as people name them are those of the record, which are UTC days. What lies before and after a day that is compared is as long as
    the record allows, where nobody says from when."""
    compare = None if request.compare is None else _day(request.compare)
    last = min(today, today if request.until is None else _day(request.until - 1))
    if request.since is not None:
        first = _day(request.since)
    elif compare is not None and compare < last:
        first = compare - timedelta(days=min((compare - date.min).days, max(DAYS, (last - compare).days)))
    else:
        first = last - timedelta(days=DAYS - 1)
    if first > last:
        raise CommandFailed(f"{first} 还没到，没有什么可报告的", f"{first} has not come yet: there is nothing to report")
    _within(compare, first, last)
    return first, last, compare


def _within(compare: date | None, first: date, last: date) -> None:
    if compare is not None and not first < compare < last:
        raise CommandFailed(
            f"--compare {compare} 要在报告的时间里面（{first} 到 {last}），前后都有日子才能比较",
            f"--compare {compare} has to lie within the time of the report, {first} to {last}, with days before and after it",
        )


def _day(at: float) -> date:
    return here(nearest(at)).date()


def _begin(day: date) -> float:
    return seconds_of(datetime(day.year, day.month, day.day, tzinfo=UTC))
