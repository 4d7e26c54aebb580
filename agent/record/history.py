"""What a terminal lived through, reckoned from its record: incidents, availability, mean times, causes and steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from agent.contract.event import DayEvent, Total
from agent.contract.history import Availability, CauseTotal, DayTotal, Failures, History, PastIncident, StepTotal
from agent.contract.times import utc
from agent.record.incidents import Lived, incidents
from agent.record.moments import Moment, elapsed_s
from agent.record.past import Past

_NOON = "T12:00:00+00:00"


class Asked(Struct, frozen=True, kw_only=True):
    """`since` and `until`: seconds since the epoch; `cause`: which codes are wanted. None for all."""

    since: float | None = None
    until: float | None = None
    cause: Callable[[str], bool] | None = None

    @property
    def everything(self) -> bool:
        return self.since is None and self.until is None

    def within(self, began: float, ended: float) -> bool:
        return (self.until is None or began < self.until) and (self.since is None or ended >= self.since)


def history(past: Past, asked: Asked, now: Moment, terminal: str) -> tuple[History, list[Lived]]:
    """And its incidents with their moments."""
    carried = past.totals.open if past.totals else ()
    lived = [each for each in incidents(carried, past.events, now) if asked.within(each.began.at, each.ended.at)]
    if asked.cause is not None:
        lived = [each for each in lived if any(map(asked.cause, each.told.causes))]
    days = _days(past.days, asked)
    complete_from = past.events[0].at if past.events else None
    gone = past.totals.totals if past.totals is not None and asked.everything else ()
    told = tuple(each.told for each in lived)
    begins = [each for each in (complete_from, f"{days[0].day}T00:00:00.000Z" if days else None) if each]
    return History(
        terminal=terminal,
        from_=utc(asked.since) if asked.since is not None else min(begins, default=utc(now.at)),
        to=utc(now.at if asked.until is None else asked.until),
        complete_from=complete_from,
        availability=_availability(days),
        failures=_failures(lived),
        incidents=told,
        causes=_causes(told, [each for each in gone if asked.cause is None or asked.cause(each.cause)]),
        steps=_steps(told),
        days=days,
        unreadable_lines=past.unreadable,
    ), lived


def _days(events: Iterable[DayEvent], asked: Asked) -> tuple[DayTotal, ...]:
    """In their order, several lines of one as one. A day counts where its middle lies within what was asked for."""
    found: dict[str, DayTotal] = {}
    for event in events:
        try:
            middle = datetime.fromisoformat(event.day + _NOON).timestamp()
        except ValueError:
            continue
        if not asked.within(middle, middle):
            continue
        had = found.get(event.day) or DayTotal(day=event.day, watched_s=0, can_pay_s=0, outage_s=0)
        found[event.day] = DayTotal(
            day=event.day,
            watched_s=had.watched_s + sum(event.seconds.values()),
            can_pay_s=had.can_pay_s + event.can_pay,
            outage_s=had.outage_s + event.seconds.get("outage", 0),
            gateways=had.gateways | event.gateways,
        )
    return tuple(found[day] for day in sorted(found))


def _availability(days: Sequence[DayTotal]) -> Availability:
    watched, can_pay = sum(each.watched_s for each in days), sum(each.can_pay_s for each in days)
    percent = None if not watched else min(100.0, 100_000 * can_pay // watched / 1000)
    return Availability(percent=percent, watched_s=watched, can_pay_s=can_pay, outage_s=sum(each.outage_s for each in days))


def _failures(lived: Sequence[Lived]) -> Failures:
    stopped = [each for each in lived if each.told.can_pay == "no"]
    between = [elapsed_s(earlier.began, later.began) for earlier, later in pairwise(stopped)]
    repairs = [each.told.duration_s for each in stopped if each.told.ended_at is not None]
    return Failures(count=len(stopped), mean_between_s=_mean(between), mean_repair_s=_mean(repairs))


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def _causes(told: Iterable[PastIncident], gone: Iterable[Total]) -> tuple[CauseTotal, ...]:
    """The most frequent first."""
    durations: dict[str, list[tuple[float, bool]]] = {}
    earlier = {each.cause: each for each in gone if each.cause}
    for each in told:
        if each.cause:
            durations.setdefault(each.cause, []).append((each.duration_s, each.ended_at is not None))
    found = []
    for code in dict.fromkeys([*durations, *earlier]):
        here, before = durations.get(code, []), earlier.get(code) or Total(cause=code, count=0, seconds=0.0, longest_s=0.0)
        ended = [seconds for seconds, over in here if over]
        count = len(ended) + before.count
        found.append(
            CauseTotal(
                code=code,
                count=len(here) + before.count,
                mean_s=round((sum(ended) + before.seconds) / count, 1) if count else None,
                longest_s=max([before.longest_s, *(seconds for seconds, _ in here)]),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.count, each.code)))


def _steps(told: Iterable[PastIncident]) -> tuple[StepTotal, ...]:
    counts: dict[tuple[str, str], list[int]] = {}
    for each in told:
        ended = each.ended_by.get("step")
        done = {step for step in (ended, *(one.get("step") for one in each.tried)) if isinstance(step, str) and step}
        for step in done if each.cause else ():
            count = counts.setdefault((each.cause or "", step), [0, 0])
            count[0] += 1
            count[1] += step == ended
    return tuple(StepTotal(cause=cause, step=step, tried=tried, helped=helped) for (cause, step), (tried, helped) in sorted(counts.items()))
