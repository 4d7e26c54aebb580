"""Who answers is not who was meant: a resolver that lies, something on the way that accepts for everybody, a proxy that is none."""

from __future__ import annotations

from typing import Any

from tests.lab.scenario import Make, Scenario, fault, healthy, together
from tests.support.world import World, behaviours, faults, host_faults, netns, plan, questions, shapes

DOWN, FAILING, PROXY, PORTAL = "network.internet_down", "network.dns_failing", "operator.proxy_misconfigured", "network.captive_portal"
PAGE = b"<html><body>Welcome to this web server</body></html>"
HTTPS = {"protocol": "https"}
NOBODY = "192.168.50.2"


def at_a_machine_of_the_shop(w: World) -> None:
    """It is there, and refuses every port."""
    shapes.resolver_gives(NOBODY)(w)
    netns.ip(w.router, f"address add {NOBODY}/24 dev lan0")


def at_a_page_of_the_shop(w: World) -> None:
    at_a_machine_of_the_shop(w)
    w.serve("page", plan.Host(("x",), NOBODY, ""), 80, behaviours.http(200, PAGE), namespace=w.router)


def own_page(others: faults.How = "unreachable", location: str = f"http://{plan.ROUTER}/index.html") -> Make:
    """The router gives its own address for every name, shows its settings there, and says that it gets nowhere."""

    def make(w: World) -> None:
        shapes.resolver_gives(plan.ROUTER)(w)
        _page(w, plan.ROUTER, location)
        faults.rule(w.router, "passing", f'iifname "lan0" {faults.ANSWER[others]}')

    return make


def page_at_another_address(w: World) -> None:
    """For every name an address that is the router's as well; it takes port 80 of any address there, and says that it gets nowhere."""
    netns.ip(w.router, "address add 172.30.0.1/32 dev lo")
    shapes.resolver_gives("172.30.0.1")(w)
    _page(w, "172.30.0.1", "")
    faults.rule(w.router, "diverted", 'iifname "lan0" meta nfproto ipv4 tcp dport 80 dnat ip to 172.30.0.1')
    faults.rule(w.router, "passing", f'iifname "lan0" {faults.ANSWER["unreachable"]}')


def another_router(w: World) -> None:
    """A second router stands in the shop: its lease came first, it is router and name server now, and has no line."""
    netns.ip(w.router, f"address add {NOBODY}/24 dev lan0")
    netns.ip(w.terminal, f"route replace default via {NOBODY} dev eth0 metric 100")
    shapes._resolver(w, (NOBODY,), more=[f"--address=/#/{NOBODY}"])
    w.set_resolvers(NOBODY)
    _page(w, NOBODY, f"http://{NOBODY}/index.html")
    faults.rule(w.router, "passing", f'iifname "lan0" {faults.ANSWER["unreachable"]}')


def _page(w: World, address: str, location: str) -> None:
    shown = behaviours.http(302, Location=location) if location else behaviours.http(200, PAGE)
    w.serve("page", plan.Host(("x",), address, ""), 80, shown, namespace=w.router)


def first_of_two_lies(w: World) -> None:
    shapes.resolver_gives("10.0.0.5")(w)
    w.set_resolvers(plan.ROUTER, plan.NAME_SERVER.v4)


def silence_before_servfail(w: World) -> None:
    w.set_resolvers("192.168.50.77", plan.ROUTER)
    host_faults.dns_answers(w, questions.SERVFAIL)


def gateway_at(*addresses: str) -> Make:
    """The gateway's name has these addresses."""

    def answer(asked: bytes) -> bytes | None:
        if b"\x04gw-a" not in asked or asked[-4:-2] != b"\0\1":
            return questions.forward(plan.NAME_SERVER.v4, 0)(asked)
        records = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, each.split("."))) for each in addresses)
        return asked[:2] + b"\x81\x80\0\1" + len(addresses).to_bytes(2, "big") + b"\0\0\0\0" + asked[12:] + records

    def make(w: World) -> None:
        w.shop_dns.stop()
        w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, answer).stop)

    return make


def silent(*addresses: str) -> Make:
    return lambda w: faults.rule(w.router, "passing", f"ip daddr {{ {', '.join(addresses)} }} drop")


