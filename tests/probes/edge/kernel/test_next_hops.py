"""A route with several next hops is a route for each of them, of either family."""

from __future__ import annotations

import pytest

from probes.edge.kernel import network
from tests.support.world import World, netns, plan

pytestmark = pytest.mark.root
HOPS = "nexthop via {} dev eth0 weight 1 nexthop via {} dev eth0 weight 9"


@pytest.mark.parametrize(
    ("family", "hops"),
    [
        ("-4", ("192.168.50.1", "192.168.50.66")),
        ("-6", ("2001:db8:50::1", "2001:db8:50::66")),
        ("-4", ("inet6 2001:db8:50::1", plan.ROUTER)),
    ],
    ids=["IPv4", "IPv6", "IPv4 past a router of IPv6"],
)
def test_every_next_hop_is_a_default_router(family: str, hops: tuple[str, str]) -> None:
    with World(ipv6=True) as w:
        netns.command("ip", "-n", w.terminal, family, "route", "flush", "exact", "default")
        netns.command("ip", "-n", w.terminal, family, "route", "add", "default", *HOPS.format(*hops).split())
        version = 2 if family == "-4" else 10
        found = [r.gateway for r in netns.call(w.terminal, network.read).default_routes() if r.family == version]
        assert set(found) == {hop.removeprefix("inet6 ") for hop in hops}


def test_a_last_resort_counts_where_there_is_no_other() -> None:
    with World() as w:
        netns.command("ip", "-n", w.terminal, "link", "add", "name", "eth1", "type", "veth", "peer", "name", "far1")
        netns.ip(w.terminal, "address add 169.254.84.69/16 dev eth1", "link set eth1 up", "route add default dev eth1 metric 1208")
        read = netns.call(w.terminal, network.read)
        assert [read.name(route.index) for route in read.default_routes()] == ["eth0"]
        netns.ip(w.terminal, f"route del default via {plan.ROUTER}")
        read = netns.call(w.terminal, network.read)
        assert [read.name(route.index) for route in read.default_routes()] == ["eth1"]
