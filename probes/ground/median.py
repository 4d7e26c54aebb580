"""The median. Python's module `statistics` brings fractions and decimals with it, 0.6 MiB of a daemon that needs neither."""

from __future__ import annotations

from collections.abc import Iterable


def median(values: Iterable[float]) -> float:
    """Of at least one value; of an even number of them, halfway between the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
