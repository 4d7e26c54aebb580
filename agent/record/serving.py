"""What the service knows that its record does not tell yet: the day that is not over, and that no incident is open any more."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from agent.contract.day import Today
from agent.contract.document import Status
from agent.contract.times import parse
from agent.record.baseline import running
from agent.record.moments import Moment, back


class Serving(Struct, frozen=True, kw_only=True):
    """`running`: what is known of days without a line; `well_since`: since when the service holds no incident for open, None where it
    does, or says nothing of now."""

    running: list[Today]
    well_since: Moment | None


def serving(folder: Path, status: Status | None, now: Moment) -> Serving:
    """`status`: the last one. To be asked before the record is read: a line about it that is read afterwards says that it is over."""
    today = running(folder, status.today if status is not None else None)
    return Serving(running=today, well_since=_well_since(status, now))


def _well_since(status: Status | None, now: Moment) -> Moment | None:
    """Of this boot alone. The record tells of an end an hour later, where it is sparing."""
    since = None if status is None or status.incident is not None or status.boot_id != now.boot_id else parse(status.since)
    return None if since is None or since > now.at else back(now, now.at - since)
