"""Echo requests through ping3, with what it does not say told apart: not permitted, no route, silence."""

from __future__ import annotations

import errno
import itertools
import struct
import time
from enum import StrEnum

import ping3
from msgspec import Struct

from probes.edge.kernel.route import route_facts
from probes.edge.net import byte_counter

_sequence = itertools.count(1)
_SIZE = 16  # bytes of payload


class Echo(StrEnum):
    ANSWERED = "answered"
    SILENT = "silent"
    UNREACHABLE = "unreachable"  # a router or our own kernel says so
    NOT_PERMITTED = "not_permitted"


class EchoResult(Struct, frozen=True):
    echo: Echo
    rtt_ms: float = 0.0


def _count(address: str, packets: int) -> None:
    """What went over the wire, by the interface that leads there."""
    byte_counter.add(route_facts(address).get("interface", ""), packets * ((40 if ":" in address else 20) + 8 + _SIZE))


def echo(address: str, timeout_s: float, interface: str = "") -> EchoResult:
    """One echo request to an address (never a name: ping3 resolves outside its timeout).

    ping3 matches replies by identifier and sequence only, so every request here has a sequence of its own; it counts
    on the wall clock, so the round trip is measured here. Needs CAP_NET_RAW or the sysctl `net.ipv4.ping_group_range`.
    """
    began = time.monotonic()
    try:
        answer = ping3.ping(address, timeout=timeout_s, seq=next(_sequence) & 0xFFFF, size=_SIZE, interface=interface)
    except PermissionError:
        return EchoResult(Echo.NOT_PERMITTED)
    except OSError as error:
        return EchoResult(Echo.NOT_PERMITTED if error.errno in (errno.EPERM, errno.EACCES, errno.EPROTONOSUPPORT) else Echo.UNREACHABLE)
    except (struct.error, IndexError, ValueError):  # an answer too short to be one
        return EchoResult(Echo.SILENT)
    _count(address, 1 if answer is None or answer is False else 2)
    took_ms = (time.monotonic() - began) * 1000
    if answer is None:
        return EchoResult(Echo.SILENT)
    if answer is False:
        return EchoResult(Echo.UNREACHABLE)
    return EchoResult(Echo.ANSWERED, round(took_ms, 2))
