"""How often each step of a cause was tried and helped in so many cases. Pure.

Where several steps leave one trace, what it ended is shared out among them by what people said of each, and by the catalogue's own
probabilities, worth six cases. What leaves nothing to see, or nothing but a host or a line that is back, would seem never to help: how
often such steps do is reckoned from what people said, in proportion to those that can be seen, and no more of them are counted than
incidents that nobody knows the end of, or that ended by themselves. What was done in those that did is in none of these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from agent.contract.experience import Tally
from agent.contract.trace import ELSEWHERE
from agent.fleet.lessons.cases import Case, End
from agent.remedy.catalogue import StepTemplate
from agent.remedy.ordering import PRIOR_CASES, leaving, movable


class Counts(Struct):
    """Of one cause. By step or trace: how often it was `tried` and how often it `helped`; `said`: of steps, how often a person said that it
    helped. `itself`, `unknown`: incidents that ended so; `cases`: those that count."""

    cases: int = 0
    itself: int = 0
    unknown: int = 0
    tried: dict[str, int] = field(default_factory=dict)
    helped: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    traces_tried: dict[str, int] = field(default_factory=dict)
    traces_helped: dict[str, int] = field(default_factory=dict)


def counted(cases: Iterable[Case]) -> dict[str, Counts]:
    """By cause."""
    found: dict[str, Counts] = {}
    for case in cases:
        at_its_end = found.setdefault(case.last, Counts())
        if case.end is End.BY_ITSELF:
            at_its_end.itself += 1
            continue
        if case.end is End.NOBODY_KNOWS:
            at_its_end.unknown += 1
        for cause in dict.fromkeys((case.last, *(each.cause for each in case.done))):
            found.setdefault(cause, Counts()).cases += 1
        for each in case.done:
            of = found[each.cause]
            tried, helped = (of.tried, of.helped) if each.step else (of.traces_tried, of.traces_helped)
            name = each.step or each.trace
            tried[name] = tried.get(name, 0) + 1
            if each.helped:
                helped[name] = helped.get(name, 0) + 1
                if each.told and each.step:
                    of.said[name] = of.said.get(name, 0) + 1
    return found


def tallies(counts: Counts, templates: Sequence[StepTemplate]) -> dict[str, Tally]:
    """By step, those of the catalogue alone."""
    known = {step.id for step in templates if step.id}
    tried = {name: count for name, count in counts.tried.items() if name in known}
    helped = {name: count for name, count in counts.helped.items() if name in known}
    said = {name: count for name, count in counts.said.items() if name in known}
    share = PRIOR_CASES / max(1.0, sum(step.prior for step in templates))
    for trace in dict.fromkeys((*counts.traces_tried, *counts.traces_helped)):
        group = leaving(trace, templates)
        _add(tried, _shared(counts.traces_tried.get(trace, 0), group, said, share))
        _add(helped, _shared(counts.traces_helped.get(trace, 0), group, said, share))
    silent = _silent(templates)
    hidden = _hidden(counts, sum(count for name, count in helped.items() if name not in {s.id for s in silent}), templates, said, share)
    seen_of_them = sum(helped.get(step.id, 0) for step in silent)
    more = _shared(max(0, hidden - seen_of_them), silent, said, share)
    _add(tried, more)
    _add(helped, more)
    names = [step.id for step in templates if step.id in tried or step.id in helped]
    return {name: Tally(max(tried.get(name, 0), helped.get(name, 0)), helped.get(name, 0)) for name in names}


def _silent(templates: Sequence[StepTemplate]) -> list[StepTemplate]:
    return [step for step in templates if step.id and movable(step) and (step.trace is None or step.trace in ELSEWHERE)]


def _hidden(counts: Counts, seen: int, templates: Sequence[StepTemplate], said: Mapping[str, int], share: float) -> int:
    """How many incidents the silent steps ended, as far as it can be told: beside so many that the others were `seen` to end."""
    silent = {step.id for step in _silent(templates)}
    movables = [step for step in templates if step.id and movable(step)]
    quiet = sum(share * step.prior + said.get(step.id, 0) for step in movables if step.id in silent)
    loud = sum(share * step.prior + said.get(step.id, 0) for step in movables if step.id not in silent)
    if not silent or not loud:
        return 0
    told = sum(counts.helped.get(name, 0) for name in silent)
    return min(round(seen * quiet / loud), told + counts.unknown + counts.itself)


def _shared(count: int, group: Sequence[StepTemplate], said: Mapping[str, int], share: float) -> dict[str, int]:
    """Whole numbers that sum to it, in proportion (by largest remainders)."""
    weights = {step.id: share * step.prior + said.get(step.id, 0) for step in group}
    whole = sum(weights.values())
    if not whole or count <= 0:
        return {}
    parts = {name: count * weight / whole for name, weight in weights.items()}
    found = {name: int(part) for name, part in parts.items()}
    by_rest = sorted(parts, key=lambda name: found[name] - parts[name])
    for name in by_rest[: count - sum(found.values())]:
        found[name] += 1
    return found


def _add(to: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        if count:
            to[name] = to.get(name, 0) + count
