"""The section of docs/accuracy.md on first contact, made from the records. Pure but for reading them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.field.records import Record
from tests.lab.field.scoring import Outcome, Score

TITLE = "## First contact with public reports"


def section(first: Sequence[Record], today: Record | None, errata: dict[str, str]) -> str:
    """`errata`: name of a world → what was wrong about it."""
    now = {outcome.name: outcome for outcome in today.outcomes} if today else {}
    parts = [_head(today), scores(first, now), *(worlds(record, now, errata) for record in first)]
    return "\n\n".join(parts)


def _head(today: Record | None) -> str:
    at = f" (commit {today.commit[:12]}, {today.date})" if today else ""
    return f"""{TITLE}

Worlds rebuilt from public reports of faults, and of odd installations that are well, in batches; each with its source, and
the expected verdict written down before it was run (`tests/lab/field/`). What was said at first contact, before anything was mended
for it, is kept for good in `tests/lab/field/first_contact/`; beside it what the newest run says{at}. How it is scored:
`tests/lab/field/scoring.py`. A world whose making or expectation proved wrong afterwards is marked †, and counts as it was recorded."""


def scores(first: Sequence[Record], now: dict[str, Outcome]) -> str:
    lines = [
        "| batch | commit | worlds | healthy | right at first contact | Brier | wrong above 0.8 | false alarms |"
        " right today | Brier today | wrong above 0.8 today | false alarms today |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows = [(str(record.batch), record.commit[:12], record.outcomes) for record in first]
    everything = tuple(outcome for record in first for outcome in record.outcomes)
    for name, commit, outcomes in [*rows, *([("all", "", everything)] if len(rows) > 1 else [])]:
        then = Score.of(outcomes)
        cells = [name, commit, then.worlds, then.healthy, then.right, f"{then.brier:.2f}", then.sure_and_wrong, then.false_alarms]
        again = [now[each.name] for each in outcomes if each.name in now]
        later = Score.of(again)
        cells += [later.right, f"{later.brier:.2f}", later.sure_and_wrong, later.false_alarms] if len(again) == len(outcomes) else [""] * 4
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def worlds(record: Record, now: dict[str, Outcome], errata: dict[str, str]) -> str:
    lines = [
        f"### Batch {record.batch}, {record.date}",
        "",
        "| world | source | expected | at first contact | today |",
        "|---|---|---|---|---|",
    ]
    for each in record.outcomes:
        expected = ", ".join(f"`{code}`" for code in each.expected) or "healthy"
        expected += " (doubt is right)" if each.doubtful else ""
        name = each.name + (" †" if each.name in errata else "")
        lines.append(f"| {name} | {each.source} | {expected} | {_said(each)} | {_said(now[each.name]) if each.name in now else ''} |")
    marked = [f"† {each.name}: {errata[each.name]}" for each in record.outcomes if each.name in errata]
    return "\n".join([*lines, *(["", *marked] if marked else [])])


def _said(outcome: Outcome) -> str:
    if outcome.right:
        return "right" if outcome.guess is None else f"right, {outcome.confidence:.2f}"
    if outcome.guess is None:
        return f"**nothing** [{outcome.state}]"
    doubt = f" of {', '.join(outcome.guess.candidates)}" if outcome.guess.candidates else ""
    return f"**{outcome.first}**{doubt} {outcome.confidence:.2f} [{outcome.state}]"
