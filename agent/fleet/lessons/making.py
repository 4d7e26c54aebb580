"""From the cases of a fleet to its lessons: shared faults left out, groups apart where they differ, no larger than terminals take. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from agent.contract.experience import Tally
from agent.contract.legible import stored
from agent.contract.lessons import SIZE_LIMIT, Endings, Lesson, Lessons
from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.fleet.lessons.cases import Case
from agent.fleet.lessons.grouping import Group, groups
from agent.fleet.lessons.shared import Attributes, Together, shared, together
from agent.fleet.lessons.sharing import Counts, counted, tallies
from agent.remedy.catalogue import CatalogueError, StepTemplate, entry
from agent.remedy.ordering import ENOUGH

_HEAD = ("schema", "generated_at", "agent_version", "config_hash")
MOST_OF_ONE = 20  # cases of a cause that one terminal teaches: the latest


class Learnt(Struct, frozen=True, kw_only=True):
    """Of a cause, in a group: `tallies` by step."""

    cause: str
    where: dict[str, str]
    counts: Counts
    tallies: dict[str, Tally]
    terminals: int
    score: float = 0.0


class Taught(Struct, frozen=True, kw_only=True):
    """`cases`: all of them; `together`: shared faults, and `left_out` of how many cases; `learnt`: the causes with most cases first,
    of each its groups and then the rest. `cut`: so many of those did not fit into the file."""

    lessons: Lessons
    cases: int
    terminals: int
    left_out: int
    together: tuple[Together, ...] = ()
    learnt: tuple[Learnt, ...] = ()
    cut: int = 0


def taught(
    cases: Sequence[Case],
    known: Attributes,
    grouped_by: Attributes,
    now: float,
    *,
    limit: int = SIZE_LIMIT,
) -> Taught:
    """`known`: the attributes of terminals as the scan has them, `grouped_by`: those that a terminal compares a group with."""
    faults = together(cases, known)
    apart = shared(cases, known, faults)
    own = [case for case in cases if case not in apart]
    learnt = [each for code in _causes(own) for each in _of_cause(code, own, grouped_by)]
    lessons, kept = _fitting(learnt, known, now, limit)
    return Taught(
        lessons=lessons,
        cases=len(cases),
        terminals=len({case.terminal for case in cases}),
        left_out=len(apart),
        together=tuple(faults),
        learnt=tuple(learnt[:kept] if kept < len(learnt) else learnt),
        cut=len(learnt) - kept,
    )


def _causes(cases: Iterable[Case]) -> list[str]:
    """The most frequent first."""
    found = Counter(cause for case in cases for cause in {case.last, *(each.cause for each in case.done)})
    return [code for code, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def _of_cause(code: str, cases: Sequence[Case], attributes: Attributes) -> list[Learnt]:
    templates = _templates(code)
    if not templates:
        return []
    mine = _fair([case for case in cases if case.last == code or any(each.cause == code for each in case.done)])
    found = []
    for group in groups(code, mine, attributes, templates):
        made = _learnt(code, group, templates)
        if made is not None:
            found.append(made)
    return found


def _learnt(code: str, group: Group, templates: Sequence[StepTemplate]) -> Learnt | None:
    counts = counted(group.cases).get(code)
    if counts is None:
        return None
    enough = counts.cases >= ENOUGH
    return Learnt(
        cause=code,
        where=group.where,
        counts=counts,
        tallies=tallies(counts, templates) if enough else {},
        terminals=len({case.terminal for case in group.cases}),
        score=group.score,
    )


def _fair(cases: Sequence[Case]) -> list[Case]:
    """No more than so many of one terminal: one that fails every hour, or makes its record up, teaches nobody else."""
    by_terminal: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_terminal[case.terminal].append(case)
    return [case for theirs in by_terminal.values() for case in sorted(theirs, key=lambda case: case.began)[-MOST_OF_ONE:]]


def _templates(code: str) -> tuple[StepTemplate, ...]:
    """None for what only a later version knows."""
    try:
        return entry(Cause.of(code)).steps
    except (KeyError, CatalogueError):
        return ()


def _fitting(learnt: Sequence[Learnt], known: Attributes, now: float, limit: int) -> tuple[Lessons, int]:
    """With the last ones, of the rarest causes, left out until it fits; and how many are in it."""
    kept = len(learnt)
    while True:
        lessons = Lessons(
            schema="posdiag.lessons/1",
            generated_at=utc(now),
            agent_version=_most(known, "version"),
            config_hash=_most(known, "config"),
            steps=tuple(lesson for each in learnt[:kept] for lesson in _lessons(each)),
            endings=tuple(_endings(each) for each in learnt[:kept] if not each.where),
        )
        size = len(content(lessons))
        if size <= limit or not kept:
            return lessons, kept
        kept = min(kept - 1, int(kept * limit / size))


def _lessons(learnt: Learnt) -> list[Lesson]:
    """A step that was never tried has none; a group whose steps were, stands for all of them."""
    cause = Cause.of(learnt.cause)
    return [
        Lesson(cause=cause, step=step, tried=tally.tried, helped=tally.helped, where=learnt.where)
        for step, tally in learnt.tallies.items()
        if tally.tried
    ]


def _endings(learnt: Learnt) -> Endings:
    counts = learnt.counts
    by_a_step = sum(counts.helped.values()) + sum(counts.traces_helped.values())
    return Endings(cause=Cause.of(learnt.cause), by_a_step=by_a_step, by_itself=counts.itself, unknown=counts.unknown)


def content(lessons: Lessons) -> bytes:
    """As it is written: a lesson a line, for people and for what compares."""
    rows = {name: getattr(lessons, name) for name in ("steps", "endings")}
    head = [f'"{name}": '.encode() + stored(getattr(lessons, name)).rstrip() for name in _HEAD]
    tables = [
        f'"{name}": ['.encode() + b"".join(b"\n" + stored(row).rstrip() + b"," for row in found).removesuffix(b",") + b"\n]"
        for name, found in rows.items()
    ]
    return b"{\n" + b",\n".join([*head, *tables]) + b"\n}\n"


def _most(known: Mapping[str, Mapping[str, str]], name: str) -> str:
    """What more than half of the terminals have; empty where none does."""
    found = Counter(attributes.get(name, "") for attributes in known.values())
    value, count = found.most_common(1)[0] if found else ("", 0)
    return value if count * 2 > len(known) else ""
