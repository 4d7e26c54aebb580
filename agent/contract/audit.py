"""What `posdiag audit --json` prints, `posdiag.audit/1`: what would make the next outage long. Keys and items may be added."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from agent.contract.document import Timestamp
from probes.ground.bilingual import Bilingual

Result = Literal["fail", "warn", "unknown", "pass"]
RESULTS: tuple[Result, ...] = ("fail", "warn", "unknown", "pass")  # the worst first


class AuditItem(Struct, frozen=True, kw_only=True):
    """`called`: what it is about, in a few words; `found`: what was seen; `why`: why it matters; `do`: what to do, empty where all is well.
    `unknown`: it could not be looked at, and `found` says why."""

    id: str
    outcome: Result
    called: Bilingual
    found: Bilingual
    why: Bilingual
    do: Bilingual = Bilingual("", "")


class Audit(Struct, frozen=True, kw_only=True):
    """`outcome`: the worst of the items, where `unknown` counts as `warn`. `items`: the worst first."""

    schema: Literal["posdiag.audit/1"] = "posdiag.audit/1"
    terminal: str
    checked_at: Timestamp
    outcome: Literal["pass", "warn", "fail"]
    items: tuple[AuditItem, ...]
