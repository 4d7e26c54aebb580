"""What `posdiag history --json` prints, `posdiag.history/1`: the incidents of a terminal and how much of its time it could take payments.
Keys may be added."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from agent.contract.document import Timestamp
from agent.contract.event import GatewayDay


class Availability(Struct, frozen=True, kw_only=True):
    """Of the days, the one that is not over with them. `percent`: of the time that was watched, in how much payment was possible, rounded
    down; none where nothing was watched. `planned_s`: of planned work, which is no part of the others."""

    percent: float | None
    watched_s: int
    can_pay_s: int
    outage_s: int
    planned_s: int = 0


class Failures(Struct, frozen=True, kw_only=True):
    """Incidents in which no payment was possible. `mean_between_s`: from the beginning of one to that of the next; `mean_repair_s`: from
    beginning to end."""

    count: int
    mean_between_s: float | None
    mean_repair_s: float | None


class PastIncident(Struct, frozen=True, kw_only=True):
    """`ended_at`: none while it is open. `state` and `can_pay`: the worst; `cause`: the one that led the longest, with its `subject` and
    `category`; `causes`: all that led. `recurred`: how often it came back later, in its `chain`; `times`: how often it was there in one;
    `planned`: it began in planned work; `number`: which of its chain it is, as far as the record reaches back, and `within_s`: how long
    after the first of them it began."""

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
    planned: bool = False
    number: int = 1
    within_s: float = 0.0


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


class OpeningTotal(Struct, frozen=True, kw_only=True):
    """Of a day what lies in opening hours."""

    watched_s: int = 0
    can_pay_s: int = 0
    outage_s: int = 0
    planned_s: int = 0


class DayTotal(Struct, frozen=True, kw_only=True):
    """A UTC day: seconds in which anybody watched, in which payment was possible, in which it was not, and of planned work. `opening`: none
    where no opening hours were configured then. `incidents`: how many began on it. `over`: false of the one that is going on."""

    day: str
    watched_s: int
    can_pay_s: int
    outage_s: int
    planned_s: int = 0
    opening: OpeningTotal | None = None
    incidents: int = 0
    over: bool = True
    gateways: dict[str, GatewayDay] = {}
    uplinks: dict[str, GatewayDay] = {}


class History(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`complete_from`: earlier incidents are told by totals alone; none where nothing is told. `availability`: of opening hours, where
    `hours` has some; `availability_all`: of all hours."""

    schema: Literal["posdiag.history/1"] = "posdiag.history/1"
    terminal: str
    from_: Timestamp
    to: Timestamp
    complete_from: Timestamp | None
    hours: str = ""
    availability: Availability
    availability_all: Availability
    failures: Failures
    incidents: tuple[PastIncident, ...]
    causes: tuple[CauseTotal, ...]
    steps: tuple[StepTotal, ...]
    days: tuple[DayTotal, ...]
    unreadable_lines: int
