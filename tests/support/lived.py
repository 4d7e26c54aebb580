"""A record as a shop lives it, made line by line: days with what was watched of them, and incidents in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from agent.contract.event import AnyEvent, CarriedEvent, ClosedEvent, DayEvent, GatewayDay, OpenedEvent, ToldEvent
from agent.contract.times import parse, utc
from agent.record.history import Asked, history
from agent.record.incidents import Lived
from agent.record.moments import Moment
from agent.record.past import Past

BOOT = "11111111-2222-3333-4444-555555555555"
DAY_S = 86400
INTERNET, CABLE, HOST = "network.internet_down", "operator.cable_unplugged", "system.gateway_down"
FIRST = date(2026, 1, 1)


class Made:
    """Of a terminal that runs since `first`. Moments are given as hours since then."""

    def __init__(self, first: date = FIRST) -> None:
        self.first = first
        self._begin = parse(f"{first}T00:00:00.000Z") or 0.0
        self.events: list[AnyEvent] = []
        self.days: list[DayEvent] = []
        self._count = 0

    def at(self, hour: float) -> dict[str, Any]:
        return {"at": utc(self._begin + hour * 3600), "boot_id": BOOT, "running_s": 1000.0 + hour * 3600}

    def incident(self, hour: float, minutes: float | None, cause: str | None = INTERNET, *, trace: str = "", **more: Any) -> str:
        """One that is not over where there are no minutes."""
        self._count += 1
        name = f"I-{self._count}"
        known: dict[str, Any] = {
            "chain": name,
            "state": "outage",
            "can_pay": "no",
            "subject": "",
            "category": cause.partition(".")[0] if cause else None,
            "confidence": 0.9,
            "began_at": self.at(hour)["at"],
        }
        self.events.append(OpenedEvent(incident=name, cause=cause, **(known | self.at(hour) | more)))
        if minutes is not None:
            ended = self.at(hour + minutes / 60)
            by = {"trace": trace, "step": None, "how": "seen", "confidence": 0.8} if trace else {}
            self.events.append(ClosedEvent(incident=name, ended_at=ended["at"], duration_s=minutes * 60, ended_by=by, **ended))
        return name

    def day(self, number: int, without_s: int = 0, watched_s: int = DAY_S, **more: Any) -> None:
        """`without_s`: of it no payment was possible."""
        name = (self.first + timedelta(days=number)).isoformat()
        seconds = {"ok": watched_s - without_s, **({"outage": without_s} if without_s else {})}
        told = DayEvent(
            day=name, seconds=seconds, can_pay=watched_s - without_s, unwatched=DAY_S - watched_s, **(self.at(24 * number + 24) | more)
        )
        self.days.append(told)

    def called(self, hour: float, **more: Any) -> None:
        self.events.append(ToldEvent(what="called", word=f"W-{hour:g}", **(self.at(hour) | more)))

    def lines(self, totals: CarriedEvent | None = None) -> list[AnyEvent]:
        """As they stand in a file."""
        rest = sorted([*self.events, *self.days], key=lambda event: event.at)
        return [totals or CarriedEvent(**self.at(0)), *rest]

    def past(self, totals: CarriedEvent | None = None) -> Past:
        return Past(there=True, totals=totals, days=tuple(self.days), events=tuple(self.events))

    def now(self, hour: float) -> Moment:
        told = self.at(hour)
        return Moment(at=self._begin + hour * 3600, boot_id=BOOT, running_s=told["running_s"])

    def told(self, first: date, last: date, hour: float, totals: CarriedEvent | None = None, hours: str = "") -> tuple[Any, list[Lived]]:
        """What the record tells of these days, both included, `hour` hours after its beginning."""
        begin, end = (parse(f"{day}T00:00:00.000Z") for day in (first, last + timedelta(days=1)))
        return history(self.past(totals), Asked(since=begin, until=end), self.now(hour), "T-1", hours=hours)


def quality(n: int = 1440, p50: float = 24.0, p95: float = 60.0, lost: float = 0.0) -> GatewayDay:
    return GatewayDay(n=n, p50_ms=p50, p95_ms=p95, loss_percent=lost)


def shop(days: int = 60, mended: int | None = None, first: date = FIRST) -> Made:
    """A line that fails every third day for 40 minutes, until it was `mended` on that day; a cable, a host and a week in which the service
    did not run."""
    made = Made(first)
    for number in range(days):
        fails = number % 3 == 1 and (mended is None or number < mended)
        lost: Sequence[int] = [*([2400] if fails else []), *([900] if number % 11 == 5 else []), *([7200] if number == 8 else [])]
        if 17 <= number < 21:
            continue
        slow = 1.0 if mended is not None and number >= mended else 2.0 + (number % 5) / 4
        made.day(
            number,
            sum(lost),
            uplinks={"eth0": quality(p50=12 * slow, p95=40 * slow, lost=1.6 if fails else 0.1)},
            gateways={"acquirer-a": quality(p50=30 * slow, p95=95 * slow, lost=8.0 if number == 8 else 0.2)},
        )
        if fails:
            made.incident(24 * number + 11.5 + number % 4, 40, trace="router_restarted" if number % 2 else "line_recovered")
        if number % 11 == 5:
            made.incident(24 * number + 8, 15, CABLE, trace="link_replugged", subject="eth0")
        if number == 8:
            made.incident(24 * number + 19, 120, HOST, trace="host_recovered", subject="acquirer-a")
        if number % 9 == 4:
            made.incident(24 * number + 14, 5, "network.unstable", state="degraded", can_pay="yes")
    made.events.sort(key=lambda event: event.at)
    return made
