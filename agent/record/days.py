"""What a day was like: how long each state lasted, as far as anybody watched, in opening hours too, and how its hosts and lines answered.
Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.day import DayPart, Today
from agent.contract.event import AnyEvent, DayEvent, ToldEvent
from agent.contract.times import parse
from agent.record.answers import Answers, Listener
from agent.record.moments import Moment, elapsed_s
from probes.ground.moments import nearest
from probes.model import Check, Facts

if TYPE_CHECKING:
    from agent.settings.hours import Hours

DAY_S = 86400.0
MAINTENANCE = "maintenance"


class Part(Struct, frozen=True, kw_only=True):
    """Of a day: what lies in opening hours."""

    seconds: dict[str, float] = {}
    can_pay_s: float = 0.0
    planned_s: float = 0.0

    def told(self) -> DayPart:
        return DayPart(seconds=_rounded(self.seconds), can_pay=round(self.can_pay_s), planned=round(self.planned_s))


class Tally(Struct, frozen=True, kw_only=True):
    """Of one UTC day, as the wall clock names it; the seconds are those of the clock that nobody sets. `planned_s`: of planned work, which
    are of no state. `opening`: none where no opening hours are configured."""

    day: str
    seconds: dict[str, float] = {}
    can_pay_s: float = 0.0
    planned_s: float = 0.0
    opening: Part | None = None
    gateways: dict[str, Answers] = {}
    uplinks: dict[str, Answers] = {}

    @property
    def unwatched_s(self) -> float:
        return max(0.0, DAY_S - sum(self.seconds.values()) - self.planned_s)

    def told(self, stamp: dict[str, Any]) -> DayEvent:
        """`stamp`: what every line says of when it was."""
        return DayEvent(
            day=self.day,
            seconds=_rounded(self.seconds),
            can_pay=round(self.can_pay_s),
            unwatched=round(self.unwatched_s),
            planned=round(self.planned_s),
            opening=None if self.opening is None else self.opening.told(),
            gateways={name: answers.told() for name, answers in self.gateways.items()},
            uplinks={name: answers.told() for name, answers in self.uplinks.items()},
            **stamp,
        )

    def until_now(self, sequence: int) -> Today:
        opening = None if self.opening is None else self.opening.told()
        seconds, can_pay, planned = _rounded(self.seconds), round(self.can_pay_s), round(self.planned_s)
        return Today(day=self.day, sequence=sequence, seconds=seconds, can_pay=can_pay, planned=planned, opening=opening)


class Planned(Struct, frozen=True, kw_only=True):
    """Planned work, by the wall clock, as a person said it: the last word counts."""

    since: float
    until: float

    def of(self, begin: float, end: float) -> tuple[float, float]:
        """The part of a time that lies in it; an empty one where none does."""
        since = min(max(begin, self.since), end)
        return since, max(since, min(end, self.until))


def planned_by(event: AnyEvent) -> Planned | None:
    if not isinstance(event, ToldEvent) or event.what != MAINTENANCE:
        return None
    since, until = parse(event.at), parse(event.until)
    return None if since is None or until is None else Planned(since=since, until=until)


def day_of(at: float) -> str:
    return nearest(at).date().isoformat()


def _rounded(seconds: Mapping[str, float]) -> dict[str, int]:
    return {name: round(each) for name, each in seconds.items()}


class Days:
    """Told of every look: between two of them the earlier one's state lasted, unless they are further apart than `longest_s`."""

    def __init__(
        self,
        tally: Tally | None,
        longest_s: float,
        named: Callable[[str], str] = str,
        hours: Hours | None = None,
        planned: Planned | None = None,
    ) -> None:
        self._hours, self.planned = hours, planned
        self.tally = None if tally is None else replace(tally, opening=(tally.opening or Part()) if hours else None)
        self._longest_s, self._listener = longest_s, Listener(named)
        self._last: Moment | None = None
        self._state, self._can_pay = "", False

    def told(self, event: AnyEvent) -> None:
        """What people say of planned work counts from the next look on."""
        self.planned = planned_by(event) or self.planned

    def today(self, sequence: int) -> Today | None:
        """`sequence`: of the record's last line."""
        return None if self.tally is None else self.tally.until_now(sequence)

    def look(self, now: Moment, state: str, *, can_pay: bool, checks: Iterable[Check[Facts]] = (), uplink: str = "") -> list[Tally]:
        """The days that are over by it."""
        over: list[Tally] = []
        lasted = elapsed_s(self._last, now) if self._last is not None else 0.0
        today = day_of(now.at)
        if self.tally is None:
            self.tally = self._empty(today)
        if self._last is not None and lasted <= self._longest_s:
            behind = min(lasted, now.at % DAY_S) if self.tally.day != today else lasted  # midnight
            self._add(lasted - behind if self.tally.day != today else lasted, now.at - (behind if self.tally.day != today else 0.0))
            if self.tally.day != today:
                over.append(self.tally)
                self.tally = self._empty(today)
                self._add(behind, now.at)
        elif self.tally.day != today:
            over.append(self.tally)
            self.tally = self._empty(today)
        self._last, self._state, self._can_pay = now, state, can_pay
        gateways, uplinks = self._listener.look(checks, uplink, self.tally.gateways, self.tally.uplinks)
        self.tally = replace(self.tally, gateways=gateways, uplinks=uplinks)
        return over

    def _empty(self, day: str) -> Tally:
        return Tally(day=day, opening=Part() if self._hours is not None else None)

    def _add(self, seconds: float, end: float) -> None:
        """The `seconds` before `end`, on the wall clock as it is now."""
        assert self.tally is not None
        begin = end - seconds
        since, until = (begin, begin) if self.planned is None else self.planned.of(begin, end)
        whole = self._with(
            Part(seconds=self.tally.seconds, can_pay_s=self.tally.can_pay_s, planned_s=self.tally.planned_s),
            planned_s=until - since,
            seconds=seconds - (until - since),
        )
        opening = self.tally.opening
        if opening is not None and self._hours is not None:
            planned_s = self._hours.open_s(since, until)
            opening = self._with(opening, planned_s=planned_s, seconds=self._hours.open_s(begin, end) - planned_s)
        self.tally = replace(self.tally, seconds=whole.seconds, can_pay_s=whole.can_pay_s, planned_s=whole.planned_s, opening=opening)

    def _with(self, known: Part, *, seconds: float, planned_s: float) -> Part:
        if seconds > 0:
            known = replace(
                known,
                seconds={**known.seconds, self._state: known.seconds.get(self._state, 0.0) + seconds},
                can_pay_s=known.can_pay_s + seconds * self._can_pay,
            )
        return replace(known, planned_s=known.planned_s + planned_s) if planned_s > 0 else known
