"""As much of a status document, or of a summary, as a row needs: the rest is passed over, not decoded."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

WIDEST = 200  # characters of an id; more is no name
Name = Annotated[str, Meta(min_length=1, max_length=WIDEST)]
Number = Annotated[int, Meta(ge=0, le=2**53)]
LATEST = 253402300799  # seconds: the last of the year 9999
Moment = Annotated[int, Meta(ge=-62135596800, le=LATEST)]


class LeanTerminal(Struct, gc=False):
    id: Name
    serial_number: str = ""
    store: str = ""
    labels: dict[str, str] = {}
    machine_id: str = ""
    agent_version: str = ""
    config_hash: str = ""
    model: str = ""
    firmware: str = ""


class LeanCause(Struct, gc=False):
    code: str
    subject: str = ""
    evidence: tuple[str, ...] = ()


class LeanCheck(Struct, gc=False):
    """`facts` are decoded where they are asked for, which is of two or three in a document."""

    id: str
    target: str = ""
    outcome: str = ""
    facts: Raw = Raw(b"{}")


class HostFacts(Struct, gc=False):
    """Of a gateway. A later version may say more in the place of a text."""

    host: Any = None
    address: Any = None


class DeviceFacts(Struct, gc=False):
    operator: Any = None


class LinkKind(Struct, gc=False):
    kind: Any = None
    used: Any = None


class LeanClosed(Struct, gc=False):
    cause: str
    began_at: str
    duration_s: Number
    subject: str = ""
    step: str = ""


class LeanRecord(Struct):
    """What a terminal's record adds up to. `addresses`: of gateways by their names."""

    seconds_by_state: dict[str, Number] = {}
    incidents_by_cause: dict[str, Number] = {}
    closed: tuple[LeanClosed, ...] = ()
    addresses: dict[str, str] = {}


class LeanStatus(Struct, tag_field="schema", tag="posdiag.status/1"):
    terminal: LeanTerminal
    generated_at: str
    valid_until: str
    state: str
    can_pay: str
    boot_id: str = ""
    sequence: Number = 0
    since: str = ""
    cause: str | None = None
    causes: tuple[LeanCause, ...] = ()
    checks: tuple[LeanCheck, ...] = ()
    record: LeanRecord | None = None
    stopped: bool = False
    vantage: str = ""


class LeanIncident(Struct, gc=False):
    cause: str
    began: Moment
    seconds: Number
    subject: str = ""
    step: str = ""


class LeanSummary(Struct, tag_field="schema", tag="posdiag.summary/1"):
    id: Name
    generated_at: Moment
    valid_until: Moment
    state: int
    can_pay: int
    serial_number: str = ""
    machine_id: str = ""
    boot_id: str = ""
    version: str = ""
    config_hash: str = ""
    sequence: Number = 0
    since: Moment = 0
    cause: str = ""
    subject: str = ""
    causes: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    labels: dict[str, str] = {}
    seconds_by_state: dict[str, Number] = {}
    incidents_by_cause: dict[str, Number] = {}
    closed: tuple[LeanIncident, ...] = ()
    stopped: bool = False
    vantage: str = ""


class Head(Struct, gc=False):
    schema: str
