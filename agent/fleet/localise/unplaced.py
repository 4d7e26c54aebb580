"""Why a fault that many have has no place: none stands out, or nobody can tell."""

from __future__ import annotations

from agent.fleet.localise.scan import Found, cells_of
from agent.fleet.model.counts import EVERYWHERE, Counter, Place

FEW, UNLABELLED = "few", "unlabelled"
NEARLY_ALL = 0.8  # who fails wherever it is has no place
TELLING = 30  # terminals; of fewer, chance makes any place
_HALF = 2  # one in two


def why(counter: Counter, found: Found) -> str | None:
    """None where it has a place, where nearly everybody fails, and where places are known and none stands out."""
    if found.place != EVERYWHERE:
        return None
    if found.inside.failing > NEARLY_ALL * found.inside.of:
        return None
    if found.whole.of + found.whole.hidden < TELLING:
        return FEW
    names = {name for cell in cells_of(found.family, counter) for name in cell}
    return None if any(_tells(counter, found, name) for name in names) else UNLABELLED


def _tells(counter: Counter, found: Found, name: str) -> bool:
    """Terminals differ in it, and at least half of them say."""
    if counter.values((name,)) < 2:
        return False
    return _HALF * counter.meeting(found.family, (Place((name,), ("",)),), found.without).of <= found.whole.of
