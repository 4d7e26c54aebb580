"""The terminal's own network is set wrong: an address that no machine can have, one where nothing arrives; and hosts that are a program of
the terminal, which accepts whether or not its own way leads on."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, as_user, dependent, fault, healthy, together
from tests.support.world import World, behaviours, faults, netns, plan
from tests.support.world.behaviours import Behaviour
from tests.support.world.own_files import resolver_file

SET, DOWN, CABLE = "operator.network_misconfigured", "network.internet_down", "operator.cable_unplugged"
ROUTER, HOST_DOWN = "network.router_unreachable", "system.gateway_down"
BRIDGE = "br-shop"


def address(own: str, *, onlink: bool = False) -> Make:
    """Typed in, or handed out, with its mask."""
    route = f"route add default via {plan.ROUTER} dev eth0 metric 100{' onlink' if onlink else ''}"
    return lambda w: netns.ip(w.terminal, "address flush dev eth0 scope global", f"address add {own} dev eth0", route)


def into_a_bridge(*more: str) -> Make:
    """The socket was made a port of a bridge, and kept its address."""
    made = (f"link add name {BRIDGE} type bridge", f"link set {BRIDGE} up", f"link set eth0 master {BRIDGE}")
    return lambda w: netns.ip(w.terminal, *made, *more)


def route_on_the_bridge(w: World) -> None:
    """The bridge has the way out, the old address was left on its port."""
    into_a_bridge(
        f"link set {BRIDGE} address {plan.TERMINAL_MAC}",
        "route flush dev eth0",
        f"address add {plan.TERMINAL}/24 dev {BRIDGE}",
        f"route add default via {plan.ROUTER} dev {BRIDGE}",
    )(w)


def wrapped(does: Behaviour, at: str = "127.0.0.1", **table: object) -> Make:
    """The application speaks to a program of the terminal, which passes on to the host, or cannot."""

    def make(w: World) -> None:
        w.serve("wrapper", plan.Host(("wrapper",), at, ""), plan.GATEWAY_PORT, does, namespace=w.terminal)
        w.config["gateway"][0] |= {"host": at, "protocol": "tls", **table}
        if table.get("protocol") == "http":
            w.config["gateway"][0].pop("ca_file", None)

    return make


_reserved = fault("our address is the broadcast address of its network, the gateways two", SET, address("192.168.50.255/24"),
                  world={"gateways": "ab"}, fixed=True)  # fmt: skip
_port = fault("the socket became a port of a bridge, and kept address and route", SET, into_a_bridge(), fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _reserved,
    as_user(_reserved),
    fault("our address is the broadcast address of its network, names are asked beyond the router", SET, together(
        address("192.168.50.255/24"), lambda w: w.set_resolvers(plan.NAME_SERVER.v4))),
    fault("our address is the broadcast address of its network, no configuration", SET, address("192.168.50.255/24"),
          world={"public": True}, bare=True),
    healthy("our address is the broadcast address by a mask that the router does not share", address("192.168.50.15/28")),
    healthy("our address is the network's own by a mask that the router does not share", address("192.168.50.64/26", onlink=True)),
    _port,
    as_user(_port),
    fault("the socket became a port of a bridge that has an address of its own", SET,
          into_a_bridge(f"address add 172.30.0.1/16 dev {BRIDGE}")),
    fault("the socket became a port of a bridge, names are asked beyond the router", SET, together(
        into_a_bridge(), lambda w: w.set_resolvers(plan.NAME_SERVER.v4))),
    healthy("an old address on a port of a bridge that has the way out", route_on_the_bridge),
    healthy("a single address, and the router on the link", address(f"{plan.TERMINAL}/32", onlink=True)),
    healthy("a mask that leaves the router out, and the router on the link", address(f"{plan.TERMINAL}/30", onlink=True)),
    healthy("a mask of a pair", address(f"{plan.TERMINAL}/31", onlink=True)),
    fault("the only name server is the broadcast address of the shop's network", SET, resolver_file("nameserver 192.168.50.255\n")),
    dependent("the line is dead, a program of the terminal takes the connection and hangs up", DOWN,
              wrapped(behaviours.close), faults.wan_silent),
    dependent("the line is dead, a program of the terminal takes the connection and resets it", DOWN,
              wrapped(behaviours.reset, plan.TERMINAL), faults.wan_silent),
    dependent("the line is dead, a program of the terminal says 502", DOWN,
              wrapped(behaviours.http(502), protocol="http"), faults.wan_silent),
    dependent("the cable is out, a program of the terminal takes the connection and hangs up", CABLE,
              wrapped(behaviours.close), faults.cable_out),
    dependent("the router is gone, a program of the terminal takes the connection and hangs up", ROUTER,
              wrapped(behaviours.close), faults.router_gone),
    fault("a program of the terminal takes the connection and hangs up, the line is well", HOST_DOWN, wrapped(behaviours.close)),
)  # fmt: skip
