"""`docs/fleet-accuracy.md`: what came of it, as it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.fleet.localise.located import answer_of
from agent.fleet.localise.wording import alternatives, rates, title
from tests.fleet.accuracy.fleets import TRIALS, Trial
from tests.fleet.accuracy.judging import Tally, judge, summed
from tests.fleet.made.shapes import SHAPES, Shape

APART = 1_000_000  # seeds of two kinds never meet
HEADS = ("kind", "fleets", "faults", "exact", "largest group", "told", "rests", "false")


def tried(trial: Trial, base: int, share: float = 1.0) -> Tally:
    first = base + APART * TRIALS.index(trial)
    fleets = max(round(trial.fleets * share), 1)
    return summed([judge(trial.make(first + number), f"{trial.name} {first + number}") for number in range(fleets)])


def rows(tallies: Mapping[str, Tally]) -> list[str]:
    everything = summed([*tallies.values()])
    named = [*((f"`{name}`", tally) for name, tally in tallies.items()), ("all", everything)]
    return [
        _row(HEADS),
        _row(["---"] * len(HEADS)),
        *(
            _row(
                [
                    name,
                    str(tally.fleets),
                    str(tally.true),
                    f"{tally.exact}{_percent(tally.exact, tally.true)}",
                    f"{tally.largest}{_percent(tally.largest, tally.true)}",
                    str(tally.reported),
                    str(tally.rests),
                    f"{tally.false}{_percent(tally.false, tally.reported)}",
                ]
            )
            for name, tally in named
        ),
    ]


def written(tallies: Mapping[str, Tally], base: int) -> str:
    return "\n".join(_lines(tallies, base)) + "\n"


def _lines(tallies: Mapping[str, Tally], base: int) -> Iterator[str]:
    yield from _INTRODUCTION.format(base=base).splitlines()
    yield from ("", "## Kinds of fleets", "")
    yield from (f"- `{trial.name}`: {trial.says}" for trial in TRIALS)
    yield from ("", "## Results", "", *rows(tallies), "", *_READING.splitlines())
    wrong = [each for tally in tallies.values() for each in tally.wrong]
    yield from ("", "## What went wrong", "", "Each with its kind and seed.", "", *(f"- {each}" for each in wrong or ("nothing",)))
    yield from ("", "## Shapes", "", *_SHAPES.splitlines(), "", _row(("made", "told")), _row(("---", "---")))
    yield from (_row((shape.says, _told(shape))) for shape in SHAPES)
    yield from ("", *_FAILS.splitlines())


def _told(shape: Shape) -> str:
    fleet = shape.make()
    answer = answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    said = []
    for fault in answer.faults:
        others = f"; {alternatives(fault).en}" if len(fault.where) > 1 else ""
        said.append(f"{title(fault).en}: {rates(fault).en}{others}{' (a rest of the other)' if fault.remnant_of else ''}")
    return " · ".join(said) or f"no shared fault; {fleet.totals.cannot_pay:,} cannot pay, {fleet.totals.silent:,} silent"


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(some: int, of: int) -> str:
    return f" ({some / of:.1%})" if of else ""


_INTRODUCTION = """# How often the localisation is right

Made by `python -m tests.fleet.accuracy --write`, from made fleets whose truth is known (`tests/fleet/made`): shares of providers, regions,
hosts, models, and chains as markets have them, versions in stages, everyday faults of single terminals, terminals that are off. A shared
fault strikes 60 to 98 % of the terminals of a place that has at least 60 of them (a shop: 8, and six or more struck) and at most 45 % of
the fleet; several at once overlap by less than half. Each writing draws seeds that no fleet was made with before, and these are the first
that the program met: nothing was chosen by them or changed after them. This time they begin at {base}; `python -m tests.fleet.accuracy
--seed {base}` makes the same fleets again."""
_READING = """*exact*: the place of a true fault is named, alone or among those that cannot be told apart from it (or another one of 95 %
the same terminals). *largest group*: what counting leads to, of every value of every attribute the one with most failing terminals of that
kind. *told*: faults in the answer; *rests*: those of them that are said to be a rest of another; *false*: told as a fault of its own, and
none."""
_SHAPES = """One fleet of each shape, and what was said of it."""
_FAILS = """## Where it fails

- Several faults of one family that fill a whole place are told as that place: three firmwares, where one model has no others. What it
covers is true; that it is more than one is not told.
- A shop of eight terminals of which five fail, among thousands of shops with as many everyday faults, is no more than chance.
- A dead host hides most victims of a bad configuration: that is told from the few that could be judged, and how many could not (`masked`).
- Two attributes that always coincide are both named; which of them it is, nobody can tell from counts.
- Wrong labels leave small groups behind. They are told, as a rest of the fault (`remnant_of`) where most of their terminals are at its
place, or where they began with it; a few are told as faults of their own.
- Without the hours of the shops (they are learned in two weeks where somebody looks every hour) one silent shop is not told: it may be
closed. Nor is a small provider's dead line in a fleet of fewer than six shops on it."""
