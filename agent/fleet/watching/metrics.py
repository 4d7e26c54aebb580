"""The fleet's answer for Prometheus: aggregates, and one series a fault; none of a single terminal. Pure.

How many series there are is bounded, whatever terminals say of themselves: of each list the first so many stand alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.contract.times import parse
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.model.attributes import Family
from agent.fleet.watching.groups import REST, Group
from agent.fleet.watching.severity import severity
from agent.present.exposition import Samples, gauge

MOST_FAULTS = 50
MOST_CAUSES = 60
LONGEST = 120  # characters of a place
_SEVERITIES = ("critical", "warning")


def metrics(answer: Answer, groups: Iterable[Group] = (), more: Iterable[str] = ()) -> str:
    """`more`: lines of whoever writes them, about itself."""
    return "".join(f"{line}\n" for line in (*_of(answer, tuple(groups)), *more))


def _of(answer: Answer, groups: Sequence[Group]) -> Iterator[str]:
    totals = answer.totals
    yield from gauge("posdiag_fleet_generated_timestamp_seconds", "When the fleet was looked at.", [({}, parse(answer.generated_at) or 0)])
    yield from gauge("posdiag_fleet_terminals", "Terminals that are known.", [({}, totals.terminals)])
    answers = {"yes": totals.can_pay, "no": totals.cannot_pay, "unknown": totals.unknown, "silent": totals.silent}
    yield from gauge(
        "posdiag_fleet_terminals_by_answer",
        "Terminals by whether they can take a card payment: yes, no, unknown, or silent.",
        [({"can_pay": name}, count) for name, count in answers.items()],
    )
    if totals.never_reported is not None:
        yield from gauge("posdiag_fleet_never_reported", "Terminals of the inventory that never reported.", [({}, totals.never_reported)])
    yield from gauge("posdiag_fleet_unreadable", "Files or lines that could not be read.", [({}, totals.unreadable)])
    yield from gauge("posdiag_fleet_clock_ahead", "Terminals whose clock is ahead of the receipt.", [({}, totals.clock_ahead)])
    yield from gauge("posdiag_fleet_duplicate_ids", "Identities that more than one machine has.", [({}, totals.duplicate_ids)])
    yield from gauge("posdiag_fleet_quality", "What could not be read or believed, by kind.", _most(answer.quality, "kind"))
    yield from _faults(answer.faults)
    yield from gauge("posdiag_fleet_single", "Terminals with a fault of their own, by cause.", _most(answer.single, "cause"))
    yield from gauge("posdiag_fleet_notices", "Terminals with a notice, by its cause.", _most(answer.notices, "cause"))
    yield from _groups(groups)


def _faults(faults: Sequence[Fault]) -> Iterator[str]:
    counts = {(family.value, grave): 0 for family in Family for grave in _SEVERITIES}
    for fault in faults:
        if fault.remnant_of is None and (kind := (fault.family, severity(fault))) in counts:
            counts[kind] += 1
    yield from gauge(
        "posdiag_fleet_faults",
        "Faults that several terminals share, without remnants of others.",
        [({"family": family, "severity": grave}, count) for (family, grave), count in counts.items()],
    )
    shown = sorted(faults, key=lambda fault: (-fault.cannot_pay, -fault.failing, fault.id))[:MOST_FAULTS]
    named = [({"fault": fault.id, "family": fault.family, "owner": fault.owner}, fault) for fault in shown]
    for name, said, samples in (
        ("posdiag_fleet_fault_failing", "Terminals that a fault has.", [(labels, fault.failing) for labels, fault in named]),
        ("posdiag_fleet_fault_of", "Terminals of its place.", [(labels, fault.of) for labels, fault in named]),
        ("posdiag_fleet_fault_cannot_pay", "Those that it keeps from payments.", [(labels, fault.cannot_pay) for labels, fault in named]),
        (
            "posdiag_fleet_fault_since_timestamp_seconds",
            "When it began for half of them.",
            [(labels, parse(fault.since.median) or 0) for labels, fault in named if fault.since is not None],
        ),
        ("posdiag_fleet_fault_info", "Where it is.", [({**labels, "place": place(fault)}, 1.0) for labels, fault in named]),
    ):
        yield from gauge(name, said, samples)


def place(fault: Fault) -> str:
    """The likeliest, by its attributes: "isp=isp-c region=south"."""
    first = fault.where[0] if fault.where else {}
    return " ".join(f"{name}={value}" for name, value in first.items())[:LONGEST]


def _groups(groups: Sequence[Group]) -> Iterator[str]:
    named = [({"by": each.attribute, "value": each.value}, each) for each in groups]
    for name, said, samples in (
        ("posdiag_fleet_group_terminals", "Terminals of a group.", [(labels, each.terminals) for labels, each in named]),
        ("posdiag_fleet_group_cannot_pay", "Those of it that cannot take payments.", [(labels, each.cannot_pay) for labels, each in named]),
        ("posdiag_fleet_group_silent", "Those of it that are silent.", [(labels, each.silent) for labels, each in named]),
    ):
        yield from gauge(name, said, samples)


def _most(counts: Mapping[str, int], label: str, most: int = MOST_CAUSES) -> Samples:
    """The largest, and all others as one."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    rest = sum(count for _, count in ordered[most:])
    return [({label: name}, count) for name, count in [*ordered[:most], *([(REST, rest)] if rest else [])]]
