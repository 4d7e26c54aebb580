"""Shops that are laid out differently, and resolvers that answer differently. Each takes a world."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from tests.support.world import behaviours, faults, netns, plan, questions
from tests.support.world.names import Dnsmasq
from tests.support.world.world import World

PROXY = f"http://{plan.PUBLIC.v4}:3128"
BROKEN_PROXY_AT = 3128


def renumber(w: World, terminal: str, router: str) -> None:
    """Another subnet: `terminal` with its prefix, `router` with the same."""
    address, prefix = terminal.split("/")
    netns.ip(w.router, f"address replace {router}/{prefix} dev lan0", f"address del {plan.ROUTER}/24 dev lan0")
    netns.ip(w.terminal, "address flush dev eth0 scope global", f"address add {address}/{prefix} dev eth0")
    netns.ip(w.terminal, f"route replace default via {router} dev eth0 {'' if _within(router, terminal) else 'onlink'}")
    _resolver(w, (router,), upstream=(plan.NAME_SERVER.v4,))
    w.set_resolvers(router)


def _within(router: str, terminal: str) -> bool:
    from ipaddress import ip_address, ip_interface

    return ip_address(router) in ip_interface(terminal).network


def _resolver(w: World, listen: Sequence[str], upstream: Sequence[str] = (), more: Sequence[str] = ()) -> None:
    w.shop_dns.stop()
    w.shop_dns = Dnsmasq(w.router, listen, w.folder, upstream=upstream, more=more)
    w.cleanup.callback(w.shop_dns.stop)
    w.shop_dns.wait()


def point_to_point(w: World) -> None:
    """The lease is one address without a subnet, the router is reached on the link, as many providers do it."""
    netns.ip(w.terminal, "address flush dev eth0", f"address add {plan.TERMINAL}/32 dev eth0")
    netns.ip(w.terminal, f"route add {plan.ROUTER} dev eth0 scope link", f"route add default via {plan.ROUTER} dev eth0")


def second_address(w: World, address: str = "10.20.30.40/24") -> None:
    netns.ip(w.terminal, f"address add {address} dev eth0")


def second_router(w: World, *, dead: bool, metric: int = 200) -> None:
    """One more default route on the same cable, over a router of its own; `dead`: nobody is there."""
    router = "192.168.50.2"
    if not dead:
        netns.ip(w.router, f"address add {router}/24 dev lan0")
    netns.ip(w.terminal, f"route add default via {router} dev eth0 metric {metric}")


def resolver_knows(w: World, *names: str) -> None:
    """The shop's name server forwards these names and refuses every other."""
    _resolver(w, w.shop_dns.listen, more=[f"--server=/{name}/{plan.NAME_SERVER.v4}" for name in names])


def resolver_gives(address: str) -> Callable[[World], None]:
    """The shop's name server gives this address for every name."""
    return lambda w: _resolver(w, w.shop_dns.listen, more=[f"--address=/#/{address}"])


def resolver_hijacks_unknown_names(w: World, address: str = plan.PUBLIC.v4) -> None:
    """A name that does not exist gets the address of a search page."""

    def answer(asked: bytes) -> bytes:
        said = questions.forward(plan.NAME_SERVER.v4, 0)(asked)
        assert said is not None
        if said[3] & 0x0F != questions.NXDOMAIN or asked[-4:-2] != b"\0\1":
            return said
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, address.split(".")))
        return asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + record

    w.shop_dns.stop()
    w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, answer).stop)


def resolver_says(raw: bytes | None) -> Callable[[World], None]:
    """The shop's name server sends these bytes behind the question's number; None: nothing."""

    def make(w: World) -> None:
        w.shop_dns.stop()
        w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, lambda asked: None if raw is None else asked[:2] + raw).stop)

    return make


def proxied(behaviour: behaviours.Behaviour | None, address: str = PROXY) -> Callable[[World], None]:
    """A proxy of this behaviour is configured; None: its port is closed."""

    def make(w: World) -> None:
        if behaviour is not None:
            w.serve("proxy", plan.PUBLIC, BROKEN_PROXY_AT, behaviour)
        w.config["network"]["proxy"] = address

    return make


def gateway_table(**more: object) -> Callable[[World], None]:
    return lambda w: w.config["gateway"][0].update(more)


def network_table(**more: object) -> Callable[[World], None]:
    return lambda w: w.config["network"].update(more)


def closed_network(*hosts: plan.Host) -> Callable[[World], None]:
    """A private APN: these hosts and nothing else can be reached, and the configuration says so."""

    def make(w: World) -> None:
        faults.only(w, *hosts)
        w.config["network"]["expect_internet"] = False

    return make


def arp_unanswered(w: World) -> None:
    """The router is there and routes, but answers no ARP question any more."""
    netns.nft(w.router, "table arp quiet {\n chain in { type filter hook input priority 0; arp operation request drop\n }\n}")
    netns.ip(w.router, f"neigh replace {plan.TERMINAL} lladdr {plan.TERMINAL_MAC} dev lan0 nud permanent")


def host_switched_off(w: World, host: plan.Host = plan.GATEWAY_A) -> None:
    """The host's address is gone from the provider's network: its router says that nobody is there."""
    netns.ip(w.net, f"address del {host.v4}/32 dev lo", f"address del {host.v6}/128 dev lo")


def provider_rejects(w: World) -> None:
    """The provider answers everything from the shop with an ICMP message: the contract has ended, say."""
    faults.rule(w.net, "passing", 'iifname "shop0" reject with icmpx type admin-prohibited')
    faults.rule(w.net, "arriving", 'iifname "shop0" reject with icmpx type admin-prohibited')


def tcp_resolver(w: World) -> None:
    """Names over TCP alone, at the router's address: two bytes of length before each message (RFC 7766)."""

    def behaviour(connection: socket.socket) -> None:
        asked = connection.recv(int.from_bytes(connection.recv(2), "big"))
        said = netns.call(w.router, lambda: questions.forward(plan.NAME_SERVER.v4, 0)(asked)) or b""
        connection.sendall(len(said).to_bytes(2, "big") + said)

    w.serve("names", plan.Host(("x",), plan.ROUTER, ""), 53, behaviour, namespace=w.router)


def other_resolver(w: World) -> None:
    """At the address of a check host stands a name server that fails."""
    w.cleanup.callback(questions.Responder(w.net, plan.CHECK_2.v4, questions.code(questions.SERVFAIL)).stop)
