"""docs/accuracy.md, made from what was played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tests.lab import families, grounds, score, tables
from tests.lab.beside import table as of_beside
from tests.lab.field import ERRATA, records, table
from tests.lab.month import results, section
from tests.lab.play import Played
from tests.lab.scenario import Kind, Scenario
from tests.lab.score import Judged, Steady, percent, share

Pairs = Sequence[tuple[Scenario, Played]]


def report(pairs: Pairs, *, times: Sequence[float], beside: int, alone: bool, took_s: float) -> str:
    """`times`: seconds to the verdict; `beside`: worlds at a time; `alone`: whether the times come from a pass of one at a time."""
    judged = [Judged(scenario, played) for scenario, played in pairs if scenario.kind is not Kind.PASSING]
    steady = [Steady(scenario, played) for scenario, played in pairs if scenario.kind is Kind.PASSING]
    of = {kind: [j for j in judged if j.scenario.kind is kind] for kind in Kind}
    stood = [played.made_s for _, played in pairs]
    parts = [
        _head(pairs, beside, took_s),
        _numbers(of, judged, times),
        _by_category(of[Kind.SINGLE]),
        "## Confusion matrix\n\nSingle faults and healthy worlds: the true cause, and the first one reported.\n\n" + tables.matrix(judged),
        _groups(judged),
        _healthy(of[Kind.HEALTHY]),
        _doubles(of[Kind.DOUBLE]),
        _passing(steady),
        _wrong(judged),
        _calibration(judged),
        families.section(judged, records.all_first()),
        _time(of, times, stood, beside, alone),
        _by_code(of[Kind.SINGLE]),
        _unseen(),
        grounds.section(records.all_first()),
        table.section(records.all_first(), records.today(), ERRATA),
        of_beside.section(),
        section.section(results.months()),
    ]
    return "\n\n".join(parts) + "\n"


def _head(pairs: Pairs, beside: int, took_s: float) -> str:
    count = {kind: sum(1 for scenario, _ in pairs if scenario.kind is kind) for kind in Kind}
    kinds = ", ".join(f"{kind} {number}" for kind, number in count.items())
    return f"""# How often the diagnosis is right

Written by `make lab`, never by hand. {len(pairs)} scenarios ({kinds}).
Each was made for real in network namespaces, with real name servers, TLS hosts, ISO 8583 hosts and serial devices on pseudo
terminals; `posdiag` ran in them unmodified, as root and as an ordinary user. The scenarios stand in `tests/lab/scenarios/`, one line
each: what is broken, by which call, the true cause, the states that are right. The lab is where the diagnosis was developed, so these
numbers are an upper bound for faults that are not in it.

To run it again, as root: `make lab` ({took_s / 60:.0f} minutes, {beside} worlds at a time). One scenario, with every check that it saw:
`.venv/bin/python -m tests.lab --why "part of its name"`."""


def _numbers(of: dict[Kind, list[Judged]], judged: Sequence[Judged], times: Sequence[float]) -> str:
    single, double = of[Kind.SINGLE], of[Kind.DOUBLE]
    claimed = score.claims(judged)
    rows = (
        ("first guess right, single faults", percent(share(j.first_right for j in single)), "98 %"),
        ("a true cause among the first three", percent(share(j.first_three_right for j in single)), ""),
        ("category right, single faults", percent(share(j.category_right for j in single)), "99.5 %"),
        ("state right, single faults", percent(share(j.state_right for j in single)), ""),
        ("false alarms in healthy worlds", str(sum(j.alarm for j in of[Kind.HEALTHY])), "0"),
        ("all independent faults of a double found", percent(share(not j.missed for j in double)), "95 %"),
        ("a dependent or invented cause besides", str(sum(bool(j.invented) for j in judged)), ""),
        ("Brier score of the confidence", f"{score.brier(claimed):.4f} ({len(claimed)} reported causes)", "0.03"),
        ("median time to the verdict", f"{score.quantile(times, 0.5):.2f} s", "1.5 s"),
        ("worst time to the verdict", f"{max(times, default=0):.2f} s", "10 s"),
    )
    return "## In short\n\n| measured | here | wanted |\n|---|---|---|\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _by_category(single: Sequence[Judged]) -> str:
    names = sorted({j.scenario.true_category for j in single})
    rows = [(name, [j for j in single if j.scenario.true_category == name]) for name in names]
    return "## By category\n\n" + _accuracy("category", rows)


def _by_code(single: Sequence[Judged]) -> str:
    codes = sorted({j.scenario.causes[0] for j in single})
    rows = [(f"`{code}`", [j for j in single if j.scenario.causes[0] == code]) for code in codes]
    return "## By code\n\nSingle faults; each line counts the ways in which the cause was made.\n\n" + _accuracy("code", rows)


def _accuracy(what: str, rows: Iterable[tuple[str, Sequence[Judged]]]) -> str:
    lines = [f"| {what} | scenarios | first guess | first three | category | state |", "|---|---|---|---|---|---|"]
    asked: tuple[Callable[[Judged], bool], ...] = (
        lambda j: j.first_right,
        lambda j: j.first_three_right,
        lambda j: j.category_right,
        lambda j: j.state_right,
    )
    for name, judged in rows:
        cells = [f"{sum(map(each, judged))}" for each in asked]
        lines.append(f"| {name} | {len(judged)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _groups(judged: Sequence[Judged]) -> str:
    names = sorted({j.scenario.group for j in judged if j.scenario.group})
    rows = [(name, [j for j in judged if j.scenario.group == name and j.scenario.kind is Kind.SINGLE]) for name in names]
    return "## Causes that are easily confused\n\n" + _accuracy("group", rows)


def _healthy(healthy: Sequence[Judged]) -> str:
    alarms = [f"- {j.scenario.name}: {tables.said(j)}" for j in healthy if j.alarm]
    remarks = [f"- {j.scenario.name}: {tables.said(j)}" for j in healthy if not j.alarm and j.guesses]
    text = f"## Healthy worlds\n\n{len(healthy)} worlds in which payment works, most of them suspicious at first sight.\n\n"
    text += "False alarms:\n\n" + ("\n".join(alarms) or "none")
    return text + ("\n\nNotices that the scenario does not expect:\n\n" + "\n".join(remarks) if remarks else "")


def _doubles(double: Sequence[Judged]) -> str:
    lines = [f"- {j.scenario.name}: missed {', '.join(j.missed) or 'none'}, invented {', '.join(j.invented) or 'none'}"
             for j in double if j.missed or j.invented]  # fmt: skip
    both, one = [j for j in double if len(j.scenario.causes) > 1], [j for j in double if len(j.scenario.causes) == 1]
    return f"""## Two faults at once

