"""What changed before an incident began. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.contract.event import ChangeEvent
from agent.record.moments import Moment, elapsed_s, moment_of

WITHIN_S = 24 * 3600.0
MOST = 10
_TOGETHER_S = 1.0  # seen in the examination that first saw the incident


def changes_before(changes: Iterable[ChangeEvent], began: Moment, now: Moment) -> tuple[dict[str, Any], ...]:
    """Of `changes`, the latest first: the nearest. `seconds`: by how much it came before, whatever the wall clock says. What was seen
    after the beginning is no part of it: that may be what the incident itself brings."""
    since = elapsed_s(began, now)
    found: list[tuple[float, ChangeEvent]] = []
    for change in changes:
        seconds = elapsed_s(moment_of(change), now) - since
        if -_TOGETHER_S <= seconds <= WITHIN_S:
            found.append((max(0.0, seconds), change))
    found.sort(key=lambda pair: pair[0])
    return tuple(_entry(change, seconds) for seconds, change in found[:MOST])


def _entry(change: ChangeEvent, seconds: float) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "at": change.at,
        "what": change.what,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "seconds": round(seconds),
    }
    return entry | {"count": change.count} if change.count > 1 else entry
