"""How long ago something was: within one boot by the clock that nobody sets, over boots by no more than the wall clock can prove. Pure."""

from __future__ import annotations

from msgspec import Struct

from agent.contract.event import ClosedEvent, Event, OpenedEvent
from agent.contract.times import parse


class Moment(Struct, frozen=True, kw_only=True):
    """`at`: seconds since the epoch; `running_s`: since the boot."""

    at: float
    boot_id: str
    running_s: float
    doubtful: bool = False


def moment_of(event: Event) -> Moment:
    at = parse(event.at)
    return Moment(at=at or 0.0, boot_id=event.boot_id, running_s=event.running_s, doubtful=at is None or event.clock != "ok")


def elapsed_s(earlier: Moment, later: Moment) -> float:
    """Never below zero. Over a boot it is at least the time since that boot, and what the wall clock says where both ends believed it."""
    if earlier.boot_id == later.boot_id:
        return max(0.0, later.running_s - earlier.running_s)
    least = max(0.0, later.running_s)
    return least if earlier.doubtful or later.doubtful else max(least, later.at - earlier.at)


def known_apart(earlier: Moment, later: Moment) -> bool:
    """Whether what `elapsed_s` tells is all of it, and not only the least that it was."""
    return earlier.boot_id == later.boot_id or not (earlier.doubtful or later.doubtful)


def back(moment: Moment, seconds: float) -> Moment:
    """The same boot's moment so much earlier."""
    return Moment(at=moment.at - seconds, boot_id=moment.boot_id, running_s=moment.running_s - seconds, doubtful=moment.doubtful)


def began_of(opened: OpenedEvent) -> Moment:
    """When the incident began, on the clock that nobody sets."""
    told, began = moment_of(opened), parse(opened.began_at)
    return told if began is None else back(told, max(0.0, told.at - began))


def ended_of(closed: ClosedEvent) -> Moment:
    """When it was first seen well."""
    told, ended = moment_of(closed), parse(closed.ended_at)
    return told if ended is None else back(told, max(0.0, told.at - ended))
