"""Did the answers arrive that nobody here got? The kernel counts what it receives and what it passes on: a rule of this machine's own that
drops answers shows in the difference, and looks like a silent network to everybody else. What came by another way than the one that leads
there, and was dropped for that (`rp_filter`), it counts by itself."""

from __future__ import annotations

from collections.abc import Mapping

from probes.edge.failures import CannotTell, not_looked
from probes.edge.kernel import arrivals
from probes.edge.kernel.arrivals import Arrivals, Family
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import ArrivalsFacts

_LEAST = 2  # packets
_SHARE = 0.75  # of what was asked in vain, those sent to many set apart: a rule drops every answer, others come and go


def probe(before: Arrivals, asked: Mapping[str, int], neighbours: bool, deadline: Deadline) -> Check[ArrivalsFacts]:
    """Reads the counters again; nothing is sent."""
    try:
        now = arrivals.read()
    except CannotTell as trouble:
        return not_looked(ArrivalsFacts(), trouble)
    return compare(before, now, asked, neighbours=neighbours)


def compare(before: Arrivals, now: Arrivals, asked: Mapping[str, int], *, neighbours: bool) -> Check[ArrivalsFacts]:
    """`asked`: family → connections tried in vain, each packet counted. `neighbours`: the router of IPv6 was looked for and not found, so
    nothing else was sent there. Unknown where as much may have arrived for many."""
    both = {"ipv4": (before.ipv4, now.ipv4), "ipv6": (before.ipv6, now.ipv6)}
    wanted: dict[str, int] = {}
    dropped: dict[str, int] = {}
    off_way = 0
    perhaps = False
    for family, (first, last) in both.items():
        if first is None or last is None:
            continue
        wanted[family] = _solicited(first, last) if neighbours and family == "ipv6" else asked.get(family, 0) + _datagrams(first, last)
        enough = max(_LEAST, _SHARE * wanted[family])
        unaccounted, to_many = last.unaccounted - first.unaccounted, max(0, last.to_many - first.to_many)
        if wanted[family] and unaccounted - to_many >= enough:
            dropped[family] = unaccounted - to_many
            off_way += last.off_way - first.off_way
        elif wanted[family] and unaccounted >= enough:
            perhaps = True
    kept = now.kept_back - before.kept_back
    facts = ArrivalsFacts(asked={family: number for family, number in wanted.items() if number}, dropped=dropped)
    if sum(wanted.values()) and kept >= max(_LEAST, _SHARE * sum(wanted.values())):
        return check_of(facts.with_(kept_back=kept), Outcome.FAIL, Symptom.KEPT_BACK)
    if dropped:
        by_way = off_way >= _SHARE * sum(dropped.values())
        return check_of(facts.with_(off_way=off_way or None), Outcome.FAIL, Symptom.OTHER_WAY_BACK if by_way else Symptom.DROPPED_HERE)
    if perhaps or not wanted:
        if perhaps:
            return check_of(facts, Outcome.UNKNOWN, because="packets to many arrived as well")
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, rights.PROC.missing())
    return check_of(facts, Outcome.PASS)


def _datagrams(first: Family, last: Family) -> int:
    return max(0, (last.datagrams_out - first.datagrams_out) - (last.datagrams_in - first.datagrams_in))


def _solicited(first: Family, last: Family) -> int:
    return max(0, (last.solicited - first.solicited) - (last.advertised - first.advertised))
