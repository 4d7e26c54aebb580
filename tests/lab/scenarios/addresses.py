"""Addresses, routes, the router."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, as_user, fault, healthy, together
from tests.support.world import World, dhcp, ethernet, faults, netns, plan, shapes

DHCP, SET, ROUTER, CONFLICT = (
    "network.dhcp_failed",
    "operator.network_misconfigured",
    "network.router_unreachable",
    "network.address_conflict",
)
SIX = {"ipv4": False, "ipv6": True}
DEAD, CLASH = "router dead / address conflict", "router dead / address conflict"


def asks_in_vain(w: World) -> None:
    assert not dhcp.lease(w.terminal, w.folder)


def lan_port_dead(w: World) -> None:
    netns.ip(w.router, "link set lan0 down")


def nobody_at(router: str) -> Make:
    return lambda w: netns.ip(w.terminal, f"route replace default via {router} dev eth0 metric 100")


def typed_other_subnet(w: World) -> None:
    """A fixed address and router of a subnet that this shop does not have."""
    netns.ip(w.terminal, "address flush dev eth0", "address add 192.168.51.10/24 dev eth0", "route add default via 192.168.51.1 dev eth0")
    w.set_resolvers(plan.NAME_SERVER.v4)


def typed_address_of_another_subnet(w: World) -> None:
    """A typing error in a fixed address: the router answers ARP, and sends all else to where that address belongs."""
    netns.ip(
        w.terminal,
        "address flush dev eth0",
        "address add 192.168.51.10/24 dev eth0",
        f"route add default via {plan.ROUTER} dev eth0 onlink",
    )


def no_route_six(w: World) -> None:
    netns.command("ip", "-n", w.terminal, "-6", "route", "flush", "exact", "default")


def link_local_six(w: World) -> None:
    """Router advertisements do not come: only the address that the interface gives itself is left."""
    netns.command("ip", "-n", w.terminal, "-6", "address", "flush", "dev", "eth0", "scope", "global")


def masked(prefix: int) -> Make:
    """The mask was typed in wrong: what is far away is looked for on the link."""
    return lambda w: netns.ip(
        w.terminal,
        "address flush dev eth0 scope global",
        f"address add {plan.TERMINAL}/{prefix} dev eth0",
        f"route replace default via {plan.ROUTER} dev eth0 metric 100",
    )


def no_way_out(kind: str) -> Make:
    """A default route that forbids, nearer than the real one: what is left of a tunnel that must not be gone around."""
    return lambda w: netns.ip(w.terminal, f"route add {kind} default metric 20")


def gateway_route(via: str) -> Make:
    return lambda w: netns.ip(w.terminal, f"route add {plan.GATEWAY_A.v4}/32 via {via}")


def default_on_link(w: World) -> None:
    netns.ip(w.terminal, "route replace default dev eth0 metric 100")


_none = fault("no address", DHCP, faults.no_address, fixed=True)
_off = fault("a router outside the subnet", SET, faults.wrong_router, fixed=True)
_route = fault("no default route", SET, faults.no_default_route, fixed=True)
_gone = fault("the router is switched off, the switch goes on", ROUTER, faults.router_gone, group=DEAD, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _none,
    as_user(_none),
    fault("a link-local address only", DHCP, faults.link_local_only, fixed=True),
    fault("the DHCP server has ended", DHCP, asks_in_vain, world={"dhcp": "stopped"}, fixed=True),
    fault("the DHCP server has no address left", DHCP, asks_in_vain, world={"dhcp": "exhausted"}),
    fault("no router advertisement, IPv6 alone", DHCP, link_local_six, world=SIX),
    fault("no address, no configuration", DHCP, faults.no_address, world={"public": True}, bare=True),
    _off,
    as_user(_off),
    _route,
    as_user(_route),
    fault("no default route, IPv6 alone", SET, no_route_six, world=SIX),
    fault("no resolver set", SET, lambda w: w.set_resolvers(), fixed=True),
    as_user(fault("no resolver set", SET, lambda w: w.set_resolvers())),
    fault("no resolver set, no configuration", SET, lambda w: w.set_resolvers(), "outage|degraded", world={"public": True}, bare=True),
    fault("a route to the gateway through nobody", SET, gateway_route("192.168.50.66"), fixed=True),
    fault("a default route without a router", SET, default_on_link, fixed=True),
    fault("a resolver of a family without a route", SET, lambda w: w.set_resolvers(plan.ROUTER_6), fixed=True),
    fault("a router of the neighbour's network", SET, lambda w: faults.wrong_router(w, "10.0.0.138")),
    fault("an address of a subnet that is not here", SET, typed_address_of_another_subnet, fixed=True),
    fault("no default route, no configuration", SET, faults.no_default_route, world={"public": True}, bare=True),
    fault("a mask that takes in the gateway", SET, masked(8)),
    as_user(fault("a mask that takes in the gateway", SET, masked(8))),
    fault("a mask that takes in half of the Internet", SET, masked(1)),
    fault("a default route that is unreachable, nearer than the real one", SET, no_way_out("unreachable")),
    fault("a default route that is prohibited, nearer than the real one", SET, no_way_out("prohibit")),
    _gone,
    as_user(_gone),
    fault("the router's switch is dead", ROUTER, lan_port_dead, group=DEAD, fixed=True),
    fault("a router address at which nobody is", ROUTER, nobody_at("192.168.50.254"), group=DEAD),
    fault("address and router of a subnet that is not here", ROUTER, typed_other_subnet, group=DEAD),
    fault("router gone, both families", ROUTER, faults.router_gone, world={"ipv6": True}, group=DEAD),
    fault("router gone, IPv6 alone", ROUTER, faults.router_gone, world=SIX, group=DEAD),
    fault("router gone, no configuration", ROUTER, faults.router_gone, world={"public": True}, bare=True, group=DEAD),
    fault("router gone, resolvers beyond it", ROUTER, together(lambda w: w.set_resolvers(plan.NAME_SERVER.v4), faults.router_gone),
          group=DEAD),
    fault("another machine has our address", CONFLICT, faults.address_conflict, group=CLASH, fixed=True),
    healthy("the router answers every ARP question", ethernet.answers_every_arp, fixed=True),
    fault("another machine has our address, the router answers every ARP question", CONFLICT,
          together(ethernet.answers_every_arp, faults.address_conflict), group=CLASH),
    fault("the router has our address", CONFLICT, lambda w: netns.ip(w.router, f"address add {plan.TERMINAL}/24 dev lan0"), group=CLASH),
    fault("another machine has our address, to no harm yet", CONFLICT, lambda w: faults.address_conflict(w, wins=False), "degraded",
          group=CLASH, fixed=True),
    fault("another machine has our address, two gateways", CONFLICT, faults.address_conflict, world={"gateways": "ab"}, group=CLASH),
    fault("another machine has our address, no configuration", CONFLICT, faults.address_conflict, world={"public": True}, bare=True,
          group=CLASH),
    fault("address conflict in a shop of other numbers", CONFLICT,
          together(lambda w: shapes.renumber(w, "10.1.0.77/8", "10.0.0.1"), lambda w: faults.address_conflict(w, address="10.1.0.77/8")),
          group=CLASH),
)  # fmt: skip
