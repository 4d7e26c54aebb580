"""Names that only a name server of the terminal itself refuses, because its clock is wrong: no signature holds at that time."""

from __future__ import annotations

from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import OWN_INTERFACE
from probes.model import Check, Symptom
from probes.model.facts import ResolverFacts

_TOLERATED_S = 3600.0  # what signatures allow: they begin some time before they are first served


def refused_by_clock(check: Check[ResolverFacts], snapshot: Snapshot) -> bool:
    """A validating name server, or one that asks over TLS, finds nothing while the clock is far off. `found_unchecked` shows which it is;
    one that leaves out no check does not contradict it."""
    clock = snapshot.clock
    if clock is None or not clock.failed or not check.failed or check.symptom is not Symptom.SERVFAIL:
        return False
    far = clock.symptom is Symptom.CLOCK_BEFORE_BUILD or abs(clock.facts.skew_s or 0.0) > _TOLERATED_S
    return far and check.facts.interface == OWN_INTERFACE


def named_by_clock(snapshot: Snapshot) -> tuple[str, ...]:
    """Ids of such name servers, and of what they prevented."""
    refused = [check for check in snapshot.resolvers if refused_by_clock(check, snapshot)]
    return tuple(dict.fromkeys(each for check in refused for each in (check.id, *snapshot.behind(check))))
