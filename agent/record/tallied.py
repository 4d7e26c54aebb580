"""What a record adds up to: seconds in each state, incidents by the cause that led the longest, and the last of them in short. Taken from
its lines in their order, one after another."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, ClosedShort, DayEvent, OpenedEvent
from agent.record.moments import moment_of

if TYPE_CHECKING:
    from agent.contract.history import PastIncident

MOST_CLOSED = 8
_MOST_LEADS = 24  # of one incident; what led between the first and the last of them is passed over
_MOST_OPEN = 4


class Tallied:
    """It never goes down while a record is there: what goes with an old file is carried over (`carry.py`)."""

    def __init__(self) -> None:
        self.seconds: dict[str, int] = {}
        self.incidents: dict[str, int] = {}
        self.closed: deque[ClosedShort] = deque(maxlen=MOST_CLOSED)
        self._open: dict[str, tuple[OpenedEvent, list[CauseEvent]]] = {}

    def take(self, event: AnyEvent) -> None:
        match event:
            case DayEvent():
                self._add(event.seconds)
            case OpenedEvent() if event.incident not in self._open:
                self._open[event.incident] = event, []
                while len(self._open) > _MOST_OPEN:
                    del self._open[next(iter(self._open))]
            case CauseEvent() if event.incident in self._open:
                _, became = self._open[event.incident]
                became.append(event)
                del became[1 : -_MOST_LEADS + 1]
            case ClosedEvent() if event.incident in self._open:
                self._ended(*self._open.pop(event.incident), event)
            case CarriedEvent():
                self._add(event.seconds)
                for total in event.totals:
                    self.incidents[total.cause] = self.incidents.get(total.cause, 0) + total.count
                for opened in event.open:
                    self.take(opened)
                self.closed.extend(event.closed)
            case _:
                pass

    def with_today(self, today: dict[str, int]) -> dict[str, int]:
        """Seconds in each state, those of the day that is not over among them."""
        return {state: self.seconds.get(state, 0) + today.get(state, 0) for state in dict.fromkeys((*self.seconds, *today))}

    def _add(self, seconds: dict[str, int]) -> None:
        self.seconds = {state: self.seconds.get(state, 0) + seconds.get(state, 0) for state in dict.fromkeys((*self.seconds, *seconds))}

    def _ended(self, opened: OpenedEvent, became: list[CauseEvent], closed: ClosedEvent) -> None:
        from agent.record.incidents import incidents  # of a service, a few times a day at most

        [lived] = incidents((opened,), (*became, closed), moment_of(closed))
        told = lived.told
        self.incidents[told.cause or ""] = self.incidents.get(told.cause or "", 0) + 1
        self.closed.append(in_short(told, closed))


def in_short(told: PastIncident, closed: ClosedEvent) -> ClosedShort:
    step = closed.ended_by.get("step")
    return ClosedShort(
        cause=told.cause or "",
        subject=told.subject,
        began_at=told.began_at,
        seconds=round(closed.duration_s),
        step=step if isinstance(step, str) else "",
    )
