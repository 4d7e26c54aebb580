"""What a wrong clock explains besides certificates: names that only a name server of the terminal itself refuses, as no signature holds
at that time, and requests that a host refuses as they carry a time of ours (a token, a signature, a one-time code)."""

from __future__ import annotations

from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import OWN_INTERFACE
from probes.model import Check, Symptom
from probes.model.facts import GatewayFacts, ResolverFacts

_REFUSES = (401, 403)  # what a host says of a request whose time is too far from its own
_FAR_S = 60.0  # one-time codes hold for less, signatures for a few minutes (RFC 6238 section 5.2)
_TOLERATED_S = 3600.0  # what signatures allow: they begin some time before they are first served


def refused_by_clock(check: Check[ResolverFacts], snapshot: Snapshot) -> bool:
    """A validating name server, or one that asks over TLS, finds nothing while the clock is far off. `found_unchecked` shows which it is;
    one that leaves out no check does not contradict it."""
    clock = snapshot.clock
    if clock is None or not clock.failed or not check.failed or check.symptom is not Symptom.SERVFAIL:
        return False
    far = clock.symptom is Symptom.CLOCK_BEFORE_BUILD or abs(clock.facts.skew_s or 0.0) > _TOLERATED_S
    return far and check.facts.interface == OWN_INTERFACE


def dated_elsewhen(check: Check[GatewayFacts]) -> bool:
    """The host refuses, and by its own date we are far off: that is what it says of a request from another time. What its code is
    configured to mean comes first."""
    refused = check.symptom is Symptom.HTTP_STATUS and check.facts.http_status in _REFUSES and not check.facts.mapped
    return refused and abs(check.facts.date_skew_s or 0.0) > _FAR_S


def refused_for_time(check: Check[GatewayFacts], snapshot: Snapshot) -> bool:
    """And others say so too."""
    clock = snapshot.clock
    return clock is not None and clock.failed and dated_elsewhen(check)


def tells_the_time_alone(check: Check[GatewayFacts], snapshot: Snapshot) -> bool:
    """Nobody else was heard of it: this host's clock may be wrong as well as ours."""
    clock = snapshot.clock
    return clock is not None and not clock.failed and set(clock.facts.sources) == {check.id}


def named_by_clock(snapshot: Snapshot) -> tuple[str, ...]:
    """Ids of such name servers, and of what they prevented."""
    refused = [check for check in snapshot.resolvers if refused_by_clock(check, snapshot)]
    return tuple(dict.fromkeys(each for check in refused for each in (check.id, *snapshot.behind(check))))
