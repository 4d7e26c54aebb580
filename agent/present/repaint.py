"""What a terminal is sent so that it shows other lines than it did: no more than differs, for a serial line is slow. Pure.

Any terminal that can place its cursor will do (vt100): no other screen is opened, and what stood there last stays there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.present import layout

CLEAR = "\x1b[0m\x1b[H\x1b[J"
_TO_THE_END = "\x1b[K"
_SHORTEST = 8  # columns alike before a line is begun in its middle: placing the cursor costs as much


def repaint(before: Sequence[str] | None, after: Sequence[str], ambiguous: int = 1) -> str:
    """From the lines on the screen, None where it shows anything, to others; no line may be wider than the screen. The cursor is left at
    the beginning of the line below, where there is one more, else at that of the last."""
    parts = [CLEAR] if before is None else []
    shown = before or ()
    for row in range(max(len(shown), len(after))):
        old, new = (lines[row] if row < len(lines) else "" for lines in (shown, after))
        if old != new:
            parts.append(_line(row, old, new, ambiguous))
    if not parts:
        return ""
    return "".join(parts) + _to(max(0, len(after) - 1), 0) + "\r"


def below(lines: Sequence[str], height: int) -> str:
    """To the first free line, for whatever comes after us; on a full screen it moves up by one."""
    return _to(len(lines), 0) if len(lines) < height else _to(height - 1, 0) + "\n"


def _line(row: int, old: str, new: str, ambiguous: int) -> str:
    kept = "" if "\x1b" in old + new else _alike(old, new)
    column = layout.width(kept, ambiguous)
    if column < _SHORTEST:
        kept, column = "", 0
    return _to(row, column) + new[len(kept) :] + ("" if layout.width(old, ambiguous) <= _plain(new, ambiguous) else _TO_THE_END)


def _plain(text: str, ambiguous: int) -> int:
    """Columns of a line; 0 where it has colours, so that what stood there is taken away in any case."""
    return 0 if "\x1b" in text else layout.width(text, ambiguous)


def _alike(one: str, other: str) -> str:
    """The characters that both begin with, each with the marks that belong to it."""
    kept = ""
    for mine, theirs in zip(layout.clusters(one), layout.clusters(other), strict=False):
        if mine != theirs:
            break
        kept += mine
    return kept


def _to(row: int, column: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H" if row else "\x1b[H"
