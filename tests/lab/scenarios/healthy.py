"""Worlds in which payment works, some of which look suspicious: none may raise an alarm. The path."""

from __future__ import annotations

import socket
import time

from tests.lab.scenario import Make, Scenario, as_user, healthy, together
from tests.support.world import World, behaviours, faults, host_faults, netns, plan, shapes
from tests.support.world.delay import slow_wire

SIX = {"ipv4": False, "ipv6": True}
DNS = ("network.dns_unreachable",)


def gateway_by_host_route(w: World) -> None:
    """No default route, and none is needed: the gateway has a route and an address of its own."""
    faults.no_default_route(w)
    faults.host_route(w, plan.GATEWAY_A)
    w.config["network"]["expect_internet"] = False


def no_neighbours_yet(w: World) -> None:
    """As a moment after the start: nothing is known of anybody on the wire."""
    for name in (w.terminal, w.router):
        netns.ip(name, "neigh flush all")


def six_without_internet(w: World) -> None:
    """There is an IPv6 address and a route, and nothing of IPv6 passes beyond the router."""
    faults.rule(w.router, "passing", "meta nfproto ipv6 drop")


def captive_check_blocked(w: World) -> None:
    """A policy answers the check hosts with 403; everything else passes."""
    host_faults.check_host_does(w, behaviours.http(403), 1)


def gateway_on_the_lan(w: World) -> None:
    """A concentrator in the shop: no router on the way."""
    netns.ip(w.router, "address add 192.168.50.9/24 dev lan0")
    w.serve("local", plan.Host(("x",), "192.168.50.9", ""), 9000, behaviours.accept, namespace=w.router)
    w.config["gateway"] = [{"name": "local", "host": "192.168.50.9", "port": 9000, "protocol": "tcp"}]


def other_numbers(terminal: str, router: str) -> Make:
    return lambda w: shapes.renumber(w, terminal, router)


def narrow_mask(w: World) -> None:
    """The mask that was typed in leaves the router outside; it answers all the same."""
    netns.ip(w.terminal, f"address add {plan.TERMINAL}/30 dev eth0", f"address del {plan.TERMINAL}/24 dev eth0",
             f"route replace default via {plan.ROUTER} dev eth0 metric 100 onlink")  # fmt: skip


def takes_its_time(connection: socket.socket) -> None:
    time.sleep(1.5)
    behaviours.http(204)(connection)


