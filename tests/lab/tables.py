"""Wide tables of the report."""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab import score
from tests.lab.score import NO_CAUSE, Judged


def said(judged: Judged) -> str:
    return ", ".join(f"{c.code} {c.confidence:.2f}{' (notice)' if c.severity == 'notice' else ''}" for c in judged.guesses) or NO_CAUSE


def matrix(judged: Sequence[Judged]) -> str:
    """True causes down, with what was said of each: the whole matrix, without its empty cells."""
    counted = score.matrix(judged)
    lines = ["| true cause | played | first guess right | taken for |", "|---|---|---|---|"]
    for truth in sorted({true for true, _ in counted}):
        row = {guess: number for (true, guess), number in counted.items() if true == truth}
        others = ", ".join(f"`{guess}` × {number}" for guess, number in sorted(row.items()) if guess != truth)
        name = truth if truth == NO_CAUSE else f"`{truth}`"
        lines.append(f"| {name} | {sum(row.values())} | {row.get(truth, 0)} | {others} |")
    return "\n".join(lines)
