"""From counts to the fleet's answer. Everything here needs counts alone; whoever has the rows finds the members of a fault by its
`Found`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from agent.contract.times import parse, utc
from agent.diagnosis.causes import Cause
from agent.fleet.localise.advice import owner_of, step_of
from agent.fleet.localise.identity import name_for, same_as_before
from agent.fleet.localise.remnants import remnants
from agent.fleet.localise.scan import Found, cells_of, scanned
from agent.fleet.localise.silence import silent
from agent.fleet.localise.together import perhaps, together
from agent.fleet.localise.unplaced import why
from agent.fleet.localise.unsaid import unsaid
from agent.fleet.model.answer import Answer, Fault, Onset, Totals
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import Counter, Detail
from probes.ground.text import escape

_RECENTLY_S = 900
_GROWN, _GROWN_BY = 1.05, 3
_KNOWN = frozenset(cause.value for cause in Cause)
_LONGEST, _MOST_FOREIGN = 80, 16  # characters of a code that is not ours, and how many of them are told apart
OTHERS = "(others)"


class Judged(Struct, frozen=True):
    """`found`: by the id of the fault, where it is and what was taken away before it."""

    answer: Answer
    found: Mapping[str, Found]


def judged(
    counter: Counter,
    totals: Totals,
    now: int,
    *,
    previous: Answer | None = None,
    hours_known: bool = False,
    quality: Mapping[str, int] | None = None,
) -> Judged:
    """`hours_known`: the counter expects the terminals of open shops alone."""
    found: list[Found] = []
    for family in Family:
        if family is not Family.SILENCE:
            cells = cells_of(family, counter)
            there = scanned(counter, family, cells)
            found += [*there, *unsaid(counter, family, cells, there)]
    found += silent(counter, hours_known=hours_known)
    details = [counter.detail(each.family, each.place, each.without) for each in found]
    rests = remnants(counter, found, details)
    names = _names(counter, found, previous, now)
    twins = together(found, details, rests)
    faults = [
        _fault(
            each,
            detail,
            names[number],
            names.get(rests.get(number, -1)),
            _before(previous, names[number]),
            now,
            first_told=_first_told(previous, names[number], now),
            unplaced=why(counter, each),
            perhaps=perhaps(counter, each, [other.place for other in found if other.family is each.family]),
            together_with=names.get(twins.get(number, -1)),
        )
        for number, (each, detail) in enumerate(zip(found, details, strict=True))
    ]
    order = sorted(faults, key=lambda each: (-each.cannot_pay, -each.failing, -each.score, each.id))
    answer = Answer(
        generated_at=utc(now),
        hours_known=hours_known,
        totals=totals,
        faults=tuple(order),
        single=_single(_codes(counter.causes()), [_codes(detail.causes) for detail in details]),
        notices=dict(sorted(_codes(counter.notices()).items(), key=lambda each: (-each[1], each[0]))),
        quality=dict(quality or {}),
    )
    return Judged(answer, {names[number]: each for number, each in enumerate(found)})


def _names(counter: Counter, found: Sequence[Found], previous: Answer | None, now: int) -> dict[int, str]:
    before = previous.faults if previous is not None else ()
    names = {number: each.id for number, each in same_as_before(counter, found, before).items()}
    for number, each in enumerate(found):
        if number not in names:
            names[number] = name_for(each, "" if previous is None else str(now), (*names.values(), *(fault.id for fault in before)))
    return names


def _before(previous: Answer | None, name: str) -> Fault | None:
    return next((fault for fault in (previous.faults if previous is not None else ()) if fault.id == name), None)


def _first_told(previous: Answer | None, name: str, now: int) -> str | None:
    if previous is None:
        return None
    before = _before(previous, name)
    return utc(now) if before is None else before.first_told


def _codes(counts: Mapping[str, int]) -> dict[str, int]:
    """By codes that may be shown and written anywhere, whatever a terminal calls its trouble; of unheard-of ones no more than there are
    of ours, the rest together."""
    found: dict[str, int] = {}
    foreign: dict[str, int] = {}
    for code, count in counts.items():
        known = code in _KNOWN
        into, name = (found, code) if known else (foreign, escape(code, _LONGEST))
        into[name] = into.get(name, 0) + count
    order = sorted(foreign, key=lambda name: (-foreign[name], name))
    found.update((name, foreign[name]) for name in order[:_MOST_FOREIGN])
    if left := sum(foreign[name] for name in order[_MOST_FOREIGN:]):
        found[OTHERS] = found.get(OTHERS, 0) + left
    return found


def _fault(
    found: Found,
    detail: Detail,
    name: str,
    rest_of: str | None,
    before: Fault | None,
    now: int,
    **more: Any,
) -> Fault:
    """`more`: what is known of it besides."""
    where = found.place.where
    leading = min(detail.causes, key=lambda code: (-detail.causes[code], code), default="")
    owner = owner_of(found.family, where, leading)
    inside, elsewhere = found.inside, found.elsewhere
    return Fault(
        id=name,
        family=found.family.value,
        causes=dict(sorted(_codes(detail.causes).items(), key=lambda each: (-each[1], each[0]))),
        where=(where, *(each.where for each in found.alike)),
        failing=inside.failing,
        of=inside.of,
        elsewhere_failing=elsewhere.failing,
        elsewhere_of=elsewhere.of,
        cannot_pay=inside.cannot_pay,
        score=round(found.score, 1),
        since=None if detail.onset is None else Onset(first=utc(detail.onset[0]), median=utc(detail.onset[1]), last=utc(detail.onset[2])),
        owner=owner,
        step=step_of(found.family, where, leading, owner, detail.onset[1] if detail.onset is not None else None),
        growing=_growing(inside.failing, detail, before, now),
        remnant_of=rest_of,
        masked=inside.hidden,
        acknowledged=before.acknowledged if before is not None else None,
        acknowledged_until=before.acknowledged_until if before is not None else None,
        **more,
    )


def _growing(failing: int, detail: Detail, before: Fault | None, now: int) -> bool:
    """More than before by a twentieth, and by three; or one in ten began within the last quarter of an hour, where others had begun
    before."""
    if before is not None and failing >= max(_GROWN * before.failing, before.failing + _GROWN_BY):
        return True
    if detail.onset is None or (before is not None and failing <= before.failing):
        return False
    return detail.onset[2] > now - _RECENTLY_S >= detail.onset[0]


def _single(causes: Mapping[str, int], told: Sequence[Mapping[str, int]]) -> dict[str, int]:
    left = dict(causes)
    for each in told:
        for code, count in each.items():
            left[code] = left.get(code, 0) - count
    return {code: count for code, count in sorted(left.items(), key=lambda each: (-each[1], each[0])) if count > 0}


def lasts_s(fault: Fault, now: int) -> int | None:
    """Since when half of its terminals have it, in seconds; None where none of them says."""
    began = parse(fault.since.median) if fault.since is not None else None
    return None if began is None else max(int(now - began), 0)
