"""Connecting to the first address that accepts, with the way there as facts."""

from __future__ import annotations

from typing import Any

from probes.edge.failures import PeerFailed
from probes.edge.kernel.route import route_facts
from probes.edge.net import tcp
from probes.ground.deadline import Deadline
from probes.model import Symptom

CONNECT_S = 3.3  # the SYN and its two repetitions after 1 and 3 seconds
_MOST = 8  # addresses of one name that are tried: programs try all


def connect_any(addresses: tuple[str, ...], port: int, deadline: Deadline, facts: dict[str, Any], segment: int = 0) -> tcp.Connection:
    """The first address that accepts; each gets its share of the time that is left. Facts: address, path, round trip."""
    last: PeerFailed | None = None
    chosen = addresses[:_MOST]
    for position, address in enumerate(chosen):
        share = deadline.within(deadline.remaining() / (len(chosen) - position))
        facts |= {"address": address, **route_facts(address)}
        try:
            connection = tcp.connect(address, port, share, segment=segment)
        except PeerFailed as failure:
            last = failure
            continue
        facts |= connection.kernel() | {"connect_ms": round(connection.connect_ms, 2)}
        return connection
    raise last or PeerFailed(Symptom.NO_USABLE_ANSWER)
