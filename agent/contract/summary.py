"""The summary `posdiag.summary/1`: a status document in one line of at most 1 KB, for whoever collects many of them.

States are numbers, as the exit status has them; times are seconds since the epoch.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from agent.diagnosis.model import CanPay

SCHEMA = "posdiag.summary/1"
SIZE_LIMIT = 1024  # bytes, without the newline
MOST_CAUSES = 12
CAN_PAY = {CanPay.YES: 1, CanPay.NO: 0, CanPay.UNKNOWN: -1}
_TEXTS = ("id", "serial_number", "version", "config_hash", "cause", "subject")  # of a file from elsewhere, of any length


class ClosedIncident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cause: str
    subject: str = ""
    began: int
    seconds: int
    step: str = ""


class Summary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`state`: 0 ok, 1 degraded, 2 outage, 3 unknown. `can_pay`: 1 yes, 0 no, -1 unknown. `attributes`: what a fault may have in common
    with others. `seconds_by_state`, `incidents_by_cause`: counted since the agent keeps a record. `truncated`: something was left out.
    `answer_age_s`: how old the newest answer of a host was that the verdict rests on; absent where one was asked in this look.
    """

    schema: Literal["posdiag.summary/1"] = "posdiag.summary/1"  # omitted as a default, and written first by `encode`
    id: str
    serial_number: str = ""
    machine_id: str = ""
    boot_id: str = ""
    version: str
    config_hash: str
    sequence: int
    generated_at: int
    valid_until: int
    state: int
    can_pay: int
    since: int
    answer_age_s: int | None = None
    cause: str = ""
    subject: str = ""
    causes: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    labels: dict[str, str] = {}
    seconds_by_state: dict[str, int] = {}
    incidents_by_cause: dict[str, int] = {}
    closed: tuple[ClosedIncident, ...] = ()
    truncated: bool = False


def encode(summary: Summary, limit: int = SIZE_LIMIT) -> bytes:
    """One line of at most `limit` bytes. Left out where it does not fit: the closed incidents, causes beyond 12, labels, the rest."""
    for shorter in _ever_shorter(summary):
        line = _bytes(shorter)
        if len(line) <= limit:
            break
    return line + b"\n"


def _ever_shorter(summary: Summary) -> list[Summary]:
    replace = msgspec.structs.replace
    made = [summary]
    while made[-1].closed:  # the older half
        made.append(replace(summary, closed=made[-1].closed[(len(made[-1].closed) + 1) // 2 :], truncated=True))
    changes: tuple[dict[str, Any], ...] = (
        {"causes": summary.causes[:MOST_CAUSES]},
        {"labels": {}},
        {"causes": ()},
        {"seconds_by_state": {}, "incidents_by_cause": {}},
        {"attributes": {}},
        {"boot_id": "", "machine_id": ""},
    )
    changes += tuple({name: getattr(summary, name)[:most] for name in _TEXTS} for most in (64, 16, 8))
    for change in changes:
        made.append(replace(made[-1], **change, truncated=True))
    return made


def _bytes(summary: Summary) -> bytes:
    return b'{"schema":"posdiag.summary/1",' + msgspec.json.encode(summary)[1:]
