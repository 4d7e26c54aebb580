"""The status document `posdiag.status/1`: what fleet managers collect. Keys may be added, none renamed or dropped.

`posdiag config schema` prints the JSON Schema made from these structs, and `posdiag status` decodes with them. Layers, symptoms, causes
and owners may be words of a later version; states, `can_pay`, severities, outcomes and categories are all that there ever are.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from agent.contract.checks import CheckEntry
from agent.contract.day import Today
from agent.contract.trace import Trace
from agent.diagnosis.causes import Category, Cause, Owner, Severity
from agent.diagnosis.model import CanPay, State
from probes.ground.bilingual import Bilingual

SCHEMA = "posdiag.status/1"
SIZE_LIMIT = 64 * 1024  # bytes

Timestamp = Annotated[str, Meta(description="RFC 3339, UTC", examples=["2026-01-31T08:00:00.000Z"])]


class Terminal(Struct, frozen=True, kw_only=True):
    id: str
    merchant: str
    serial_number: str
    store: str
    labels: dict[str, str]
    machine_id: str
    agent_version: str
    agent_started_at: Timestamp
    config_hash: str
    model: str = ""
    firmware: str = ""


class RuledOutEntry(Struct, frozen=True):
    code: Cause
    by: str


class CauseEntry(Struct, frozen=True, kw_only=True):
    """`short`: the code to read out by telephone (`contract.short_code`)."""

    code: Cause
    category: Category
    owner: Owner
    severity: Severity
    subject: str
    confidence: float
    since: Timestamp
    summary: Bilingual
    evidence: tuple[str, ...]
    candidates: tuple[Cause, ...] = ()
    ruled_out: tuple[RuledOutEntry, ...] = ()
    short: str = ""


class StepRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often the step was tried for its cause and how often it ended it: on this terminal, or on others of the fleet. `trace`: it is of
    all steps together that leave this trace, which nobody can tell apart from here."""

    tried: int
    helped: int
    source: Literal["here", "fleet"] = field(name="from")
    trace: Trace | None = None


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do. `verify` is the id of the check that passes once it has helped; `expect` what a person then sees. `id` stays the
    same in every version; of a step that belongs to another cause, one of those that cannot be told apart, it is `CODE:ID`."""

    cause: Cause
    id: str = ""
    step: int
    who: Owner
    text: Bilingual
    expect: Bilingual
    interrupts_payment: bool
    verify: str
    record: StepRecord | None = None


class SellingWay(Struct, frozen=True):
    """How to go on selling. `way`: not_here, uplink, gateway, terminal, cash. `in_use`: sales already go that way."""

    way: str
    text: Bilingual
    in_use: bool = False


class Call(Struct, frozen=True, kw_only=True):
    """Whom to call. `name` and `phone` are empty where the configuration has none."""

    who: Owner
    name: str = ""
    phone: str = ""


class Pending(Struct, frozen=True):
    """A change that has been seen, but not yet often enough."""

    state: State
    cause: Cause | None = None
    count: int = 1


class Incident(Struct, frozen=True, kw_only=True):
    id: str
    opened_at: Timestamp
    cause: Cause | None = None
    changes_before: tuple[dict[str, Any], ...] = ()


class Watch(Struct, frozen=True, kw_only=True):
    """What ended last is watched until `until`; none while it is there again, for the time begins anew at its end. `incident`: the first of
    its chain, with its `cause` and `subject`; `since`: when it ended first; `recurred`: how often it came back since."""

    incident: str
    since: Timestamp
    until: Timestamp | None
    recurred: int
    cause: Cause | None = None
    subject: str = ""


class Promise(Struct, frozen=True, kw_only=True):
    """What somebody who was called promised for a day, as a person told it. `word`: its name in the record; `passed`: that day is over,
    and nobody has told how it went."""

    word: str
    incident: str
    who: str
    ticket: str
    promised: str
    passed: bool
    summary: Bilingual


class PlannedWork(Struct, frozen=True, kw_only=True):
    """Work that a person announced, which has not ended yet."""

    word: str
    since: Timestamp
    until: Timestamp
    text: str = ""


class DataUse(Struct, frozen=True, kw_only=True):
    """What the agent's own packets cost on an uplink with a budget, in this calendar month (UTC)."""

    interface: str
    month: str
    used_bytes: int
    budget_bytes: int


class Readiness(Struct, frozen=True, kw_only=True):
    """What an audit said (`posdiag audit`): ids of what would make the next outage long."""

    checked_at: Timestamp
    failed: tuple[str, ...]
    warned: tuple[str, ...]


class ClosedEntry(Struct, frozen=True, kw_only=True):
    """An incident that is over, in short. `step`: the id of the one that ended it, where it is known."""

    cause: str
    subject: str
    began_at: Timestamp
    duration_s: int
    step: str = ""


class Recorded(Struct, frozen=True, kw_only=True):
    """What the record adds up to, since there is one. `incidents_by_cause`: that are over, each by the cause that led the longest;
    `closed`: the last of them, the latest last. `addresses`: of each gateway, the last that its name led to."""

    seconds_by_state: dict[str, int] = {}
    incidents_by_cause: dict[str, int] = {}
    closed: tuple[ClosedEntry, ...] = ()
    addresses: dict[str, str] = {}


class Status(Struct, frozen=True, kw_only=True):
    """`vantage`: `beside` of a terminal that was examined from a machine beside it; none where it examined itself."""

    schema: Literal["posdiag.status/1"] = "posdiag.status/1"
    terminal: Terminal
    generated_at: Timestamp
    valid_until: Timestamp
    boot_id: str
    sequence: int
    can_pay: CanPay
    state: State
    since: Timestamp
    pending: Pending | None = None
    category: Category | None = None
    cause: Cause | None = None
    causes: tuple[CauseEntry, ...]
    remediation: tuple[Step, ...]
    selling: tuple[SellingWay, ...] = ()
    call: Call | None = None
    checks: tuple[CheckEntry, ...]
    incident: Incident | None = None
    watch: Watch | None = None
    promises: tuple[Promise, ...] = ()
    planned_work: PlannedWork | None = None
    next_check_at: Timestamp
    stopped: bool = False
    data: tuple[DataUse, ...] = ()
    today: Today | None = None
    readiness: Readiness | None = None
    record: Recorded | None = None
    vantage: str | None = None
