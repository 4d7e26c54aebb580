"""Echo requests through ping3, with what it does not say told apart: not permitted, no route, silence."""

from __future__ import annotations

import errno
import itertools
import socket
import struct
import time
from enum import StrEnum
from functools import partial

import ping3
from msgspec import Struct

from probes.edge.failures import CannotTell, cannot_tell, raise_if_ours, start_failure_of
from probes.edge.kernel.route import has_route, way_to
from probes.ground.bytes_spent import BytesSpent
from probes.ground.deadline import Deadline
from probes.model import Symptom

_sequence = itertools.count(1)  # of the process: a raw socket hears the replies to every request of it
_SIZE = 16  # bytes of payload
_SOLICITATION = 135  # of a neighbour
_SOLICITED = bytes.fromhex("ff0200000000000000000001ff")  # the group of those whose address ends alike (RFC 4291 section 2.7.1)


class Echo(StrEnum):
    ANSWERED = "answered"
    SILENT = "silent"
    UNREACHABLE = "unreachable"  # a router or our own kernel says so
    NOT_PERMITTED = "not_permitted"
    REFUSED_LOCALLY = "refused_locally"  # we may, and our own firewall lets it not out


NOT_SENT = (Echo.NOT_PERMITTED, Echo.REFUSED_LOCALLY)


class EchoResult(Struct, frozen=True):
    echo: Echo
    rtt_ms: float = 0.0


def _may_ask(address: str) -> bool:
    """Whether this process may send echo requests at all: raw, or by datagrams."""
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if ":" in address else (socket.AF_INET, socket.IPPROTO_ICMP)
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
        try:
            socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol).close()
        except OSError as error:
            raise_if_ours(error)
        else:
            return True
    return False


def may_solicit(address: str, interface: str) -> bool | None:
    """Whether our own firewall lets out the question who has an IPv6 address (RFC 4861 section 4.3), which the kernel asks likewise. None
    where we may not ask ourselves. Raises `CannotTell`."""
    wanted = socket.inet_pton(socket.AF_INET6, address.split("%", 1)[0])
    group = socket.inet_ntop(socket.AF_INET6, _SOLICITED + wanted[-3:])
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.IPPROTO_ICMPV6) as sock:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            index = socket.if_nametoindex(interface)
            try:
                sock.sendto(struct.pack("!BBHI16s", _SOLICITATION, 0, 0, 0, wanted), (group, 0, 0, index))
            except PermissionError:
                return False
            return True
    except OSError as error:
        raise_if_ours(error)
        return None


def _count(spent: BytesSpent, address: str, packets: int) -> None:
    """What went over the wire, by the interface that leads there."""
    way = way_to(address)
    spent.add(way.interface if way else "", packets * ((40 if ":" in address else 20) + 8 + _SIZE))


def echo(address: str, deadline: Deadline, interface: str = "") -> EchoResult:
    """One echo request to an address (never a name: ping3 resolves outside its timeout). Raises `CannotTell`.

    ping3 matches replies by identifier and sequence only, so every request here has a sequence of its own; it counts
    on the wall clock, so the round trip is measured here. Needs CAP_NET_RAW or the sysctl `net.ipv4.ping_group_range`.
    """
    began = time.monotonic()
    try:
        answer = ping3.ping(address, timeout=deadline.remaining(), seq=next(_sequence) & 0xFFFF, size=_SIZE, interface=interface)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.EPROTONOSUPPORT):
            return EchoResult(Echo.REFUSED_LOCALLY if _may_ask(address) else Echo.NOT_PERMITTED)
        failure = start_failure_of(error, partial(has_route, address, interface))
        if isinstance(failure, CannotTell) or failure.symptom is Symptom.NO_LOCAL_PORT:
            raise cannot_tell(error) from error
        return EchoResult(Echo.UNREACHABLE)
    except (struct.error, IndexError):  # an answer too short to be one
        return EchoResult(Echo.SILENT)
    except ValueError as error:  # select(2) takes no descriptor above 1023
        raise cannot_tell(error) from error
    _count(deadline.spent, address, 1 if answer is None or answer is False else 2)
    took_ms = (time.monotonic() - began) * 1000
    if answer is None:
        return EchoResult(Echo.SILENT)
    if answer is False:
        return EchoResult(Echo.UNREACHABLE)
    return EchoResult(Echo.ANSWERED, round(took_ms, 2))
