"""The lines of the record, `posdiag.event/1`: what happened on this terminal, one event a line. Keys and kinds may be added."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.day import DayPart
from agent.contract.document import Timestamp
from agent.contract.legible import stored

LONGEST = 16 * 1024  # bytes of one line, its newline included


class Event(Struct, frozen=True, kw_only=True, tag_field="kind", tag="other"):
    """`sequence` grows by one each line, over restarts and rotation; it is given when the line is appended. `at` is the wall clock, which
    may be wrong (`clock`); `running_s`: seconds since the boot, on the clock that nobody sets."""

    schema: Literal["posdiag.event/1"] = "posdiag.event/1"
    sequence: int = 0
    at: Timestamp
    boot_id: str
    running_s: float
    clock: Literal["ok", "doubtful"] = "ok"


class AgentEvent(Event, frozen=True, kw_only=True, tag="agent"):
    """`what`: started, stopped, upgraded, config_changed. `count`: of starts, how many since the last line about one, where they came in a
    row."""

    what: str
    version: str
    config_hash: str
    count: int = 1


class ChangeEvent(Event, frozen=True, kw_only=True, tag="change"):
    """Something is not as it was, whether or not anything is wrong. `count`: how often it changed since the last line about it; `before`
    is then what that line ended with. An empty value: there was none."""

    what: str
    subject: str
    before: str
    after: str
    count: int = 1


class Evidence(Struct, frozen=True, kw_only=True):
    """A check that an incident was told by, with a few of its facts."""

    id: str
    symptom: str | None = None
    facts: dict[str, Any] = {}


class OpenedEvent(Event, frozen=True, kw_only=True, tag="opened"):
    """`began_at`: when it was first seen. `chain`: the first incident of those that came back."""

    incident: str
    chain: str
    began_at: Timestamp
    state: str
    can_pay: str
    cause: str | None
    subject: str
    category: str | None
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    changes_before: tuple[dict[str, Any], ...] = ()


class CauseEvent(Event, frozen=True, kw_only=True, tag="cause"):
    """The open incident's leading cause became another, or its state did."""

    incident: str
    state: str
    can_pay: str
    cause: str | None
    subject: str
    category: str | None
    confidence: float


class ClosedEvent(Event, frozen=True, kw_only=True, tag="closed"):
    """`ended_at`: when all was first seen well. `times`: how often it was there, where it came back too often to be told each time.
    `ended_by`: `trace`, `step`, `how` (seen, told, unknown), `confidence`. `tried`: what was done before and did not help, each with
    `trace`, `step` and `seconds` since the beginning."""

    incident: str
    ended_at: Timestamp
    duration_s: float
    times: int = 1
    ended_by: dict[str, Any] = {}
    tried: tuple[dict[str, Any], ...] = ()


class ToldEvent(Event, frozen=True, kw_only=True, tag="told"):
    """A person's word, masked. `what`: note, did, called, maintenance, date, and forgotten, of which nothing else is left. `word`:
    its own name, by which it can be forgotten. `step`: the id of a step, of another cause `CODE:ID`; `helped`: yes, no, unknown;
    `promised`: a day (2026-01-31); `until`: when planned work ends (RFC 3339); `name`: of a date that is done with; `due`: which of
    its times, a day, empty where whoever said so does not know. `incident`: the one it is about, empty for none."""

    what: str
    word: str
    incident: str = ""
    text: str = ""
    step: str = ""
    helped: str = ""
    who: str = ""
    ticket: str = ""
    promised: str = ""
    until: str = ""
    name: str = ""
    due: str = ""


class WatchedEvent(Event, frozen=True, kw_only=True, tag="watched"):
    """The time after an incident in which it was watched is over. `incident`: the first of its chain; `hours`: for how long it was watched,
    the time in which it was there again not counted; `recurred`: how often the same cause and subject came back."""

    incident: str
    hours: float
    recurred: int


class DrillEvent(Event, frozen=True, kw_only=True, tag="drill"):
    """Something was tried for real, or by people, to see whether it would work. `what`: staff, uplink, gateway; `result`: passed, failed,
    or skipped where it could not be tried (not permitted now, no budget left); `subject`: the interface, the gateway's name, the code of
    the cause that was played; `text`: what was seen or answered, masked, in English. `word`: its own name, of one that people did; `who`
    did it."""

    what: str
    result: str
    subject: str = ""
    text: str = ""
    word: str = ""
    who: str = ""


