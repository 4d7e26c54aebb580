"""Is the confidence right where no rule was written for the worlds? Whole families of worlds left out, one at a time. Pure.

A family is a file of scenarios, or a batch of public reports at first contact: of the first kind the rules have seen every member, of
the second none. What a step of confidence is worth is learnt from the other families, each counting alike, and held against the one
that was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

from tests.lab import scenarios, score
from tests.lab.field.records import Record
from tests.lab.field.scoring import Outcome
from tests.lab.score import INDETERMINATE, Judged

Claim = tuple[float, bool]
STEPS = ((0.0, 0.6, "up to 0.6"), (0.6, 0.8, "above 0.6, up to 0.8"), (0.8, 1.0, "above 0.8"))
_NOBODY_TELLS = 0.5


@dataclass(frozen=True)
class Family:
    """`met`: at first contact, before any rule was written for it."""

    name: str
    met: bool
    claims: tuple[Claim, ...]

    def at(self, step: int) -> tuple[Claim, ...]:
        low, high, _ = STEPS[step]
        return tuple(claim for claim in self.claims if low < claim[0] <= high)

    def share(self, step: int) -> float | None:
        """Of what was said at this step, how much came true; one more of each kind stands for what was not played."""
        said = self.at(step)
        return (sum(true for _, true in said) + 1) / (len(said) + 2) if said else None


def families(judged: Sequence[Judged], first: Sequence[Record]) -> list[Family]:
    file_of = {each.name: name for name, module in vars(scenarios).items() if isinstance(module, ModuleType)
               for each in getattr(module, "SCENARIOS", ())}  # fmt: skip
    found: dict[str, list[Judged]] = {}
    for each in judged:
        found.setdefault(file_of.get(each.scenario.name, ""), []).append(each)
    played = [Family(name, False, tuple(score.claims(members))) for name, members in sorted(found.items())]
    return played + [Family(f"batch {record.batch}", True, tuple(_claims(record.outcomes))) for record in first]


def _claims(outcomes: Iterable[Outcome]) -> Iterable[Claim]:
    for each in outcomes:
        truth = {*each.expected, *each.notices}
        for cause in each.causes:
            yield cause.confidence, cause.code in truth or (cause.code == INDETERMINATE and bool(truth & {*cause.candidates}))


def learnt(step: int, others: Iterable[Family]) -> float:
    shares = [share for each in others if (share := each.share(step)) is not None]
    return sum(shares) / len(shares) if shares else _NOBODY_TELLS


def left_out(known: Sequence[Family], met: bool) -> list[Claim]:
    """Every claim of such families, with what the other families make its step worth in the place of what was said."""
    return [
        (learnt(step, [other for other in known if other is not family]), true)
        for family in known
        if family.met is met
        for step in range(len(STEPS))
        for _, true in family.at(step)
    ]


def section(judged: Sequence[Judged], first: Sequence[Record]) -> str:
    known = families(judged, first)
    kinds = [[each for each in known if each.met is met] for met in (False, True)]
    lines = ["| confidence | in the lab | came true | at first contact | mean confidence | came true | the other families make it |"]
    lines.append("|---|---|---|---|---|---|---|")
    for step, (_, _, name) in enumerate(STEPS):
        cells = [name]
        for met, those in enumerate(kinds):
            said = [claim for each in those for claim in each.at(step)]
            cells.append(str(len(said)))
            if met:
                cells.append(f"{sum(p for p, _ in said) / len(said):.2f}" if said else "")
            cells.append(f"{sum(true for _, true in said) / len(said):.2f}" if said else "")
        rest = [learnt(step, [other for other in known if other is not each]) for each in kinds[1] if each.at(step)]
        cells.append(f"{min(rest):.2f} to {max(rest):.2f}" if rest else "")
        lines.append("| " + " | ".join(cells) + " |")
    table = "\n".join(lines)
    as_said = {met: score.brier([claim for each in kinds[met] for claim in each.claims]) for met in (False, True)}
    worth = {met: score.brier(left_out(known, met)) for met in (False, True)}
    return f"""## Calibration with whole families left out

A family is a file of scenarios ({len(kinds[0])}), for which the rules were written, or a batch of public reports at first contact
({len(kinds[1])}), which no rule had seen. Every reported cause counts, notices too. The last column: what a step is worth by all other
families, each counting alike, where each batch is left out in its turn.

{table}

Brier score of the batches as it was said at first contact: {as_said[True]:.2f}; with each step worth what the other families make it:
{worth[True]:.2f}. Of the lab's own families, likewise: {as_said[False]:.3f} and {worth[False]:.3f}. The confidence at first contact is that
of the code of its day."""
