"""Connecting to the first address that accepts, with what is known of the way there."""

from __future__ import annotations

from typing import NamedTuple

from probes.edge.failures import CannotTell, PeerFailed
from probes.edge.kernel.route import way_to
from probes.edge.net import tcp
from probes.ground.deadline import Deadline
from probes.model import Symptom
from probes.model.facts import RemoteFacts

CONNECT_S = 3.3  # the SYN and its two repetitions after 1 and 3 seconds
_MOST = 8  # addresses of one name that are tried: programs try all


class Dialled(NamedTuple):
    """`seen`: address, interface, via, rtt_ms, retransmits, connect_ms."""

    connection: tcp.Connection
    seen: RemoteFacts


def way_facts(address: str, interface: str = "") -> RemoteFacts:
    """The address, and which way a packet to it would take; `interface`: by which it goes, whatever the kernel would choose."""
    if interface:
        return RemoteFacts(address=address, interface=interface)
    way = way_to(address)
    return RemoteFacts(address=address) if way is None else RemoteFacts(address=address, interface=way.interface, via=way.via)


def connect_any(addresses: tuple[str, ...], port: int, deadline: Deadline, segment: int = 0, interface: str = "") -> Dialled:
    """The first address that accepts; each gets its share of the time that is left. Over one interface where that is named.

    Raises `PeerFailed` with what was seen of the last address where none accepts, and `CannotTell` where one of them could not be tried.
    """
    last: PeerFailed | None = None
    untold: CannotTell | None = None
    chosen = addresses[:_MOST]
    for position, address in enumerate(chosen):
        share = deadline.within(deadline.remaining() / (len(chosen) - position))
        way = way_facts(address, interface)
        try:
            connection = tcp.connect(address, port, share, interface, segment)
        except PeerFailed as failure:
            last = PeerFailed(failure.symptom, way.learnt(failure.seen))
        except CannotTell as trouble:
            untold = untold or trouble
        else:
            return Dialled(connection, way.learnt(connection.seen()).with_(connect_ms=round(connection.connect_ms, 2)))
    raise untold or last or PeerFailed(Symptom.NO_USABLE_ANSWER)
