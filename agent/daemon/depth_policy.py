"""How much the next examination looks at: little while all is as it was, everything when it is not, and rarely over a metered line.

Where nothing is metered, every cycle looks at the local side, the gateways and what failed, and every few cycles at everything.
On an uplink with a budget only the kernel is asked in every cycle; packets go out as seldom as the promises allow: a connection
to each gateway every 150 s, the application's answer every 50 minutes, everything once a day. A smaller budget or more gateways
stretch these; an outage is looked at in full ever more rarely.

In the first hour after something ended, and where the way out is not metered, there is one look more between two cycles: at the local
side and at whether gateways accept, with no message. It leaves out hosts whose own fault it was: all terminals would come back to one that
has just recovered. Everything is looked at every other cycle then, where no uplink at all has a budget.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec.structs import replace

from agent.contract.times import parse, utc
from agent.daemon.data_budget import MB, RESERVE, DataBudget
from agent.daemon.pace import cycle_after_s
from agent.diagnosis.causes import Cause, Owner
from agent.diagnosis.model import State
from agent.examination.light_examination import Depth, LightExamination, same_verdict
from agent.examination.local import CELLULAR_MB
from agent.examination.result import Examination
from agent.settings.model import Settings
from probes.ground.clock import Clock
from probes.model import Check, Facts, Layer
from probes.model.facts import NtpFacts, RemoteFacts

CYCLES = 5  # from one complete examination to the next, where nothing is metered
MOST_CYCLES = 10  # in a lasting outage
REACH_S = 150.0
DEEP_S = 3000.0
COMPLETE_S = 86400.0
CLOSE_CYCLES = 2  # from one complete examination to the next, after something ended
LEAST_PAUSE_S = 10.0  # between two looks; where the interval is shorter than two of it, there is none between two cycles
_WHOLE_AFTER = 0.75  # of the interval: a look that comes sooner after one at gateways in full is one between two cycles
TROUBLE_S = 300.0  # from one complete examination of an outage to the next, at first; each is twice as long as the last
MOST_TROUBLE_S = 3600.0
_EARLY_S = 1.0  # a cycle may come so much before its time
_REACH_COST, _DEEP_COST, _COMPLETE_COST = 450.0, 4500.0, 12_000.0  # bytes, for each gateway, and for everything


class DepthPolicy:
    """Told what every examination found; asked before the next. Ages count on a clock that nobody sets."""

    def __init__(self, settings: Settings, budget: DataBudget, clock: Clock) -> None:
        self._interval_s, self._budget, self._clock = settings.agent.interval_s, budget, clock
        self._gateways = len(settings.gateway)
        self._last: Examination | None = None
        self._moved = False  # the wall clock, since everything was last looked at
        self._anew_at = float("-inf")
        self._complete_at = self._deep_at = self._reach_at = float("-inf")
        self._asked = Depth.NONE
        self._ended: tuple[Cause | None, ...] = ()
        self._whole_at = float("-inf")  # when gateways were last looked at as configured
        self._row = 0  # complete examinations in a row that found the same trouble

    def next(self, *, settled: bool, by_event: bool = False) -> LightExamination | None:
        """None: look at everything. `settled`: no change waits for its confirmation. `by_event`: something has happened."""
        last = self._last
        if last is None or not last.seen or (not last.diagnosis.findings and last.diagnosis.state is State.UNKNOWN):
            return None
        packets = self._affords(-last.budget_mb * MB * RESERVE)
        self._asked = self._depth(last, by_event) if packets else Depth.NONE
        light = LightExamination(
            earlier=last.seen, verdict=last.diagnosis, metered=last.budget_mb > 0, gateways=self._asked, packets=packets
        )
        between = not last.budget_mb and self._asked is not Depth.FULL
        due = not between and self._clock.running() - self._complete_at >= self._complete_after(last)
        if self._moved and packets and self.anew_in() <= _EARLY_S and self._affords(_COMPLETE_COST):
            self._anew_at = self._clock.running()
            return None
        return None if packets and (not settled or (due and self._affords(_COMPLETE_COST))) else light

    def took(self, examination: Examination) -> None:
        now, before = self._clock.running(), self._last
        if examination.complete or self._asked is Depth.FULL:
            self._whole_at = now
        again = before is not None and same_verdict(before.diagnosis, examination.diagnosis)
        if examination.complete:
            self._row = self._row + 1 if again and _in_trouble(examination) else 0
            self._complete_at, self._moved = now, False
        fresh = {c.observed_at for c in examination.seen if c.layer is Layer.GATEWAY}
        if examination.complete or (before is not None and fresh != {c.observed_at for c in before.seen if c.layer is Layer.GATEWAY}):
            self._deep_at = self._reach_at = now
        elif self._asked is not Depth.NONE:
            self._reach_at = now
        self._last = examination
        self._budget.spend(examination.spent, examination.budgets)

    def watch(self, ended: Sequence[Cause | None]) -> None:
        """What ended within the last hour, as far as it is watched."""
        self._ended = tuple(ended)

    def forget(self) -> None:
        """What was seen until now stands for nothing."""
        self._last = None

    def clock_moved(self, by: float) -> None:
        """The wall clock was set forward by so much: what was seen until now is dated anew, and everything looked at again where a budget
        leaves room for it. A clock that is set back and forth is no reason to look more often than that."""
        self._moved = True
        if self._last is not None:
            seen = tuple(redated(check, by) for check in self._last.seen)
            self._last = replace(self._last, seen=seen)

    def anew_in(self) -> float:
        """Seconds until a clock that was set is a reason to look at everything."""
        last = self._last
        pause_s = DEEP_S * self._stretch(last) if last is not None and last.budget_mb else self._interval_s
        return max(0.0, self._anew_at + pause_s - self._clock.running())

    def sooner(self) -> float | None:
        """Seconds until packets are due that should not wait for the next cycle."""
        last = self._last
        if last is not None and self._closely(last):
            return cycle_after_s(self._interval_s / 2, random.random())  # noqa: S311
        if last is None or not last.budget_mb or not self._gateways:
            return None
        due = min(self._reach_at + REACH_S * self._stretch(last), self._deep_at + self._deep_after(last)) - self._clock.running()
        return due if due > _EARLY_S else None  # what is overdue is not affordable yet

    def _depth(self, last: Examination, by_event: bool) -> Depth:
        if not last.budget_mb:
            return self._between() if self._closely(last) and not by_event else Depth.FULL
        now = self._clock.running()
        if now - self._deep_at >= self._deep_after(last) - _EARLY_S and self._affords(_DEEP_COST * max(1, self._gateways)):
            return Depth.FULL
        due = by_event or now - self._reach_at >= REACH_S * self._stretch(last) - _EARLY_S
        if due and self._affords(_REACH_COST * max(1, self._gateways)):
            return Depth.REACH
        return Depth.NONE

    def _closely(self, last: Examination) -> bool:
        return bool(self._ended) and not last.budget_mb and self._interval_s >= 2 * LEAST_PAUSE_S

    def _between(self) -> Depth:
        if self._clock.running() - self._whole_at >= _WHOLE_AFTER * self._interval_s:
            return Depth.FULL
        return Depth.NONE if any(map(_of_a_host, self._ended)) else Depth.REACH

    def _affords(self, cost: float) -> bool:
        last = self._last
        return last is None or self._budget.affords(last.uplink, last.budget_mb, cost)

    def _stretch(self, last: Examination) -> float:
        return max(1.0, CELLULAR_MB / last.budget_mb) * max(1, self._gateways)

    def _deep_after(self, last: Examination) -> float:
        lasting = min(DEEP_S, TROUBLE_S * 2.0 ** min(self._row, 10)) if _in_trouble(last) else DEEP_S
        return lasting * self._stretch(last)

    def _complete_after(self, last: Examination) -> float:
        doubled = 2.0 ** min(self._row, 10)
        if not last.budget_mb:
            closely = self._closely(last) and not any(last.budgets.values())
            cycles = min(MOST_CYCLES, doubled) if _in_trouble(last) else CLOSE_CYCLES if closely else CYCLES
            return self._interval_s * (cycles - 0.5)
        usual = COMPLETE_S if self._gateways else MOST_TROUBLE_S
        return (min(MOST_TROUBLE_S, TROUBLE_S * doubled) if _in_trouble(last) else usual) * self._stretch(last)


def redated(check: Check[Facts], by: float) -> Check[Facts]:
    """As it would have been seen by the clock as it is now."""
    facts, at = check.facts, parse(check.observed_at)
    if isinstance(facts, NtpFacts) and facts.skew_s is not None:
        facts = replace(facts, skew_s=facts.skew_s + by)
    elif isinstance(facts, RemoteFacts) and facts.date_skew_s is not None:
        facts = replace(facts, date_skew_s=facts.date_skew_s + by)
    return replace(check, facts=facts, observed_at=check.observed_at if at is None else utc(at + by))


def _of_a_host(cause: Cause | None) -> bool:
    """Whether a host may have been at fault, as where nobody could tell."""
    return cause is None or cause is Cause.INDETERMINATE or cause.owner is Owner.ACQUIRER


def _in_trouble(examination: Examination) -> bool:
    return any(check.failed for check in examination.checks if check.layer not in (Layer.SYSTEM, Layer.SERIAL, Layer.APP))