def accepted_for_all(behaviour: behaviours.Behaviour) -> Make:
    """The line is dead, names are answered from memory, and a box on the way accepts every connection in its target's name."""

    def make(w: World) -> None:
        shapes._resolver(w, w.shop_dns.listen, more=[f"--host-record={host.name},{host.v4}" for host in plan.HOSTS])
        faults.wan_silent(w)
        w.serve("box", plan.Host(("x",), plan.ROUTER, ""), 9999, behaviour, namespace=w.router)
        faults.rule(w.router, "diverted", f'iifname "lan0" ip daddr != {plan.LAN} meta l4proto tcp dnat ip to {plan.ROUTER}:9999')

    return make


def no_proxy(behaviour: behaviours.Behaviour, **gateway: object) -> Make:
    return together(shapes.proxied(behaviour), shapes.gateway_table(**gateway))


def tunnels_to_a_page(status: int, **headers: Any) -> Make:
    return no_proxy(behaviours.http(status, PAGE, **headers), **HTTPS)


OTHERS = ("192.0.2.97", "192.0.2.98", "192.0.2.99")
SCENARIOS: tuple[Scenario, ...] = (
    fault("a machine of the shop for every name, which refuses", FAILING, at_a_machine_of_the_shop),
    fault("an address of the shop at which nobody is, for every name", FAILING, shapes.resolver_gives(NOBODY)),
    fault("a private address that leads nowhere, for every name", FAILING, shapes.resolver_gives("10.0.0.5")),
    fault("a public address at which nobody is, for every name", FAILING, shapes.resolver_gives("203.0.113.200")),
    fault("a private address for every name, two gateways", FAILING, shapes.resolver_gives("10.0.0.5"), world={"gateways": "ab"}),
    fault("the first of two name servers gives a private address for every name", FAILING, first_of_two_lies),
    fault("the first of two name servers is nobody, the second says SERVFAIL", FAILING, silence_before_servfail),
    fault("two of three name servers are nobody", "network.dns_slow",
          lambda w: w.set_resolvers("192.168.50.77", "192.168.50.78", plan.ROUTER), "degraded", notices=("network.dns_unreachable",)),
    fault("a page of the shop for every name", PORTAL, at_a_page_of_the_shop),
    fault("the router's own page for every name, its line is dead", DOWN, own_page(), fixed=True),
    fault("the router's own page for every name by another name, its line is dead", DOWN, own_page(location="http://my.router.example/")),
    fault("the router's own page for every name, shown at once, its line is dead", DOWN, own_page(location="")),
    fault("the router's own page for every name, nothing else passes", DOWN, own_page("drop")),
    fault("the router's own page at another address of its own, shown for every plain address too, its line is dead", DOWN,
          page_at_another_address),
    fault("another router gave the lease, and its line is dead", DOWN, another_router),
    healthy("a gateway of four addresses, three silent", together(gateway_at(*OTHERS, plan.GATEWAY_A.v4), silent(*OTHERS))),
    healthy("a gateway of four addresses, three refuse",
            gateway_at(plan.CHECK_1.v4, plan.CHECK_2.v4, plan.PUBLIC.v4, plan.GATEWAY_A.v4)),
    healthy("a gateway of two addresses, the second nowhere", gateway_at(plan.GATEWAY_A.v4, OTHERS[0])),
    fault("a box accepts for everybody and is silent", DOWN, accepted_for_all(behaviours.accept)),
    fault("a box accepts for everybody and closes", DOWN, accepted_for_all(behaviours.close)),
    fault("a box accepts for everybody and resets", DOWN, accepted_for_all(behaviours.reset)),
    healthy("both check hosts close at once, the gateway is well", lambda w: host_faults.check_host_does(w, behaviours.close)),
    fault("a web server typed in as proxy: 404", PROXY, no_proxy(behaviours.http(404, PAGE)), "degraded"),
    fault("a web server typed in as proxy: a page", PROXY, no_proxy(behaviours.http(200, PAGE)), "degraded"),
    fault("a web server typed in as proxy: a redirect", PROXY,
          no_proxy(behaviours.http(302, PAGE, Location="https://www.one.example/")), "degraded"),
    fault("a web server typed in as proxy, an HTTPS gateway: a page", PROXY, tunnels_to_a_page(200)),
    fault("a web server typed in as proxy, an HTTPS gateway: a redirect", PROXY, tunnels_to_a_page(301, Location="https://x.example/")),
)  # fmt: skip
