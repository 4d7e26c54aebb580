"""Ways that do not lead out by an uplink: networks of the terminal's own (containers, a second socket, a tunnel), its own address."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Sequence

from tests.support.world import netns, plan
from tests.support.world.world import World

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def containers(w: World, bridge: str, *, inside: str = "") -> None:
    """A bridge as container engines make it, with its own address (`bridge`, with a prefix). `inside`: the address of a container that
    runs; without one the bridge has no carrier."""
    netns.ip(w.terminal, "link add name br-5f3a type bridge", f"address add {bridge} dev br-5f3a", "link set br-5f3a up")
    if inside:
        container = w.namespace(w.terminal[:-1] + "c")
        netns.ip(w.terminal, f"link add name veth7c1 type veth peer name eth0 netns {container}", "link set veth7c1 master br-5f3a up")
        netns.ip(container, "link set lo up", f"address add {inside} dev eth0", "link set eth0 up")


def own_address(w: World, address: str, interface: str = "lo") -> None:
    """The terminal itself has this address."""
    netns.ip(w.terminal, f"address add {address} dev {interface}")


def second_socket(w: World, own: str, *, there: str = "", up: bool = True) -> str:
    """A second socket with a network of its own behind it, and no way out, which is returned. `there`: the address of a machine in it."""
    other = w.namespace(w.terminal[:-1] + "s")
    netns.ip(w.terminal, f"link add name eth1 type veth peer name eth0 netns {other}", f"address add {own} dev eth1", "link set eth1 up")
    netns.ip(other, "link set lo up", *([f"address add {there} dev eth0"] if there else []), *(["link set eth0 up"] if up else []))
    return other


def tunnel(w: World, own: str, *routes: str, name: str = "tun0") -> None:
    """A tunnel whose program runs, and whose other end says nothing: what is sent into it vanishes. `own`: our address in it."""

    tun(w, w.terminal, name)
    netns.ip(w.terminal, f"address add {own} dev {name}", f"link set {name} up", *(f"route add {route} dev {name}" for route in routes))


def tun(w: World, namespace: str, name: str) -> int:
    """The program's end of a tunnel, until the world ends."""

    def hold() -> int:
        handle = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(handle, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
        return handle

    made = netns.call(namespace, hold)
    w.cleanup.callback(os.close, made)
    return made


HALVES: Sequence[str] = ("0.0.0.0/1", "128.0.0.0/1")
OUTER = plan.PUBLIC.v4  # where the tunnel's packets go on the line below


def route_around(w: World) -> None:
    """What a VPN's program adds, so that its own packets do not go into the tunnel."""
    netns.ip(w.terminal, f"route add {OUTER}/32 via {plan.ROUTER} dev eth0")
