"""Tunnels (VPN): interfaces whose packets travel inside those of another line of this machine."""

from __future__ import annotations

from msgspec import Struct

from probes.edge.failures import CannotTell
from probes.edge.kernel.carriers import parents
from probes.edge.kernel.netlink import Link
from probes.edge.kernel.network import Network

# kinds of virtual links by the kernel's names; what "tun" serves is a program of this machine
TUNNELS = frozenset({"tun", "wireguard", "ovpn", "gre", "gretap", "ipip", "sit", "ip6tnl", "ip6gre", "vti", "vti6", "xfrm"})
_HOST_PREFIX = (32, 128)


class Line(Struct, frozen=True, kw_only=True):
    """On which a tunnel's packets travel: its interface, and the other end's address there, where a route of its own names it."""

    interface: str
    outer: str = ""


def line_below(name: str, network: Network) -> Line | None:
    """None where the interface is no tunnel, or where nothing else leads out: then it is a line of its own.

    A route to one address alone, out of another interface and past a router, is what a VPN's program adds so that its own packets do not
    go into the tunnel. A link of PPP counts as a tunnel by such a route alone: else it is a line itself (PPPoE, a modem).
    """
    link = network.link(name)
    if link is None or not (link.kind in TUNNELS or (_is_ppp(link) and not _has_socket(name, network))):
        return None
    others = [route for route in network.routes if route.kind == 1 and route.gateway and not _is_tunnel(route.index, network)]
    for route in others:
        if route.prefix in _HOST_PREFIX and route.index != link.index:
            return Line(interface=network.name(route.index), outer=route.destination)
    if _is_ppp(link):
        return None
    below = min((r for r in others if r.prefix == 0), key=lambda r: (r.table != 254, r.metric), default=None)
    return Line(interface=network.name(below.index)) if below is not None else None


def _has_socket(name: str, network: Network) -> bool:
    """It is dialled in over a socket (PPPoE): a line, not a tunnel."""
    try:
        return bool(parents(network).get(name))
    except CannotTell:
        return False


def _is_ppp(link: Link) -> bool:
    return link.kind == "ppp"


def _is_tunnel(index: int, network: Network) -> bool:
    return any(link.index == index and (link.kind in TUNNELS or _is_ppp(link)) for link in network.links)
