"""An incident is open from the first confirmed state that is not ok until the state is confirmed ok.

A terminal beside this machine that is there, and that nobody can ask, is as well as can be seen: for that alone none is open."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.document import Incident
from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, Diagnosis, State


def follow(
    current: Incident | None, diagnosis: Diagnosis, *, since: float, mark: str, only_seen: bool = False, off_duty: bool = False
) -> Incident | None:
    """`since`: when the state began, seconds since the epoch. `mark` makes the id of a new incident unlike any other.
    `only_seen`: all that was looked at is there, and no more can be seen. `off_duty`: it is not there, and the shop is closed, so that
    nothing begins; what had begun is as it was, but that it was off."""
    if off_duty:
        return None if current is None or current.cause is Cause.TERMINAL_OFF else current
    if diagnosis.state is State.OK or (only_seen and diagnosis.can_pay is CanPay.UNKNOWN and diagnosis.leading is None):
        return None
    cause = diagnosis.leading.code if diagnosis.leading else None
    if current is not None:
        return current if current.cause == cause else replace(current, cause=cause)
    opened_at = utc(since)
    name = opened_at[:19].replace("-", "").replace(":", "") + "Z-" + mark
    return Incident(id=name, opened_at=opened_at, cause=cause)
