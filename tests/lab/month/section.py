"""The month's section of docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.month.judge import Held
from tests.lab.month.reasons import reason
from tests.lab.month.results import Result, numbers

_HEAD = """## A month in a quarter of an hour

`python -m tests.lab.month` (`--seed N` for another one): one shop, one terminal, the real service on a clock that is set on while nobody
looks, so that a month goes by in minutes. It looks at the kernel's events at once, 5 s after a first failure, and else once a minute;
where nothing happens, after two and a half; and nights are cut out, as if the machine slept: they count as unwatched. Faults come by
chance, some while another lasts; repairs are tried in vain before the one that helps; the service is killed, the terminal restarted, its
clock steered; and the record rotates in the middle. At the end `posdiag history --json` is held against what was done and when. A cycle
is an examination: the first one after an act is cycle 1. Faults that overlap are one incident, ended by what ended the last of them, and
what ended the others counts as one that names another repair.

The first contact was played with a player that moved its clock between two readings of the service: that made a set clock of it, named as a
repair in vain that was none, and watched time that was off by 4 % in another month played with it. It is left as it was. Nothing had been
mended against a month before it was played, but for the second one, which had been played with an earlier version."""


def section(months: Sequence[tuple[str, str, Result]]) -> str:
    """`months`: by name, and by that of the file; of the last one the kinds are shown."""
    named = [(name, found) for name, _, found in months]
    parts = [_HEAD, _numbers(named), _played(named), _kinds(named[-1][1].judged.held)]
    parts += [_not_right(name, kept, found.judged.held, found.judged.invented) for name, kept, found in months]
    return "\n\n".join(parts)


def _numbers(months: Sequence[tuple[str, Result]]) -> str:
    tables = [numbers(found) for _, found in months]
    rows = [f"| | {' | '.join(name for name, _ in months)} | wanted |", f"|---|{'---|' * len(months)}---|"]
    for row in zip(*tables, strict=True):
        rows.append(f"| {row[0][0]} | {' | '.join(value for _, value, _ in row)} | {row[0][2]} |")
    return "\n".join(rows)


def _played(months: Sequence[tuple[str, Result]]) -> str:
    names = sorted({name for _, found in months for name in found.counts})
    rows = [f"| played | {' | '.join(name for name, _ in months)} |", f"|---|{'---|' * len(months)}"]
    of = {
        "faults": [found.faults for _, found in months],
        "their kinds": [found.kinds for _, found in months],
        "traces of repairs": [found.traces for _, found in months],
        "examinations": [found.looks for _, found in months],
        "days": [round(found.days) for _, found in months],
        "minutes that it took": [round(found.minutes) for _, found in months],
    }
    of |= {name: [found.counts.get(name, 0) for _, found in months] for name in names if name != "repairs"}
    return "\n".join([*rows, *(f"| {name} | {' | '.join(map(str, values))} |" for name, values in of.items())])


def _kinds(held: Sequence[Held]) -> str:
    names = sorted({kind for each in held for kind in each.kinds})
    rows = ["By kind, today; an incident of several faults is a row of each.", ""]
    rows += ["| fault | incidents | beginning | end | cause | what ended it |", "|---|---:|---:|---:|---:|---:|"]
    for name in names:
        of = [each for each in held if name in each.kinds]
        right = ("begins_right", "ends_right", "cause_right", "ended_right")
        rows.append(f"| {name} | {len(of)} | {' | '.join(str(sum(getattr(each, what) for each in of)) for what in right)} |")
    return "\n".join(rows)


def _not_right(name: str, month: str, held: Sequence[Held], invented: Sequence[str]) -> str:
    wrong = [each for each in held if not each.right]
    rows = [f"### Not right: {name}", ""]
    if not wrong and not invented:
        return "\n".join([*rows, "none"])
    rows += ["| what it was | beginning | end | cause, and the true one | ended by, and in truth | why |", "|---|---|---|---|---|---|"]
    for each in wrong:
        cause = f"{each.cause or 'none'}" + ("" if each.cause_right else f", {' or '.join(each.true_causes)}")
        ended = f"{each.trace or 'unknown'}" + ("" if each.ended_right else f", {each.true_trace or 'nothing that can be told'}")
        what = "; ".join([" and ".join(each.kinds), each.mend, *each.strikes, *(f"in vain {trace}" for trace in each.true_tried)])
        rows.append(f"| {what} | {_cycle(each.began)} | {_cycle(each.ended)} | {cause} | {ended} | {reason(month, each)} |")
    return "\n".join([*rows, *(f"| nothing | | | {each} | | it was none |" for each in invented)])


def _cycle(number: int) -> str:
    return str(number) if number else "not there"
