"""A line that the terminal dials itself: PPP in Ethernet frames (RFC 2516) between its socket and the provider's box, a session that
stands. The socket has no address; `ppp0` has one, and the default route."""

from __future__ import annotations

import contextlib
import os
import socket

from tests.lab.field.tunnel import End, open_device
from tests.support.world import World, netns, plan

NEAR, FAR = "10.67.15.2", "10.67.0.1"
_TYPE = 0x8864  # PPPoE session stage
_IPV4 = b"\x00\x21"  # the protocol number of IPv4 in PPP (RFC 1332)


class Session(End):
    """One end of a session that has been negotiated: packets out of the device go into frames, and back."""

    def __init__(self, namespace: str, device: str, interface: str, own: str, other: str) -> None:
        self._head = bytes.fromhex(other.replace(":", "") + own.replace(":", "")) + _TYPE.to_bytes(2, "big") + b"\x11\x00\x00\x01"
        self.device = netns.call(namespace, lambda: open_device(device))
        self._socket = netns.call(namespace, lambda: _frames(interface))
        self._stop, self._told = socket.socketpair()
        netns.start(namespace, self._pump)

    def _send(self, packet: bytes) -> None:
        with contextlib.suppress(OSError):
            if packet[0] >> 4 == 4:
                self._socket.send(self._head + (len(packet) + 2).to_bytes(2, "big") + _IPV4 + packet)

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            frame, origin = self._socket.recvfrom(65536)
            if origin[2] != socket.PACKET_OUTGOING and frame[20:22] == _IPV4:
                os.write(self.device, frame[22 : 20 + int.from_bytes(frame[18:20], "big")])


def _frames(interface: str) -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_TYPE))
    sock.bind((interface, _TYPE))
    return sock


def dialled(w: World) -> None:
    near = Session(w.terminal, "ppp0", "eth0", plan.TERMINAL_MAC, plan.ROUTER_MAC)
    far = Session(w.router, "ppps", "lan0", plan.ROUTER_MAC, plan.TERMINAL_MAC)
    for end in (near, far):
        w.cleanup.callback(os.close, end.device)
        w.cleanup.callback(end.stop)
    netns.ip(w.router, "link set ppps mtu 1492 up", f"address add {FAR} peer {NEAR}/32 dev ppps", f"address del {plan.ROUTER}/24 dev lan0")
    netns.ip(
        w.terminal,
        "address flush dev eth0 scope global",
        "link set ppp0 mtu 1492 up",
        f"address add {NEAR} peer {FAR}/32 dev ppp0",
        "route add default dev ppp0",
    )
    w.set_resolvers(plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4)
    w.config["uplink"] = [{"interface": "eth0"}]
