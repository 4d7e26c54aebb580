"""An incident is open from the first confirmed state that is not ok until the state is confirmed ok."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.document import Incident
from agent.contract.times import utc
from agent.diagnosis.model import Diagnosis, State


def follow(current: Incident | None, diagnosis: Diagnosis, *, since: float, mark: str) -> Incident | None:
    """`since`: when the state began, seconds since the epoch. `mark` makes the id of a new incident unlike any other."""
    if diagnosis.state is State.OK:
        return None
    cause = diagnosis.leading.code if diagnosis.leading else None
    if current is not None:
        return current if current.cause == cause else replace(current, cause=cause)
    opened_at = utc(since)
    name = opened_at[:19].replace("-", "").replace(":", "") + "Z-" + mark
    return Incident(id=name, opened_at=opened_at, cause=cause)
