"""An ISO 8583 echo to an acquirer, and what the host says to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from socket import socket

from probes.edge.acquirer.echo import exchange
from probes.ground.deadline import Deadline
from probes.ground.moments import here, nearest
from probes.model.facts import GatewayFacts
from probes.settings import Gateway

_ZONES_S = 14 * 3600


def ask(gateway: Gateway, sock: socket, deadline: Deadline) -> GatewayFacts:
    """One echo. Raises `PeerFailed` and `CannotTell` as `exchange` does.

    Known afterwards: response_code, processing_requirement, tpdu, date_skew_s, trace, answer_ms.
    """
    echoed = exchange(gateway.iso8583, sock, deadline)
    reply = echoed.reply
    skew = _skew(reply.host_time, here(nearest(deadline.clock.wall())).replace(tzinfo=None))
    return GatewayFacts(
        response_code=reply.code,
        processing_requirement=reply.requirement or None,
        tpdu=None if reply.tpdu_swapped else "not swapped in the reply",
        date_skew_s=skew if skew is not None and abs(skew) > _ZONES_S else None,
        trace=echoed.trace,
        answer_ms=echoed.answer_ms,
    )


def _skew(host_time: str, now: datetime) -> float | None:
    """Our clock minus the host's, which tells its own local time without a year: what could be a time zone proves nothing."""
    if not host_time:
        return None
    found: list[timedelta] = []
    month, day, hour, minute, second = (int(host_time[at : at + 2]) for at in range(0, 10, 2))
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            found.append(now - datetime(year, month, day, hour, minute, second))
        except ValueError:
            continue
    if not found:
        return None
    return round(min(found, key=abs).total_seconds(), 1)