_icmp = healthy("path without ICMP", faults.path_without_icmp, fixed=True)
_plain = healthy("as it is made", fixed=True)
_one = healthy("one dead name server of two", lambda w: w.set_resolvers(plan.ROUTER, "192.168.50.77"), notices=DNS, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _plain,
    as_user(_plain),
    healthy("two gateways", world={"gateways": "ab"}, fixed=True),
    healthy("a backup uplink", world={"backup": True}, fixed=True),
    healthy("both families", world={"ipv6": True}, fixed=True),
    healthy("IPv6 alone", world=SIX, fixed=True),
    healthy("an address by DHCP", world={"dhcp": "on"}, fixed=True),
    healthy("no configuration", world={"public": True}, bare=True, fixed=True),
    as_user(healthy("no configuration", world={"public": True}, bare=True, fixed=True)),
    healthy("no configuration, both families", world={"public": True, "ipv6": True}, bare=True),
    healthy("router without ICMP", faults.router_without_icmp, fixed=True),
    _icmp,
    as_user(_icmp),
    healthy("path without ICMP, no configuration", faults.path_without_icmp, world={"public": True}, bare=True),
    as_user(healthy("path without ICMP, IPv6 alone", faults.path_without_icmp, world=SIX)),
    healthy("a router that answers no ARP, known to the kernel", together(shapes.arp_unanswered,
            lambda w: netns.ip(w.terminal, f"neigh replace {plan.ROUTER} lladdr {plan.ROUTER_MAC} dev eth0 nud permanent"))),
    healthy("one dead check host", host_faults.check_host_dead, fixed=True),
    healthy("one check host says 500", lambda w: host_faults.check_host_does(w, behaviours.http(500), 2), fixed=True),
    healthy("one check host is blocked by a policy's page", captive_check_blocked),
    healthy("one check host closes at once", lambda w: host_faults.check_host_does(w, behaviours.close, 1)),
    healthy("one check host takes its time", lambda w: host_faults.check_host_does(w, takes_its_time, 2)),
    _one,
    as_user(_one),
    healthy("the second name server of two is dead", lambda w: w.set_resolvers(plan.ROUTER, "192.168.50.77"), notices=DNS, fixed=True),
    healthy("a slow name server", lambda w: host_faults.dns_slow(w, 0.4), fixed=True),
    healthy("a very slow name server", lambda w: host_faults.dns_slow(w, 0.9)),
    healthy("name servers of the Internet", lambda w: w.set_resolvers(plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4)),
    healthy("a name server that invents addresses", shapes.resolver_hijacks_unknown_names),
    healthy("a closed network, the Internet not expected", shapes.closed_network(plan.GATEWAY_A), fixed=True),
    as_user(healthy("a closed network, the Internet not expected", shapes.closed_network(plan.GATEWAY_A))),
    healthy("a closed network of two gateways", shapes.closed_network(plan.GATEWAY_A, plan.GATEWAY_B), world={"gateways": "ab"}),
    healthy("a closed network that knows two names", together(shapes.closed_network(plan.GATEWAY_A),
            lambda w: shapes.resolver_knows(w, plan.GATEWAY_A.name))),
    healthy("a closed network whose router prohibits the rest", together(
        lambda w: faults.block(w, plan.CHECK_1, how="prohibited"), lambda w: faults.block(w, plan.CHECK_2, how="prohibited"),
        shapes.network_table(expect_internet=False))),
    healthy("a closed network, and nobody said so", lambda w: faults.only(w, plan.GATEWAY_A), notices=("network.internet_down",)),
    healthy("a route to the gateway alone", gateway_by_host_route, fixed=True),
    healthy("the gateway's number is configured, and no name server", together(
        shapes.gateway_table(host=plan.GATEWAY_A.v4, protocol="tcp"), lambda w: w.config["gateway"][0].pop("ca_file"),
        shapes.network_table(expect_internet=False), lambda w: w.set_resolvers())),
    healthy("5 % loss", lambda w: faults.loss(w, 5, steady=True), fixed=True),
    healthy("10 % loss by chance", lambda w: faults.loss(w, 10)),
    healthy("a round trip of half a second", lambda w: slow_wire(w, 0.25), fixed=True),
    healthy("one of the addresses is silent", lambda w: faults.block(w, plan.OTHER_ADDRESS), fixed=True),
    healthy("one of the addresses refuses", lambda w: faults.block(w, plan.OTHER_ADDRESS, 53, "reset"), fixed=True),
    healthy("a lease on a point-to-point link", shapes.point_to_point, fixed=True),
    as_user(healthy("a lease on a point-to-point link", shapes.point_to_point)),
    healthy("a second address", shapes.second_address),
    healthy("a second router that is well", lambda w: shapes.second_router(w, dead=False)),
    healthy("no neighbour is known yet", no_neighbours_yet),
    as_user(healthy("no neighbour is known yet", no_neighbours_yet)),
    healthy("IPv6 leads nowhere, IPv4 is well", six_without_internet, world={"ipv6": True}),
    healthy("a router outside the subnet that answers on the link", narrow_mask),
    healthy("a shop of other numbers", other_numbers("10.1.2.3/8", "10.0.0.1")),
    healthy("a shop of the smallest numbers", other_numbers("172.16.0.2/30", "172.16.0.1")),
    healthy("a concentrator in the shop", gateway_on_the_lan),
)  # fmt: skip
