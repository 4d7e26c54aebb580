"""Before and after a day: how often it failed in the time that was watched, how much of it payments were possible, and how far chance
alone can carry either. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from agent.contract.history import DayTotal
from agent.record.days import day_of
from agent.record.exact import Interval, can_tell, rate_ratio
from agent.record.incidents import Lived

_DRAWS = 2000
_FEWEST_DAYS = 7  # watched on either side, below which days say nothing about days
_FEWEST_RUNS = 6  # times of days with something wrong on both sides together: fewer can all lie on one side by chance
_TAIL = 0.025
_HALF = 0.5  # cases that go as well with half as many as with twice as many tell nothing

# `fewer`, `more`: chance alone does not explain it; `alike`: it does; `too_few`: so few cases can show nothing, or leave everything open
Verdict = str


class Side(Struct, frozen=True, kw_only=True):
    """One of both times. `days`: on which anybody watched; `counts`: cases by what is counted."""

    days: int
    watched_s: int
    share: float | None
    counts: dict[str, int]


class Change(Struct, frozen=True, kw_only=True):
    """Of what is counted: `ratio` is after by before."""

    before: int
    after: int
    ratio: Interval | None
    verdict: Verdict


class Comparison(Struct, frozen=True, kw_only=True):
    """`day` itself belongs to neither side. `incidents`: all; `stopped`: in which no payment was possible; `separate`: all of them, what
    came back while it was watched counted once. `gain`: by how much the share of the time in which payment was possible grew; none where
    too few days or outages say nothing about it. `whole_from`: days before it do not count, since incidents of theirs are not told one
    by one any more."""

    day: date
    before: Side
    after: Side
    incidents: Change
    stopped: Change
    separate: Change
    gain: Interval | None
    whole_from: str | None

    @property
    def verdict(self) -> Verdict:
        """What comes back is no case of its own: where that alone makes the difference, it is in doubt."""
        all_of_them, once = self.incidents.verdict, self.separate.verdict
        return all_of_them if all_of_them == once else "too_few" if "too_few" in (all_of_them, once) else "alike"


def compared(days: Sequence[DayTotal], lived: Sequence[Lived], day: date, whole_from: str | None) -> Comparison:
    """`whole_from`: since when incidents are told one by one."""
    cut = whole_from is not None and any(each.day < whole_from[:10] for each in days)
    known = whole_from[:10] if whole_from is not None and cut else ""  # of that day a part alone
    days = [each for each in days if each.day > known and each.watched_s]
    watched = {each.day for each in days}
    told = [each for each in lived if not each.told.planned and day_of(each.began.at) in watched]
    limit = day.isoformat()
    before = _side([each for each in days if each.day < limit], [each for each in told if day_of(each.began.at) < limit])
    after = _side([each for each in days if each.day > limit], [each for each in told if day_of(each.began.at) > limit])
    return Comparison(
        day=day,
        before=before,
        after=after,
        incidents=_change("incidents", before, after),
        stopped=_change("stopped", before, after),
        separate=_change("separate", before, after),
        gain=gain([each for each in days if each.day < limit], [each for each in days if each.day > limit]),
        whole_from=whole_from if cut else None,
    )


def gain(before: Sequence[DayTotal], after: Sequence[DayTotal]) -> Interval | None:
    """By how much the share of time with payment grew. How far chance goes is told by all days dealt anew to both sides (Pitman 1937), so
    that a side on which little happened borrows its spread from the other; days in a row with something wrong are dealt as one: a single
    long outage is one case, however many days it took."""
    first, then = _runs(before), _runs(after)
    runs = [*first, *then]
    if min(len(before), len(after)) < _FEWEST_DAYS or sum(1 for watched, well in runs if well < watched) < _FEWEST_RUNS:
        return None
    chance = random.Random(0)  # noqa: S311 - the same record gives the same page
    value = _share(then) - _share(first)
    dealt = sorted(_dealt(runs, len(first), chance) for _ in range(_DRAWS))
    tail = int(_TAIL * _DRAWS)
    return Interval(value, value - dealt[-tail - 1], value - dealt[tail])


def _side(days: Sequence[DayTotal], lived: Sequence[Lived]) -> Side:
    watched = sum(each.watched_s for each in days)
    counts = {
        "incidents": len(lived),
        "stopped": sum(each.told.can_pay == "no" for each in lived),
        "separate": len({each.told.chain for each in lived}),
    }
    return Side(days=len(days), watched_s=watched, share=_share(_runs(days)) if watched else None, counts=counts)


def _change(name: str, before: Side, after: Side) -> Change:
    had, has = before.counts[name], after.counts[name]
    ratio = rate_ratio(had, before.watched_s, has, after.watched_s)
    return Change(before=had, after=has, ratio=ratio, verdict=_verdict(ratio, can_tell(had + has, before.watched_s, after.watched_s)))


def _verdict(ratio: Interval | None, enough: bool) -> Verdict:
    if ratio is None or not enough or (ratio.low < _HALF and ratio.high > 1 / _HALF):
        return "too_few"
    return "fewer" if ratio.high < 1 else "more" if ratio.low > 1 else "alike"


Run = tuple[int, int]  # seconds watched, and seconds with payment


def _runs(days: Sequence[DayTotal]) -> list[Run]:
    """Of opening hours, where there are some; days in a row with something wrong as one."""
    found: list[Run] = []
    wrong = False
    for each in days:
        part = each if each.opening is None else each.opening
        if not part.watched_s:
            continue
        well = min(part.can_pay_s, part.watched_s)
        if wrong and well < part.watched_s:
            found[-1] = found[-1][0] + part.watched_s, found[-1][1] + well
        else:
            found.append((part.watched_s, well))
        wrong = well < part.watched_s
    return found


def _dealt(runs: list[Run], count: int, chance: random.Random) -> float:
    """The gain, were it by chance alone which of them lie before."""
    chance.shuffle(runs)
    return _share(runs[count:]) - _share(runs[:count])


def _share(runs: Sequence[Run]) -> float:
    watched = sum(each for each, _ in runs)
    return sum(well for _, well in runs) / watched if watched else 1.0
