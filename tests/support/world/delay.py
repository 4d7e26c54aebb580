"""A slow wire: every frame between the terminal and the shop's router waits on its way, in both directions.

This kernel may lack netem, so a thread stands between two veth ends and hands frames on by AF_PACKET, each after its delay. The
two ends have a namespace of their own: in the router's, its kernel would answer ARP at the near end, before the delay.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import itertools
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

from tests.support.patience import PATIENCE_S
from tests.support.precedence import take_precedence
from tests.support.world import netns
from tests.support.world.world import World

_ALL = 0x0003  # every protocol (packet(7))
_OUTGOING = 4  # frames that this machine itself sends there are not handed on again
_SIOCETHTOOL = 0x8946
_OFFLOADS = (0x17, 0x1F, 0x25)  # ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO (linux/ethtool.h)


@dataclass(frozen=True)
class Segment:
    """A TCP segment as it passed: from the terminal or to it, the port of the far side, its flags and how many bytes it carried."""

    sent: bool
    port: int
    flags: int
    size: int


def slow_wire(w: World, one_way_s: float) -> list[Segment]:
    """The round trip from the terminal to anywhere grows by twice this. The list grows by what passes."""
    passed: list[Segment] = []
    wire = w.namespace(w.terminal[:-1] + "w")
    netns.sysctl(wire, {"ipv6/conf/default/disable_ipv6": "1"})
    netns.ip(
        w.router,
        f"link set port1 nomaster netns {wire}",
        f"link add name slow1 type veth peer name slow0 netns {wire}",
        "link set slow1 master lan0 up",
    )
    netns.ip(wire, "link set port1 up", "link set slow0 up")
    netns.call(w.terminal, lambda: _without_offloads("eth0"))
    netns.call(w.router, lambda: _without_offloads("slow1"))
    stop, told = socket.socketpair()
    ready = threading.Event()
    netns.start(wire, lambda: _relay("port1", "slow0", one_way_s, told, ready, passed))
    assert ready.wait(PATIENCE_S), "the slow wire did not come up"
    w.cleanup.callback(stop.close)
    return passed


def _without_offloads(name: str) -> None:
    """Whole packets with their checksums: what an AF_PACKET reader hands on must be fit for a wire."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for what in _OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("=II", what, 0))
            fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("16sP", name.encode(), ctypes.addressof(value)).ljust(40, b"\0"))


def _relay(left: str, right: str, delay_s: float, told: socket.socket, ready: threading.Event, passed: list[Segment]) -> None:
    take_precedence()
    ends = []
    for name in (left, right):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
        sock.bind((name, _ALL))
        ends.append(sock)
    other = dict(zip(ends, reversed(ends), strict=True))
    waiting: list[tuple[float, int, socket.socket, bytes]] = []
    order = itertools.count()
    ready.set()
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, sock, frame = heapq.heappop(waiting)
            sock.send(frame)
        readable, _, _ = select.select([told, *ends], [], [], max(0.0, waiting[0][0] - now) if waiting else None)
        if told in readable:
            break
        for sock in readable:
            frame, origin = sock.recvfrom(65536)
            if origin[2] != _OUTGOING:
                passed += _segments(frame, sent=sock is ends[0])
                heapq.heappush(waiting, (time.monotonic() + delay_s, next(order), other[sock], frame))
    for sock in (*ends, told):
        sock.close()


def _segments(frame: bytes, *, sent: bool) -> list[Segment]:
    """None but of TCP over IPv4 (RFC 791, RFC 9293)."""
    if frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_TCP:
        return []
    packet = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
    segment = packet[4 * (packet[0] & 0x0F) :]
    port = int.from_bytes(segment[2:4] if sent else segment[:2], "big")
    return [Segment(sent, port, segment[13], len(segment) - 4 * (segment[12] >> 4))]
