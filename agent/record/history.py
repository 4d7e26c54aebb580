"""What a terminal lived through, reckoned from its record: incidents, availability, mean times, causes and steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.day import Today
from agent.contract.event import StepCount, Total
from agent.contract.history import CauseTotal, Failures, History, PastIncident, StepTotal
from agent.contract.times import utc
from agent.record.availability import availability, counted, day_totals, planned_in
from agent.record.days import Planned
from agent.record.incidents import Lived, incidents
from agent.record.learned import Deed, ended, outcomes, word
from agent.record.moments import Moment, elapsed_s
from agent.record.past import Past


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


def history(
    past: Past,
    asked: Asked,
    now: Moment,
    terminal: str,
    *,
    hours: str = "",
    running: Sequence[Today] = (),
    well_since: Moment | None = None,
) -> tuple[History, list[Lived]]:
    """And its incidents with their moments. `hours`: opening hours, empty for always; `running`: what is known of days without a line;
    `well_since`: since when the service holds no incident for open."""
    carried = past.totals.open if past.totals else ()
    all_of_them = incidents(carried, (*past.words, *past.events), now, well_since=well_since)
    lived = [each for each in all_of_them if asked.within(each.began.at, each.ended.at)]
    if asked.cause is not None:
        lived = [each for each in lived if any(map(asked.cause, each.told.causes))]
    plans = planned_in((*past.words, *past.events))
    lived = [each if not _planned(each, plans) else replace(each, told=replace(each.told, planned=True)) for each in lived]
    days = counted(day_totals(past.days, running, asked.within), lived)
    complete_from = past.events[0].at if past.events else None
    gone = past.totals.totals if past.totals is not None and asked.everything else ()
    steps_gone = past.totals.steps if past.totals is not None and asked.everything else ()
    told = tuple(each.told for each in lived)
    begins = [each for each in (complete_from, f"{days[0].day}T00:00:00.000Z" if days else None) if each]
    return History(
        terminal=terminal,
        from_=utc(asked.since) if asked.since is not None else min(begins, default=utc(now.at)),
        to=utc(now.at if asked.until is None else asked.until),
        complete_from=complete_from,
        hours=hours,
        availability=availability(days, opening=bool(hours)),
        availability_all=availability(days),
        failures=_failures(lived),
        incidents=told,
        causes=_causes(told, [each for each in gone if asked.cause is None or asked.cause(each.cause)]),
        steps=_steps(lived, [each for each in steps_gone if asked.cause is None or asked.cause(each.cause)]),
        days=days,
        unreadable_lines=past.unreadable,
    ), lived


def _planned(lived: Lived, plans: Sequence[Planned]) -> bool:
    return any(plan.since <= lived.began.at < plan.until for plan in plans)


def _failures(lived: Sequence[Lived]) -> Failures:
    stopped = [each for each in lived if each.told.can_pay == "no" and not each.told.planned]
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


def _steps(lived: Iterable[Lived], gone: Iterable[StepCount]) -> tuple[StepTotal, ...]:
    """As far as anybody can tell the steps apart. An incident that is open counts for none."""
    counts = {(each.cause, each.step): [each.tried, each.helped] for each in gone if each.step}
    for each in lived:
        if each.told.ended_at is None:
            continue
        end = ended(each.led, each.told.ended_by, each.told.tried)
        for deed, helped in outcomes(end, _words(each)).items():
            if deed.step:
                count = counts.setdefault((deed.cause, deed.step), [0, 0])
                count[0] += 1
                count[1] += helped
    return tuple(StepTotal(cause=cause, step=step, tried=tried, helped=helped) for (cause, step), (tried, helped) in sorted(counts.items()))


def _words(lived: Lived) -> dict[Deed, str]:
    """What people said of the steps that they did, the latest last."""
    found: dict[Deed, str] = {}
    for each in lived.told.told:
        deed = word(str(each.get("step", "")), lived.led.last) if each.get("what") == "did" else None
        if deed is not None:
            found.pop(deed, None)
            found[deed] = str(each.get("helped", ""))
    return found
