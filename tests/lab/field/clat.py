"""Translation on the terminal (464XLAT, RFC 6877): a device with an address of 192.0.0.0/29 carries IPv4, and only IPv6 leaves. As the
terminal sees it, that is a device without a router; what its packets become on the way is none of its business."""

from __future__ import annotations

import os
import socket

from tests.lab.field.tunnel import End, open_device
from tests.support.world import World, netns

NEAR, FAR = "192.0.0.1", "192.0.0.2"
CARRIER, PORT = "2001:db8:64ff::96", 46464


class SixEnd(End):
    """One end whose packets travel in UDP over IPv6."""

    def __init__(self, namespace: str, device: str, address: str, peer: tuple[str, int] | None = None) -> None:
        self.device = netns.call(namespace, lambda: open_device(device))
        self._socket = netns.call(namespace, lambda: _bound_six(address))
        self._peer = peer
        self._stop, self._told = socket.socketpair()
        netns.start(namespace, self._pump)


def _bound_six(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind((address, PORT))
    return sock


def translated(w: World) -> None:
    """The terminal's network is IPv6 alone; its own translator makes IPv4 of it, and the carrier's the other way round."""
    netns.ip(w.net, f"address add {CARRIER}/128 dev lo nodad")
    near = SixEnd(w.terminal, "clat", "::", (CARRIER, PORT))
    far = SixEnd(w.net, "plat0", CARRIER)
    for end in (near, far):
        w.cleanup.callback(os.close, end.device)
        w.cleanup.callback(end.stop)
    netns.ip(w.net, "link set plat0 mtu 1400 up", f"address add {FAR} peer {NEAR}/32 dev plat0")
    netns.ip(w.terminal, "link set clat mtu 1400 up", f"address add {NEAR}/32 dev clat", "route add default dev clat metric 2048")
