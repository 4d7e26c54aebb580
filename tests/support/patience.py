"""How long tests wait. What comes is waited for until it comes: how soon, on a busy machine, is no matter of a test but of `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable

# Only what hangs takes longer, on whatever machine. It is a bound for an event that is waited for, and a budget for what is examined
# where the budget is not the subject; nothing may be concluded from its being long or short.
PATIENCE_S = 120.0


def until(true: Callable[[], object], told: Callable[[], str] = lambda: "") -> None:
    """Returns as soon as it is true; `told`: what is said where that does not come to pass."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"it did not come to pass within {PATIENCE_S:g} s: {told()}")
        time.sleep(0.01)
