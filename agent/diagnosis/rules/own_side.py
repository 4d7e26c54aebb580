"""What this machine itself keeps from being sent: its own firewall, and ports, descriptors and buffers that are used up.

It says nothing about anybody else: other rules leave these checks alone (`evidence.ours`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import not_looked, silent
from agent.diagnosis.rules.gateway_name import lossy
from agent.diagnosis.snapshot import Snapshot
from agent.diagnosis.views import errno_of, interface_of, knows
from probes.model import Check, Facts, Kind, Layer, Symptom
from probes.model.facts import RemoteFacts, ResolverFacts, RouterFacts

_NONE_LEFT = (23, 24, 105)  # ENFILE, EMFILE, ENOBUFS, as Linux numbers them
_DROPPED_CAP = 0.7  # the counters tell that something was dropped, and not what
_WAY_CAP = 0.9  # they tell that too, where it came by another way
_ONE_ALONE = 0.8  # the most where only one check tells of it
_INFORMING = (Layer.ROUTER, Layer.DNS, Layer.INTERNET)  # without these, payments pass all the same where a gateway accepts


def own_side_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    yield from _dropped_here(snapshot)
    refused = [check for check in snapshot.ours if check.symptom is Symptom.REFUSED_LOCALLY]
    if refused:
        yield _candidate(snapshot, Cause.LOCAL_FIREWALL, "firewall", refused)
    without_port = [check for check in snapshot.ours if check.symptom is Symptom.NO_LOCAL_PORT]
    without_socket = [check for check in snapshot.checks if not_looked(check) and errno_of(check) in _NONE_LEFT]
    if without_port or without_socket:
        yield _candidate(snapshot, Cause.SOCKETS_EXHAUSTED, "sockets", [*without_port, *without_socket])


def _dropped_here(snapshot: Snapshot) -> Iterator[Candidate]:
    """The kernel counted answers that nobody here got. What a router far away said of a dead line, dropped as well, looks the same; what
    came back by another way than it went, the kernel counts by itself."""
    arrived = snapshot.arrivals
    if arrived is None or not arrived.failed:
        return
    kept = arrived.symptom is Symptom.KEPT_BACK  # of which family, no counter tells
    lost = [c for c in snapshot.checks if _unheard(c) and (family := _family(c)) and (kept or family in arrived.facts.dropped)]
    if not lost:
        return
    informing = bool(snapshot.accepted) and all(check.layer in _INFORMING for check in lost)
    if informing and lossy(snapshot):
        return  # some of the answers vanish, whoever they are for: that is a line, and what went without any had bad luck
    gateways_first = sorted(lost, key=lambda check: check.kind is not Kind.GATEWAY)
    lost_ids = tuple(check.id for check in gateways_first)
    behind = dict.fromkeys(other for check in lost for other in snapshot.behind(check))
    other_way = arrived.symptom is Symptom.OTHER_WAY_BACK
    yield Candidate(
        code=Cause.NETWORK_MISCONFIGURED if other_way else Cause.LOCAL_FIREWALL,
        subject=interface_of(gateways_first[0]) if other_way else "firewall",
        evidence=(arrived.id, *lost_ids),
        strength=0.85,
        cap=_WAY_CAP if other_way else _DROPPED_CAP,
        notice=informing,
        explains=tuple(behind),
    )


def _unheard(check: Check[Facts]) -> bool:
    return silent(check) or (check.failed and check.symptom is Symptom.ROUTER_SILENT)


def _family(check: Check[Facts]) -> str:
    """Empty where it is not known."""
    if knows(check, RemoteFacts):
        address = check.facts.address or ""
    else:
        address = check.target if knows(check, RouterFacts) or knows(check, ResolverFacts) else ""
    return "" if not address else "ipv6" if ":" in address else "ipv4"


def _candidate(snapshot: Snapshot, code: Cause, subject: str, told: Sequence[Check[Facts]]) -> Candidate:
    """A notice where payments pass and only what informs is concerned: some firewalls let nothing but the acquirer through."""
    gateways_first = sorted(told, key=lambda check: check.kind is not Kind.GATEWAY)
    behind = dict.fromkeys(other for check in told if check.failed for other in snapshot.behind(check))
    return Candidate(
        code=code,
        subject=subject,
        evidence=tuple(check.id for check in gateways_first),
        strength=0.9,
        cap=0.99 if len(told) > 1 else _ONE_ALONE,
        notice=bool(snapshot.accepted) and all(check.layer in _INFORMING for check in told),
        explains=tuple(behind),
    )
