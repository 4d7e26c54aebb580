"""When a terminal sends, so that a fleet does not send at one moment. Pure; times are of the clock that nobody sets.

After a power cut ten thousand terminals start within seconds: the first document of each comes at its own place within five minutes (a
third of the usual time), and from then on each keeps its own place between two of them. When a host fails all see it within a minute: what
is confirmed leaves at its own place within half a minute. What fails is tried again ever later, and never at a moment that all have in
common.
"""

from __future__ import annotations

import math

METERED_S = 3600.0  # on an uplink with a budget, from one document to the next at the least
FIRST = 1 / 3  # of that time, within which the first one after a start comes
CHANGE_SPREAD_S = 30.0
RETRY_S = 60.0  # after the first failure; each is twice as long as the one before
MOST_RETRY_S = 3600.0


def first_at(start: float, place: float, every_s: float) -> float:
    return start + place * every_s * FIRST


def next_at(now: float, start: float, place: float, every_s: float) -> float:
    """The terminal's own place in the next stretch of time, half of one later than `now` at the least."""
    first, least = start + place * every_s, now + every_s / 2
    return first + max(0, math.ceil((least - first) / every_s)) * every_s


def change_after_s(place: float) -> float:
    """Another place than that between documents."""
    return CHANGE_SPREAD_S * (place * 97 % 1)


def retry_after_s(failures: int, roll: float, asked_s: float | None = None) -> float:
    """`roll`: from 0 to 1. What the other side asked for is never undercut."""
    usual = min(MOST_RETRY_S, RETRY_S * 2.0 ** min(max(0, failures - 1), 16)) * (0.75 + 0.5 * roll)
    return usual if asked_s is None else asked_s * (1 + 0.25 * roll) + RETRY_S * roll