class GatewayDay(Struct, frozen=True, kw_only=True):
    """`n`: looks; times to connect; `loss_percent`: looks in vain."""

    n: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    loss_percent: float | None = None


class DayEvent(Event, frozen=True, kw_only=True, tag="day"):
    """A UTC day that is over. `seconds` in each state, as far as anybody watched; `can_pay`: in which payment was possible; `planned`: of
    planned work, which are of no state. `opening`: none where no opening hours were configured. `uplinks`: interfaces that carried the
    default route."""

    day: str
    seconds: dict[str, int]
    can_pay: int
    unwatched: int
    planned: int = 0
    opening: DayPart | None = None
    gateways: dict[str, GatewayDay] = {}
    uplinks: dict[str, GatewayDay] = {}


class Total(Struct, frozen=True, kw_only=True):
    """Incidents of one leading cause."""

    cause: str
    count: int
    seconds: float
    longest_s: float


class StepCount(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a step was tried against a cause, and how often it ended it; or, where several steps leave one trace, whatever left it."""

    cause: str
    step: str = ""
    trace: str = ""
    tried: int
    helped: int = 0


class Watched(Struct, frozen=True, kw_only=True):
    """An incident whose time after its end is being watched. `incident`: the first of its chain, `last`: the latest; `causes`: code and
    subject of what would be the same again; `since`: when it ended first; `there`: it is there again; `seconds`: since its latest end;
    `earlier_s`: for how long it was watched before that."""

    incident: str
    last: str
    causes: tuple[tuple[str | None, str], ...]
    since: Timestamp
    recurred: int = 0
    there: bool = False
    seconds: float = 0.0
    earlier_s: float = 0.0


class ClosedShort(Struct, frozen=True, kw_only=True):
    """An incident that is over. `step`: the id of the one that ended it; empty where nobody knows of one."""

    cause: str
    subject: str
    began_at: Timestamp
    seconds: int
    step: str = ""


class CarriedEvent(Event, frozen=True, kw_only=True, tag="carried"):
    """At the head of a new file: what was told in files that are there no more. `steps`: the most tried first. `open`: incidents of theirs
    whose end is told later; `days`: so many lines of theirs, about days, follow this one; `words`:
    and behind those so many, of what people said that still counts, and of the last drills. `watched`: what was being watched when this was
    written; none of a version that did not say so. `seconds`: in each state, of days that are older than those;
    `closed`: the last incidents that are over."""

    totals: tuple[Total, ...] = ()
    steps: tuple[StepCount, ...] = ()
    open: tuple[OpenedEvent, ...] = ()
    days: int = 0
    words: int = 0
    watched: tuple[Watched, ...] | None = None
    seconds: dict[str, int] = {}
    closed: tuple[ClosedShort, ...] = ()


AnyEvent = (
    AgentEvent | ChangeEvent | OpenedEvent | CauseEvent | ClosedEvent | WatchedEvent | ToldEvent | DrillEvent | DayEvent | CarriedEvent
)


class _Head(Struct, frozen=True, kw_only=True):
    schema: Literal["posdiag.event/1"]
    sequence: int
    kind: str


class Lines:
    """Bytes as events and back. Made where it is needed, and no longer there than that: a decoder of every kind is not small."""

    SIZE: ClassVar[int] = LONGEST

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(AnyEvent)

    def read(self, line: bytes) -> AnyEvent | None:
        """None for a line of a later version's kind. Raises ValueError for what is no event."""
        try:
            event: AnyEvent = self._decoder.decode(line)
        except (msgspec.ValidationError, RecursionError):
            sequence_of(line)
            return None
        return event


def sequence_of(line: bytes) -> int:
    """Raises ValueError for what is no event, of this version or of a later one."""
    try:
        return msgspec.json.decode(line, type=_Head).sequence
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def line_of(event: AnyEvent, sequence: int) -> bytes:
    """With its newline. One that would be too long loses what explains it, and stays an event."""
    event = replace(event, sequence=sequence)
    line = stored(event)
    if len(line) > LONGEST and isinstance(event, OpenedEvent):
        line = stored(replace(event, evidence=(), changes_before=event.changes_before[:1]))
    if len(line) > LONGEST and isinstance(event, CarriedEvent):
        still_open = tuple(replace(each, evidence=(), changes_before=()) for each in event.open[-1:])
        line = stored(replace(event, open=still_open, totals=event.totals[:80], steps=event.steps[:50]))
    return line
