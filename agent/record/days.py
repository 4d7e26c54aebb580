"""What a day was like: how long each state lasted, as far as anybody watched, and how its gateways answered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.event import GatewayDay
from agent.contract.times import EARLIEST, LATEST
from agent.record.moments import Moment, elapsed_s
from probes.model import Check, Facts
from probes.model.facts import GatewayFacts

DAY_S = 86400.0
_MOST_SAMPLES = 32  # of one gateway in a day: past it every other one is let go, and from then on so many fewer are taken
_MOST_GATEWAYS = 16


class Answers(Struct, frozen=True, kw_only=True, array_like=True):
    """Of one gateway. `every`: of so many looks one leaves its `times_ms`."""

    looks: int = 0
    failed: int = 0
    every: int = 1
    times_ms: tuple[float, ...] = ()

    def with_look(self, ok: bool, took_ms: float | None) -> Answers:
        times_ms, every = self.times_ms, self.every
        if took_ms is not None and self.looks % every == 0:
            times_ms = (*times_ms, round(took_ms, 1))
        if len(times_ms) > _MOST_SAMPLES:
            times_ms, every = times_ms[::2], 2 * every
        return Answers(looks=self.looks + 1, failed=self.failed + (not ok), every=every, times_ms=times_ms)

    def told(self) -> GatewayDay:
        ordered = sorted(self.times_ms)
        return GatewayDay(
            n=self.looks,
            p50_ms=_share(ordered, 0.5),
            p95_ms=_share(ordered, 0.95),
            loss_percent=round(100 * self.failed / self.looks, 1) if self.looks else None,
        )


class Tally(Struct, frozen=True, kw_only=True):
    """Of one UTC day, as the wall clock names it; the seconds are those of the clock that nobody sets."""

    day: str
    seconds: dict[str, float] = {}
    can_pay_s: float = 0.0
    gateways: dict[str, Answers] = {}

    @property
    def unwatched_s(self) -> float:
        return max(0.0, DAY_S - sum(self.seconds.values()))


def day_of(at: float) -> str:
    return datetime.fromtimestamp(min(max(at, EARLIEST), LATEST), UTC).strftime("%Y-%m-%d")


class Days:
    """Told of every look: between two of them the earlier one's state lasted, unless they are further apart than `longest_s`. `named`: by
    which name a gateway is kept, since a number may have been typed in the place of one."""

    def __init__(self, tally: Tally | None, longest_s: float, named: Callable[[str], str] = str) -> None:
        self.tally, self._longest_s, self._named = tally, longest_s, named
        self._last: Moment | None = None
        self._state, self._can_pay = "", False
        self._seen: dict[str, str] = {}  # when each gateway was last looked at

    def look(self, now: Moment, state: str, *, can_pay: bool, checks: Iterable[Check[Facts]] = ()) -> list[Tally]:
        """The days that are over by it."""
        over: list[Tally] = []
        lasted = elapsed_s(self._last, now) if self._last is not None else 0.0
        today = day_of(now.at)
        if self.tally is None:
            self.tally = Tally(day=today)
        if self._last is not None and lasted <= self._longest_s:
            behind = min(lasted, now.at % DAY_S) if self.tally.day != today else lasted  # midnight
            self._add(lasted - behind if self.tally.day != today else lasted)
            if self.tally.day != today:
                over.append(self.tally)
                self.tally = Tally(day=today)
                self._add(behind)
        elif self.tally.day != today:
            over.append(self.tally)
            self.tally = Tally(day=today)
        self._last, self._state, self._can_pay = now, state, can_pay
        self._answers(checks)
        return over

    def _add(self, seconds: float) -> None:
        assert self.tally is not None
        known: Mapping[str, float] = self.tally.seconds
        self.tally = replace(
            self.tally,
            seconds={**known, self._state: known.get(self._state, 0.0) + seconds},
            can_pay_s=self.tally.can_pay_s + seconds * self._can_pay,
        )

    def _answers(self, checks: Iterable[Check[Facts]]) -> None:
        """Each look at a gateway once: one that stands as it was seen earlier has its time."""
        assert self.tally is not None
        gateways = dict(self.tally.gateways)
        for check in checks:
            if not isinstance(check.facts, GatewayFacts) or not check.made or self._seen.get(check.name) == check.observed_at:
                continue
            name = self._named(check.name)
            if name in gateways or len(gateways) < _MOST_GATEWAYS:
                self._seen[check.name] = check.observed_at
                gateways[name] = gateways.get(name, Answers()).with_look(check.ok, check.facts.connect_ms)
        self.tally = replace(self.tally, gateways=gateways)


def _share(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
