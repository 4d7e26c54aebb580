"""docs/traces.md, of the results that were kept: those of the first time, and those of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from agent.contract.trace import Trace
from tests.lab.traces.case import Result

ROOT = Path(__file__).resolve().parents[3]
REPORT = ROOT / "docs" / "traces.md"
KEPT = Path(__file__).parent / "results"
_HEAD = """# What ended it: how often the record is right

Written by `make test-traces` (`tests/lab/traces/`). In each scenario a world of network namespaces breaks, something is done about it for
real, and the daemon's own cycle looks when a service would: at an event of the kernel at once, every 5 s while a change is not confirmed,
and else once a minute; quiet time is cut out by setting its clock forward. Then its record is read: what `ended_by` names, and what
`tried` does.
How each trace is recognised: [record.md](record.md#what-ended-it).

*At first* is before anything was mended. One scenario of then gave way to another: where the router hangs and payments go over the backup,
the router's fault rightly stays open. Another had a cable that brought an address with it where a lease was to be waited for.
What was not right then was mended against these same scenarios: today's share is no first contact.

A claim is *wrong* where it names what it was not. *Unknown* is no claim; it is right where what ended it leaves no trace that can be told.
"""


def load(name: str) -> tuple[Result, ...]:
    found: tuple[Result, ...] = msgspec.json.decode((KEPT / f"{name}.json").read_bytes(), type=tuple[Result, ...])
    return found


def keep(name: str, results: Sequence[Result]) -> None:
    KEPT.mkdir(exist_ok=True)
    short = [replace(each, record="", trouble=each.trouble[:200]) for each in results]
    (KEPT / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(short)) + b"\n")


def report(first: Sequence[Result], today: Sequence[Result]) -> str:
    lines = [
        _HEAD,
        "| | scenarios | right | wrong claims | unknown, though it could be told | not made |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [_sum("at first", first), _sum("today", today), "", "## By what ended it, today", ""]
    lines += ["| trace | scenarios | right | wrong claims | unknown |", "|---|---:|---:|---:|---:|"]
    for trace in [*(each.value for each in Trace), ""]:
        of = [each for each in today if each.truth == trace]
        if of:
            right, wrong = sum(each.right for each in of), sum(each.wrong for each in of)
            lines.append(
                f"| {f'`{trace}`' if trace else 'none that can be told'} | {len(of)} | {right} | {wrong} | {len(of) - right - wrong} |"
            )
    vain = [each for each in today if each.truly_tried]
    named = sum(set(each.truly_tried) <= set(each.tried) for each in vain)
    more = [each for each in today if set(each.tried) - set(each.truly_tried)]
    lines += ["", f"Tried in vain before: {len(vain)} scenarios, named in {named}; {len(more)} name one that was not tried.", ""]
    for title, results in (("Not right at first", first), ("Not right today", today)):
        lines += [f"## {title}", "", "| scenario | what ended it | said | tried in vain | said |", "|---|---|---|---|---|"]
        lines += [
            _row(each) for each in sorted(results, key=lambda each: each.name) if not each.right or set(each.tried) != set(each.truly_tried)
        ]
        lines.append("")
    return "\n".join(lines)


def _sum(name: str, results: Sequence[Result]) -> str:
    right, wrong, not_made = (sum(bool(getattr(each, what)) for each in results) for what in ("right", "wrong", "trouble"))
    count = len(results)
    share = f"{100 * right / count:.1f} %" if count else ""
    claims = f"{wrong} ({100 * wrong / max(1, count):.1f} %)"
    return f"| {name} | {count} | {right} ({share}) | {claims} | {count - right - wrong - not_made} | {not_made} |"


def _row(each: Result) -> str:
    said = "not made" if each.trouble else each.said or "unknown"
    return (
        f"| {each.name} | {each.truth or 'nothing that can be told'} | {said} | {', '.join(each.truly_tried)} | {', '.join(each.tried)} |"
    )
