"""A tunnel as a VPN program makes it: a tun device at the terminal, packets in UDP to a server of the Internet, a tun device there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import struct
from collections.abc import Sequence

from tests.support.precedence import take_precedence
from tests.support.world import World, netns, plan

SERVER, PORT = "203.0.113.44", 51820
NEAR, FAR = "10.9.0.2", "10.9.0.1"
_TUNSETIFF, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001  # linux/if_tun.h


class End:
    """One end: what comes out of the device goes to the other end's socket, and back. Runs until it is stopped. The server learns from
    what comes where the other end is, as a router between them translates its port."""

    def __init__(self, namespace: str, device: str, address: str, port: int, peer: tuple[str, int] | None = None) -> None:
        self.device = netns.call(namespace, lambda: open_device(device))
        self._socket = netns.call(namespace, lambda: _bound(address, port))
        self._peer = peer
        self._stop, self._told = socket.socketpair()
        netns.start(namespace, self._pump)

    def _pump(self) -> None:
        take_precedence()
        with contextlib.suppress(OSError):
            while True:
                waited: list[int | socket.socket] = [self.device, self._socket, self._told]
                ready, _, _ = select.select(waited, [], [])
                if self._told in ready:
                    break
                if self.device in ready:
                    self._send(os.read(self.device, 65536))
                if self._socket in ready:
                    self._receive()
        self._socket.close()

    def _send(self, packet: bytes) -> None:
        with contextlib.suppress(OSError):  # unreachable for now
            if self._peer:
                self._socket.sendto(packet, self._peer)

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            packet, self._peer = self._socket.recvfrom(65536)
            os.write(self.device, packet)

    def stop(self) -> None:
        """The program ends; its device stays, held open, as one that was made to last."""
        with contextlib.suppress(OSError):
            self._stop.send(b"x")


def open_device(device: str) -> int:
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _TUN_WITHOUT_HEADER))
    return fd


def _bound(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, port))
    return sock


def tunnel(w: World, device: str = "tun0", *, mtu: int = 1420, through: Sequence[str] = ()) -> tuple[End, End]:
    """Both ends, up. `through`: what goes through it; nothing named: everything but the tunnel's own packets."""
    netns.ip(w.net, f"address add {SERVER}/32 dev lo")
    near = End(w.terminal, device, "0.0.0.0", PORT, (SERVER, PORT))
    far = End(w.net, "vpn0", SERVER, PORT)
    for end in (near, far):
        w.cleanup.callback(os.close, end.device)
        w.cleanup.callback(end.stop)
    netns.ip(w.net, f"link set vpn0 mtu {mtu} up", f"address add {FAR}/24 dev vpn0")
    netns.ip(w.terminal, f"link set {device} mtu {mtu} up", f"address add {NEAR}/24 dev {device}")
    routes = [f"route add {each} dev {device}" for each in through]
    own = [f"route add {SERVER}/32 via {plan.ROUTER} dev eth0", f"route add default via {FAR} dev {device} metric 50"]
    netns.ip(w.terminal, *(routes or own))
    return near, far
