"""What `posdiag history --json` prints, `posdiag.history/1`: the incidents of a terminal and how much of its time it could take payments.
Keys may be added."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from agent.contract.document import Timestamp
from agent.contract.event import GatewayDay


class Availability(Struct, frozen=True, kw_only=True):
    """Of the UTC days that are over. `percent`: of the time that was watched, in how much payment was possible, rounded down; none where
    nothing was watched."""

    percent: float | None
    watched_s: int
    can_pay_s: int
    outage_s: int


class Failures(Struct, frozen=True, kw_only=True):
    """Incidents in which no payment was possible. `mean_between_s`: from the beginning of one to that of the next; `mean_repair_s`: from
    beginning to end."""

    count: int
    mean_between_s: float | None
    mean_repair_s: float | None


class PastIncident(Struct, frozen=True, kw_only=True):
    """`ended_at`: none while it is open. `state` and `can_pay`: the worst; `cause`: the one that led the longest, with its `subject` and
    `category`; `causes`: all that led. `recurred`: how often it came back later, in its `chain`; `times`: how often it was there in one."""

    id: str
    chain: str
    began_at: Timestamp
    ended_at: Timestamp | None
    duration_s: float
    state: str
    can_pay: str
    cause: str | None
    causes: tuple[str, ...]
    subject: str
    category: str | None
    changes_before: tuple[dict[str, Any], ...] = ()
    ended_by: dict[str, Any] = {}
    tried: tuple[dict[str, Any], ...] = ()
    told: tuple[dict[str, Any], ...] = ()
    recurred: int = 0
    times: int = 1


class CauseTotal(Struct, frozen=True, kw_only=True):
    """`mean_s`: of those that ended; none where none did."""

    code: str
    count: int
    mean_s: float | None
    longest_s: float


class StepTotal(Struct, frozen=True, kw_only=True):
    """What became of a step: how often it was seen or told to be done, and to be what ended it."""

    cause: str
    step: str
    tried: int
    helped: int


class DayTotal(Struct, frozen=True, kw_only=True):
    """A UTC day: seconds in which anybody watched, in which payment was possible, and in which it was not."""

    day: str
    watched_s: int
    can_pay_s: int
    outage_s: int
    gateways: dict[str, GatewayDay] = {}


class History(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`complete_from`: earlier incidents are told by totals alone; none where nothing is told."""

    schema: Literal["posdiag.history/1"] = "posdiag.history/1"
    terminal: str
    from_: Timestamp
    to: Timestamp
    complete_from: Timestamp | None
    availability: Availability
    failures: Failures
    incidents: tuple[PastIncident, ...]
    causes: tuple[CauseTotal, ...]
    steps: tuple[StepTotal, ...]
    days: tuple[DayTotal, ...]
    unreadable_lines: int
