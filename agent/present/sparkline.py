"""A row of measured values as one line of small columns, in characters that the console can show, one column each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from agent.present.encoding import stand_in
from agent.present.page import Page

LOST = math.inf  # in the place of a value: asked, and nothing came back
_BLOCKS, _PLAIN = "▁▂▃▄▅▆▇█", "_.:-=+*#"  # by growing value
_LOST, _NONE = "x", " "
_USUAL = 2.0  # medians: a row that stays as it is lies at half the height, and what stands out stands out of it


def sparkline(values: Sequence[float | None], page: Page, *, top: float | None = None) -> str:
    """One character for each value, from nought to `top`; without it the largest, and at least twice the usual one. `LOST` is shown as
    such, None (nothing measured) is a gap."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    height = top if top is not None else max(max(known, default=0.0), _USUAL * median(known)) if known else 0.0
    levels = levels_of(page)
    return "".join(_mark(value, height, levels) for value in values)


def folded(values: Sequence[float | None], columns: int) -> list[float | None]:
    """No more than `columns` values, each the largest of the neighbours that it stands for: what stood out still does."""
    if columns <= 0:
        return []
    each = max(1, math.ceil(len(values) / columns))
    first = len(values) % each or each  # the newest are whole
    parts = [values[:first], *(values[at : at + each] for at in range(first, len(values), each))]
    return [_worst(part) for part in parts if part]


def _worst(part: Sequence[float | None]) -> float | None:
    known = [value for value in part if value is not None]
    return max(known) if known else None


def levels_of(page: Page) -> str:
    """What the console can show: blocks are two columns wide on consoles of the old Chinese encodings, and in no font of Linux's own."""
    return _BLOCKS if page.ambiguous == 1 and not page.few_glyphs and stand_in(_BLOCKS, page.encoding) == _BLOCKS else _PLAIN


def _mark(value: float | None, height: float, levels: str) -> str:
    if value is None or math.isnan(value):
        return _NONE
    if math.isinf(value):
        return _LOST
    share = value / height if height > 0 else 0.0
    return levels[min(len(levels) - 1, max(0, int(share * len(levels))))]
