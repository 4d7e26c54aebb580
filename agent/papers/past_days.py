"""The last days of the record, for papers that show them: none where there is no record, or this user may not read it."""

from __future__ import annotations

from pathlib import Path

from agent.contract.document import Status
from agent.contract.history import DayTotal
from agent.record.history import Asked, history
from agent.record.moments import Moment
from agent.record.past import past
from agent.record.serving import serving
from agent.storage.identity import boot_id
from probes.ground.clock import Clock

_DAY_S = 86400.0


def last_days(folder: Path, days: int, status: Status | None = None) -> tuple[DayTotal, ...]:
    """`status`: the last one, which tells of the day that is not over."""
    clock = Clock()
    now = Moment(at=clock.wall(), boot_id=boot_id(), running_s=clock.running())
    known = serving(folder, status, now)
    try:
        found = past(folder)
    except (OSError, ValueError):
        return ()
    told, _ = history(found, Asked(since=now.at - days * _DAY_S), now, "", running=known.running, well_since=known.well_since)
    return told.days
