"""Ways to break the path: links, addresses, routes, filters. Each takes a world, and breaks it as its name says."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from tests.support.world import netns, plan, wires
from tests.support.world.world import World

Fault = Callable[[World], object]
How = Literal["drop", "prohibited", "unreachable", "reset", "refused"]
# how a filter says no
ANSWER: dict[str, str] = {
    "drop": "drop",
    "prohibited": "reject with icmpx type admin-prohibited",
    "unreachable": "reject with icmpx type host-unreachable",
    "refused": "reject with icmpx type port-unreachable",
    "reset": "meta l4proto tcp reject with tcp reset",
}


def cable_out(w: World) -> None:
    netns.ip(w.router, "link set port1 down")


def cable_in(w: World) -> None:
    netns.ip(w.router, "link set port1 up")
    wires.connect_terminal(w.terminal, ipv4=w.ipv4, ipv6=w.ipv6)


def interface_down(w: World) -> None:
    netns.ip(w.terminal, "link set eth0 down")


def no_address(w: World) -> None:
    netns.ip(w.terminal, "address flush dev eth0")


def link_local_only(w: World) -> None:
    netns.ip(w.terminal, "address flush dev eth0", "address add 169.254.7.7/16 dev eth0")


def no_default_route(w: World) -> None:
    for family in ("-4", "-6"):
        netns.command("ip", "-n", w.terminal, family, "route", "flush", "exact", "default")


def host_route(w: World, host: plan.Host) -> None:
    netns.ip(w.terminal, f"route add {host.v4} via {plan.ROUTER} dev eth0")


def wrong_router(w: World, address: str = "10.9.9.1") -> None:
    """A default route over an address that is in no subnet here."""
    no_default_route(w)
    netns.ip(w.terminal, f"route add default via {address} dev eth0 onlink")


def router_gone(w: World) -> None:
    """Nobody answers at the router's address any more, not even to ARP; the switch in the same box goes on."""
    netns.ip(w.router, "address flush dev lan0")


def router_without_icmp(w: World) -> None:
    rule(w.router, "arriving", "icmp type echo-request drop")
    rule(w.router, "arriving", "icmpv6 type echo-request drop")


def path_without_icmp(w: World) -> None:
    """Neither the router nor anything beyond lets an echo pass."""
    router_without_icmp(w)
    rule(w.router, "passing", "icmp type { echo-request, echo-reply } drop")
    rule(w.router, "passing", "icmpv6 type { echo-request, echo-reply } drop")


def wan_unplugged(w: World) -> None:
    """The router knows it, and says so to everyone who wants out."""
    netns.ip(w.router, "link set wan0 down")


def wan_silent(w: World) -> None:
    """The provider's side is dead: packets leave the router, nothing comes back."""
    rule(w.net, "early", 'iifname "shop0" drop')


def everything_dropped(w: World) -> None:
    """The link is up and ARP is answered; every packet of the terminal vanishes in the router."""
    rule(w.router, "early", 'iifname "lan0" drop')


def loss(w: World, percent: int, *, steady: bool = False) -> None:
    """So many of the terminal's packets vanish on their way to the router: by chance, or of every few the first ones (`steady`),
    which holds the share in a short series as well."""
    share = Fraction(percent, 100)
    chance = f"inc mod {share.denominator} < {share.numerator}" if steady else f"random mod 100 < {percent}"
    rule(w.router, "early", f'iifname "lan0" numgen {chance} drop')


def block(w: World, host: plan.Host, port: int | None = None, how: How = "drop") -> None:
    """The path to one host, or to one TCP port of it, is closed in the router; the host itself is well."""
    to_port = f"tcp dport {port} " if port else ""
    rule(w.router, "passing", f"ip daddr {host.v4} {to_port}{ANSWER[how]}")
    rule(w.router, "passing", f"ip6 daddr {host.v6} {to_port}{ANSWER[how]}")


def only(w: World, *hosts: plan.Host) -> None:
    """A closed network: the router forwards to these hosts and to nothing else."""
    for host in hosts:
        rule(w.router, "passing", f"ip daddr {host.v4} accept")
        rule(w.router, "passing", f"ip6 daddr {host.v6} accept")
    rule(w.router, "passing", 'iifname "lan0" drop')


def small_packets_only(w: World, largest: int = 1100) -> None:
    """What is longer, in bytes of IP, vanishes without a word, both ways."""
    for namespace, name in ((w.net, "shop0"), (w.router, "wan0"), (w.router, "port1"), (w.terminal, "eth0")):
        # as on a real wire: without this the kernel hands several segments on as one packet, and that one is too long
        netns.ip(namespace, f"link set dev {name} gso_max_segs 1")
    rule(w.router, "passing", f"meta length > {largest} drop")


def address_conflict(w: World, *, wins: bool = True, address: str = f"{plan.TERMINAL}/24") -> None:
    """Another machine on the shop's network has the terminal's address. `wins`: the router believes it, and not the terminal."""
    other = w.namespace(w.terminal[:-1] + "x")
    netns.ip(
        w.router,
        f"link add name port2 type veth peer name eth0 address {plan.OTHER_MAC} netns {other}",
        "link set port2 master lan0",
        "link set port2 up",
    )
    netns.ip(other, "link set lo up", "link set eth0 up", f"address add {address} dev eth0")
    believed = plan.OTHER_MAC if wins else plan.TERMINAL_MAC
    netns.ip(w.router, f"neigh replace {address.split('/')[0]} lladdr {believed} dev lan0 nud permanent")


def rule(namespace: str, chain: str, text: str) -> None:
    """`chain`: early, arriving, passing, leaving or diverted (`tests.support.world.wires`)."""
    netns.nft(namespace, f"add rule inet faults {chain} {text}")
