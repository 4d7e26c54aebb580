"""What speaks raw Ethernet in a world: a box that answers every ARP question, and PPPoE by programs (as `pppoe` of rp-pppoe does it)."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.support.world import netns, plan, ways
from tests.support.world.world import World

_ARP, _SESSION, _DISCOVERY = 0x0806, 0x8864, 0x8863
_IP_IN_PPP = b"\x00\x21"
_SESSION_HEAD = struct.Struct("!BBHH")  # version and type, code, session, length (RFC 2516 section 4)
_TICK_S = 0.1
LOCAL, REMOTE = "10.67.0.2", "10.67.0.1"


def answers_every_arp(w: World, mac: str = plan.ROUTER_MAC) -> None:
    """Somebody on the shop's network (the router, with proxy ARP for everything) says of every address that it is its own."""
    own = bytes.fromhex(mac.replace(":", ""))

    def answer(sock: socket.socket) -> None:
        frame, (_, _, direction, *_rest) = sock.recvfrom(128)
        if direction == socket.PACKET_OUTGOING or len(frame) < 42 or frame[20:22] != b"\0\1" or frame[6:12] == own:
            return
        asker, asker_ip, wanted = frame[22:28], frame[28:32], frame[38:42]
        sock.send(asker + own + frame[12:20] + b"\0\2" + own + wanted + asker + asker_ip)

    _beside(w, w.router, "lan0", _ARP, answer)


def pppoe(w: World) -> None:
    """The terminal dials in over its socket, which has no address of its own: `ppp0` has the address and the default route."""
    netns.ip(w.terminal, "address flush dev eth0", "link set eth0 up")
    _end(w, w.terminal, "eth0", "ppp0", LOCAL, REMOTE, plan.ROUTER_MAC)
    _end(w, w.router, "lan0", "pppd0", REMOTE, LOCAL, plan.TERMINAL_MAC)
    netns.ip(w.terminal, f"route replace default via {REMOTE} dev ppp0")
    netns.nft(w.router, 'table ip dialled {\n chain out { type nat hook postrouting priority 99; oifname "wan0" masquerade\n }\n}')
    w.set_resolvers(plan.NAME_SERVER.v4)


def _end(w: World, namespace: str, socket_name: str, name: str, own: str, peer: str, other_mac: str) -> None:
    """One end: what is sent into `name` travels in frames of PPPoE over the socket, to `other_mac`."""
    handle = ways.tun(w, namespace, name)
    netns.ip(namespace, f"address add {own} peer {peer} dev {name}", f"link set {name} mtu 1492 up")
    there = bytes.fromhex(other_mac.replace(":", ""))

    def arrived(sock: socket.socket) -> None:
        frame, (_, _, direction, *_rest) = sock.recvfrom(1600)
        if direction == socket.PACKET_OUTGOING or len(frame) < 22:
            return
        length = _SESSION_HEAD.unpack_from(frame, 14)[3]
        with suppress(OSError):
            os.write(handle, frame[22 : 20 + length])

    def leaving(sock: socket.socket) -> None:
        packet = os.read(handle, 1600)
        mac = sock.getsockname()[4]
        head = _SESSION_HEAD.pack(0x11, 0, 7, len(packet) + len(_IP_IN_PPP))
        if packet[:1] and packet[0] >> 4 == 4:
            sock.send(there + mac + _SESSION.to_bytes(2, "big") + head + _IP_IN_PPP + packet)

    _beside(w, namespace, socket_name, _SESSION, arrived, (handle, leaving))


def _beside(
    w: World,
    namespace: str,
    interface: str,
    protocol: int,
    came: Callable[[socket.socket], None],
    also: tuple[int, Callable[[socket.socket], None]] | None = None,
) -> None:
    """Frames of this protocol are handed to `came`, and what can be read of another descriptor to the other, until the world ends."""

    def bound() -> socket.socket:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.htons(protocol))
        made.bind((interface, protocol))
        return made

    sock = netns.call(namespace, bound)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            watched: list[socket.socket | int] = [sock, *([also[0]] if also else [])]
            ready, _, _ = select.select(watched, [], [], _TICK_S)
            for each in ready:
                with suppress(OSError):
                    came(sock) if each is sock else also[1](sock) if also else None

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join()
        sock.close()

    w.cleanup.callback(stop)
