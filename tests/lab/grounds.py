"""How often a verdict came true at first contact, by what it rests on; and what that makes of its confidence. Pure but for the records.

The lab is left out: its rules were written for it, and it says 1.0 whatever the ground. A terminal meets a known fault more often than
these odd ones, so a quarter of the weight is the lab's. One more of each kind stands for what was not met.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.diagnosis.causes import Cause
from agent.diagnosis.worth import MOST, Ground
from tests.lab.field import records
from tests.lab.field.records import Record

BATCHES = 5  # the newest: the code that earlier ones met had no second opinion, or one without most of its kinds
_KNOWN = 0.25
TITLE = "## What a verdict is worth by its ground"


class Came(Struct, frozen=True):
    """Of so many verdicts that were `said`, so many were `true`."""

    said: int
    true: int

    @property
    def share(self) -> float:
        return (self.true + 1) / (self.said + 2)

    @property
    def worth(self) -> float:
        return (1 - _KNOWN) * self.share + _KNOWN


def measured(first: Sequence[Record] | None = None) -> dict[Ground, Came]:
    """Of the first verdict in each world. A doubt is right where it names the true cause and nothing on the terminal tells it apart."""
    newest = (records.all_first() if first is None else first)[-BATCHES:]
    said = [(Ground.of(Cause.of(each.first)), each.right) for record in newest for each in record.outcomes
            if each.guess is not None]  # fmt: skip
    return {ground: Came(sum(of is ground for of, _ in said), sum(true for of, true in said if of is ground)) for ground in Ground}


def section(first: Sequence[Record]) -> str:
    rows = []
    for ground, came in measured(first).items():
        most = ", ".join(f"{each:g}" for each in MOST[ground])
        rows.append(f"| {ground.value} | {came.said} | {came.true} | {came.share:.2f} | {came.worth:.2f} | {most} |")
    table = "\n".join(rows)
    return f"""{TITLE}

The first verdict in each world of the newest {BATCHES} batches of public reports at first contact, by what it rests on
(`agent/diagnosis/worth.py`). "Worth": three quarters of that share and one quarter of the lab's, where all come true. The last column is
the most that the confidence may be where no observation, one, and more would differ under the next likely cause; of a word there are too
few to say, so it keeps what its rule and the second opinion give it.

| ground | said | came true | share | worth | most |
|---|---|---|---|---|---|
{table}"""
