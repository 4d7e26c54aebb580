"""Beyond the router: no Internet, a portal, a proxy."""

from __future__ import annotations

from typing import Any

from tests.lab.scenario import Make, Scenario, as_user, fault, together
from tests.support.world import World, behaviours, faults, host_faults, plan, shapes

DOWN, PORTAL, PROXY = "network.internet_down", "network.captive_portal", "operator.proxy_misconfigured"
GROUP = "internet down / gateway blocked / gateway down"
APN = "private APN / internet down"
STRANGER = "tls intercepted / portal / wrong name"
SIX = {"ipv4": False, "ipv6": True}
LOGIN_PAGE = b"<html><body>Please log in</body></html>"


def tcp_reset(w: World) -> None:
    faults.rule(w.router, "passing", 'iifname "lan0" meta l4proto tcp reject with tcp reset')


def answers_lost(w: World) -> None:
    """What leaves the shop arrives, and no answer comes back."""
    faults.rule(w.router, "early", 'iifname "wan0" drop')


def beyond_the_provider(w: World) -> None:
    """The provider's own router answers, nothing behind it does."""
    for host in plan.HOSTS:
        faults.rule(w.net, "arriving", f"ip daddr {host.v4} drop")
        faults.rule(w.net, "arriving", f"ip6 daddr {host.v6} drop")


def resolvers_in_the_box(w: World) -> None:
    """The router still answers for names that it has kept, the line behind it is dead."""
    shapes._resolver(w, w.shop_dns.listen, more=[f"--host-record={h.name},{h.v4}" for h in plan.HOSTS])
    faults.wan_silent(w)


def apn_by_numbers(w: World) -> None:
    shapes.closed_network(plan.GATEWAY_A, plan.GATEWAY_B)(w)
    for table, host in zip(w.config["gateway"], (plan.GATEWAY_A, plan.GATEWAY_B), strict=True):
        table.update(host=host.v4)


def portal_status(status: int, others: faults.How | None = "drop", **headers: Any) -> Make:
    def make(w: World) -> None:
        host_faults.portal(w, others=others)
        w.servers["portal"].behaviour = behaviours.http(status, LOGIN_PAGE, **headers)

    return make


def portal_by_names(w: World) -> None:
    """The hotspot's name server gives its own machine for every name."""
    host_faults.portal(w)
    shapes.resolver_gives("192.168.50.2")(w)
    from tests.support.world import netns

    netns.ip(w.router, "address add 192.168.50.2/24 dev lan0")
    w.serve("page", plan.Host(("x",), "192.168.50.2", ""), 80, behaviours.http(302, Location=host_faults.PORTAL), namespace=w.router)


_unplugged = fault("the router's line is unplugged", DOWN, faults.wan_unplugged, group=GROUP, fixed=True)
_silent = fault("the provider is silent", DOWN, faults.wan_silent, group=GROUP, fixed=True)
_portal = fault("a portal redirects", PORTAL, host_faults.portal, group=STRANGER, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _unplugged,
    as_user(_unplugged),
    _silent,
    as_user(_silent),
    fault("the line is dead, IPv6 alone", DOWN, faults.wan_silent, world=SIX, group=GROUP),
    fault("the line is dead, both families", DOWN, faults.wan_silent, world={"ipv6": True}, group=GROUP),
    fault("the line is dead, two gateways", DOWN, faults.wan_silent, world={"gateways": "ab"}, group=GROUP),
    fault("the line is dead, no configuration", DOWN, faults.wan_silent, world={"public": True}, bare=True, group=GROUP),
    fault("the line is dead, the address is a lease", DOWN, faults.wan_unplugged, world={"dhcp": "on"}, group=GROUP),
    fault("the line is dead, resolvers beyond it", DOWN, together(lambda w: w.set_resolvers(plan.NAME_SERVER.v4), faults.wan_silent),
          group=GROUP),
    fault("a filter resets everything", DOWN, tcp_reset, group=GROUP, fixed=True),
    fault("the provider prohibits everything", DOWN, shapes.provider_rejects, group=GROUP),
    fault("no answer comes back over the line", DOWN, answers_lost, group=GROUP),
    fault("nothing answers behind the provider", DOWN, beyond_the_provider, group=GROUP),
    fault("the line is dead, names are answered from memory", DOWN, resolvers_in_the_box, group=GROUP),
    fault("the line is dead, the router drops ICMP", DOWN, together(faults.router_without_icmp, faults.wan_silent), group=GROUP),
    fault("private APN, all its hosts are silent", DOWN, together(apn_by_numbers, faults.wan_silent), world={"gateways": "ab"}, group=APN),
    fault("private APN, the line unplugged", DOWN, together(apn_by_numbers, faults.wan_unplugged), world={"gateways": "ab"}, group=APN),
    fault("private APN, the line dead, hosts known by name", "unknown.indeterminate",
          together(shapes.closed_network(plan.GATEWAY_A, plan.GATEWAY_B), faults.wan_silent), world={"gateways": "ab"}, group=APN,
          category="network"),
    _portal,
    as_user(_portal),
    fault("a portal shows a page", PORTAL, lambda w: host_faults.portal(w, status=200), group=STRANGER, fixed=True),
    fault("a portal resets the rest", PORTAL, lambda w: host_faults.portal(w, others="reset"), group=STRANGER, fixed=True),
    fault("a portal prohibits the rest", PORTAL, lambda w: host_faults.portal(w, others="prohibited"), group=STRANGER),
    fault("a portal says 511", PORTAL, portal_status(511), group=STRANGER),
    fault("a portal by 307", PORTAL, portal_status(307, Location=host_faults.PORTAL), group=STRANGER),
    fault("a portal by its name server", PORTAL, portal_by_names, group=STRANGER),
    fault("a portal, no configuration", PORTAL, host_faults.portal, world={"public": True}, bare=True, group=STRANGER),
    fault("a portal, IPv6 alone", PORTAL, host_faults.portal, world=SIX, group=STRANGER),
    fault("a proxy refuses", PROXY, shapes.proxied(None), "degraded", fixed=True),
    fault("a proxy wants a login", PROXY, shapes.proxied(behaviours.http(407)), "degraded", fixed=True),
    fault("a proxy reaches nothing", PROXY, shapes.proxied(behaviours.http(502)), "degraded", fixed=True),
    fault("a proxy accepts and says nothing", PROXY, shapes.proxied(behaviours.accept), "degraded", fixed=True),
    fault("a proxy is nowhere", PROXY, shapes.proxied(None, "http://192.168.50.77:3128"), "degraded", fixed=True),
    fault("a proxy closes at once", PROXY, shapes.proxied(behaviours.close), "degraded"),
    fault("a proxy whose name does not exist", PROXY, shapes.proxied(None, "http://proxy.typo.example:3128"), "degraded"),
    fault("an HTTPS gateway behind a proxy that refuses", PROXY,
          together(shapes.proxied(None), shapes.gateway_table(protocol="https"))),
    fault("an HTTPS gateway behind a proxy that wants a login", PROXY,
          together(shapes.proxied(behaviours.http(407)), shapes.gateway_table(protocol="https"))),
)  # fmt: skip
