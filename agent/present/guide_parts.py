"""What the guide's screens are put together of: parts that stand together, each with how much it is needed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from probes.ground.bilingual import Bilingual


class Part(Struct, frozen=True):
    """Lines that stand together. `need`: 0 for what must be on the screen; what has the highest number is left out first. A `close`
    part follows the one before without a line between."""

    lines: list[str]
    need: int = 0
    close: bool = False


class Said(Struct, frozen=True, kw_only=True):
    """What became of a person's words. `trouble`: why one could not be kept; `kept`: some were."""

    trouble: Bilingual | None = None
    kept: bool = False


def fitted(parts: Sequence[Part], height: int) -> list[str]:
    """No more lines than the screen has: what is needed least is left out, then the empty lines, then the end of the text."""
    left = [part for part in parts if part.lines]
    while len(joined(left)) > height and (most := max(part.need for part in left)):
        left = [part for part in left if part.need != most]
    lines = joined(left)
    if len(lines) > height:
        lines = [line for line in lines if line]
    return lines if len(lines) <= height else [*lines[: max(0, height - 1)], lines[-1]]


def joined(parts: Sequence[Part]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if part.lines:
            lines += [*([""] if lines and not part.close else []), *part.lines]
    return lines
