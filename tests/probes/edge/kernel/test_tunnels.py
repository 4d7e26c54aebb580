"""Which interface carries the packets of a tunnel: that line is no other uplink."""

from __future__ import annotations

from typing import Any

import pytest

from probes.edge.kernel.netlink import IFF_UP, Link, Route
from probes.edge.kernel.network import Network
from probes.edge.kernel.tunnels import Line, line_below
from probes.edge.kernel.uplink import choose
from probes.settings import Role

ETH, TUN, PPP, WWAN = 2, 3, 4, 5
ANY = "0.0.0.0"
LINKS = tuple(
    Link(index=index, name=name, flags=IFF_UP, hardware=1, kind=kind)
    for index, name, kind in ((ETH, "eth0", ""), (TUN, "wg0", "wireguard"), (PPP, "ppp0", "ppp"), (WWAN, "wwan0", ""))
)


def route(index: int, destination: str = ANY, prefix: int = 0, gateway: str = "", **more: Any) -> Route:
    return Route(family=2, destination=destination, prefix=prefix, gateway=gateway, index=index, **more)


UPLINK = route(ETH, gateway="192.0.2.1", metric=100)
BACKUP = route(WWAN, gateway="10.64.0.1", metric=700)
AROUND = route(ETH, "198.51.100.7", 32, "192.0.2.1")
HALVES = (route(TUN, ANY, 1), route(TUN, "128.0.0.0", 1))


@pytest.mark.parametrize(
    ("name", "routes", "line"),
    [
        ("wg0", (*HALVES, UPLINK, AROUND), Line(interface="eth0", outer="198.51.100.7")),
        ("wg0", (route(TUN), AROUND), Line(interface="eth0", outer="198.51.100.7")),
        ("wg0", (route(TUN, table=51820), UPLINK, BACKUP), Line(interface="eth0")),
        ("wg0", (route(TUN), BACKUP), Line(interface="wwan0")),
        ("wg0", (route(TUN),), None),  # nothing else leads out
        ("eth0", (UPLINK, AROUND), None),
        ("ppp0", (route(PPP), AROUND), Line(interface="eth0", outer="198.51.100.7")),  # L2TP, PPTP
        ("ppp0", (route(PPP), BACKUP), None),  # PPPoE, or a modem, beside a backup
        ("none0", (UPLINK,), None),
    ],
)
def test_the_line_below(name: str, routes: tuple[Route, ...], line: Line | None) -> None:
    assert line_below(name, Network(links=LINKS, routes=routes)) == line


def test_the_line_below_a_tunnel_is_no_backup() -> None:
    found = choose([], Network(links=LINKS, routes=(*HALVES, UPLINK, BACKUP)), (), ())
    assert [(each.interface, each.role) for each in found] == [("wg0", Role.PRIMARY), ("eth0", Role.PRIMARY), ("wwan0", Role.BACKUP)]