Independent faults, all found: {percent(share(not j.missed for j in both))}. One explains the other, and only that one was
reported: {percent(share(not j.missed and not j.invented for j in one))}. Missed or invented:

""" + ("\n".join(lines) or "none")


def _passing(steady: Sequence[Steady]) -> str:
    lines = ["| scenario | cause | changes of state | causes named | right |", "|---|---|---|---|---|"]
    for each in steady:
        named = ", ".join(dict.fromkeys(code for code in each.played.leading if code != "-")) or "none"
        truth = ", ".join(each.scenario.causes) or "healthy"
        lines.append(f"| {each.scenario.name} | {truth} | {each.changes} | {named} | {'yes' if each.right else 'no'} |")
    return """## Faults that come and go

Ten cycles of the service, one a second. Right: the state changes at most once, to what is broken, and every cause named on the
way, confirmed or pending, is the true one. A fault that is away in two cycles of three is never confirmed, and stays `ok`.

""" + "\n".join(lines)


def _wrong(judged: Sequence[Judged]) -> str:
    lines = [f"| {j.scenario.name} | {', '.join(j.scenario.causes) or 'healthy'} [{' or '.join(j.scenario.states)}] | {tables.said(j)} "
             f"[{j.played.state}] |" for j in judged if not j.right]  # fmt: skip
    head = "## Judged wrong\n\nIn any way: another first cause, another state, a cause missed or invented.\n\n"
    return head + ("\n".join(["| scenario | true | said |", "|---|---|---|", *lines]) if lines else "none")


def _calibration(judged: Sequence[Judged]) -> str:
    claimed = score.claims(judged)
    lines = ["| confidence | reported causes | mean confidence | came true |", "|---|---|---|---|"]
    for each in score.reliability(claimed):
        lines.append(f"| {each.low:.2f} to {each.high:.2f} | {each.count} | {each.said:.3f} | {each.came_true:.3f} |")
    return f"""## Calibration of the confidence

Every cause reported in any scenario played once, notices too, with whether it was so; what cannot be told apart came true where
one of the causes that it names did. Brier score {score.brier(claimed):.4f}. How the numbers come about: [confidence.md](confidence.md).

""" + "\n".join(lines)


def _time(of: dict[Kind, list[Judged]], times: Sequence[float], stood: Sequence[float], beside: int, alone: bool) -> str:
    how = "one world at a time on this machine" if alone else f"with {beside} worlds at a time on this machine"
    slow = sorted(((j.played.seconds, j.scenario.name) for kind in of for j in of[kind]), reverse=True)[:5]
    lines = "\n".join(f"- {name}: {seconds:.1f} s" for seconds, name in slow)
    middle, most, ready = score.quantile(times, 0.5), score.quantile(times, 0.95), score.quantile(stood, 0.5)
    return f"""## Time to the verdict

From the start of the process to its end, {how}: median {middle:.2f} s, 95th percentile {most:.2f} s, worst
{max(times, default=0):.2f} s. A world stands within {ready:.2f} s (median; worst {max(stood, default=0):.2f} s) with {beside} at a time.
The slowest while {beside} ran at a time:

{lines}"""


def _unseen() -> str:
    return """## What a namespace cannot show

`network.link_errors` (a virtual wire has no bad frames), `system.cpu_overloaded` beyond a notice, `operator.power_off` (a pseudo
terminal has no modem lines) and a cellular network itself. Their rules are held by `tests/scenarios/`, by
`tests/probes/edge/serial/test_causes.py` and, for USB, by `make test-usb`. Memory, heat, battery, radio switches and the USB tree
are files of `/proc` and `/sys` that are
covered by others.
A terminal beside the machine that looks is no world of the lab: [first contact](#first-contact-beside-the-terminal),
`tests/probes/test_beside_lan.py`, `tests/examination/test_beside.py`, `make test-adb`."""
