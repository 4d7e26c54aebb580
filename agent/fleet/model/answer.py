"""The fleet's answer, `posdiag.fleet/1` (`fleet.json`): totals, and one entry a fault, not a terminal. Keys may be added."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from agent.contract.document import Timestamp
from probes.ground.bilingual import Bilingual

SCHEMA = "posdiag.fleet/1"


class Totals(Struct, frozen=True, kw_only=True):
    """`unknown`: not silent, and whether it can pay is not known; `stopped`: of these, whose agent was stopped in order. `silent`: past its
    `valid_until` and three reporting intervals. `never_reported`: of the inventory; null without one. `unreadable`: files or lines;
    `clock_ahead`: terminals whose clock is more than 5 s ahead of the receipt; `duplicate_ids`: identities that more than one machine
    reports under, or machines with several."""

    terminals: int
    can_pay: int
    cannot_pay: int
    unknown: int
    silent: int
    stopped: int = 0
    never_reported: int | None = None
    unreadable: int = 0
    clock_ahead: int = 0
    duplicate_ids: int = 0


class Onset(Struct, frozen=True, kw_only=True):
    """When the failing terminals say that it began for them: the 10 %, 50 % and 90 % quantile."""

    first: Timestamp
    median: Timestamp
    last: Timestamp


class Fault(Struct, frozen=True, kw_only=True):
    """What many share. `id`: the same from scan to scan while it lasts, whether it grows or shrinks. `where`: the likeliest place first,
    then those that cannot be told apart from it. `score`: by how much (natural logarithm) it is likelier than none.
    `masked`: terminals of the place that cannot be judged, since another fault hides them. `remnant_of`: the id of the fault that this is
    probably a rest of. `first_told`: the first answer that had it; null where it is as old as what is remembered, or nothing is.
    `unplaced`: of a fault that is everywhere, why nobody can tell a place: `few` (so few terminals), `unlabelled` (what is known of them is
    the same, or known of less than half); null where places are known, and none stands out. `perhaps`: how many more fail and do not
    say where they are; they are among `single`. `together_with`: the larger fault of the same kind that began at the same moment elsewhere:
    there may be one reason for both."""

    id: str
    family: str
    causes: dict[str, int]
    where: tuple[dict[str, str], ...]
    failing: int
    of: int
    elsewhere_failing: int
    elsewhere_of: int
    cannot_pay: int
    score: float
    since: Onset | None = None
    owner: str = ""
    step: Bilingual | None = None
    growing: bool = False
    remnant_of: str | None = None
    masked: int = 0
    acknowledged: str | None = None  # what was noted when somebody took it on
    acknowledged_until: Timestamp | None = None  # null: until it ends
    first_told: Timestamp | None = None
    unplaced: str | None = None
    perhaps: int = 0
    together_with: str | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """A fault that is none any more. `fault`: as it was told last, at `told_last`; null where no scan saw it, and terminals tell of it
    afterwards. `over_by`: the answer that had it no more, or when half of its terminals were well again. `unseen`: most of its terminals
    are silent or have another fault, so that nobody knows."""

    fault: Fault
    told_last: Timestamp | None
    over_by: Timestamp
    unseen: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """`ended`: faults of the last day that are over, the latest first. `single`: what is no shared fault, by cause; `notices` likewise.
    `quality`: what could not be read or believed, by kind. `hours_known`: when shops are open is; a closed one is no silence then."""

    schema: Literal["posdiag.fleet/1"] = "posdiag.fleet/1"
    generated_at: Timestamp
    totals: Totals
    hours_known: bool = False
    faults: tuple[Fault, ...] = ()
    ended: tuple[Ended, ...] = ()
    single: dict[str, int] = {}
    notices: dict[str, int] = {}
    quality: dict[str, int] = {}
