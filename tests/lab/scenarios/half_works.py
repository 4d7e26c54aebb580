"""Half of it works: one address family, one protocol, one way, what goes out and not what comes back. That the other half is well says
nothing of this one."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, as_user, fault, healthy, together
from tests.support.world import World, behaviours, faults, host_faults, netns, plan, shapes

DOWN, BLOCKED, DOUBT = "network.internet_down", "network.gateway_blocked", "unknown.indeterminate"
OWN, PORTAL, UNSTABLE = "system.local_firewall", "network.captive_portal", "network.unstable"
BOTH, SIX = {"ipv6": True}, {"ipv4": False, "ipv6": True}
CHECKS = f"{{ {plan.CHECK_1.v4}, {plan.CHECK_2.v4} }}"


def dropped_here(rule: str, chain: str = "arriving") -> Make:
    """The terminal's own rules drop what arrives."""
    return lambda w: faults.rule(w.terminal, chain, f'iifname "eth0" {rule} drop')


def answers_of_the_web_alone(w: World) -> None:
    """Rules without a memory of connections: they let in what comes from the ports that somebody thought of."""
    faults.rule(w.terminal, "arriving", 'iifname "eth0" meta l4proto { tcp, udp } th sport { 53, 80, 443 } accept')
    faults.rule(w.terminal, "arriving", 'iifname "eth0" meta l4proto { tcp, udp } drop')


def usual_rules(w: World) -> None:
    """What was asked for comes in, and nothing else."""
    faults.rule(w.terminal, "arriving", 'iifname "lo" accept')
    faults.rule(w.terminal, "arriving", "ct state { established, related } accept")
    faults.rule(w.terminal, "arriving", "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept")
    faults.rule(w.terminal, "arriving", "drop")


def by_number(address: str) -> Make:
    """The host is known by its number of one family, and takes plain connections."""

    def make(w: World) -> None:
        w.config["gateway"] = [{"name": "acquirer-a", "host": address, "port": plan.GATEWAY_PORT, "protocol": "tcp"}]

    return make


def family_dead(version: str) -> Make:
    return lambda w: faults.rule(w.router, "passing", f"meta nfproto {version} drop")


def family_lossy(version: str) -> Make:
    return lambda w: faults.rule(w.router, "early", f'iifname "lan0" meta nfproto {version} meta l4proto tcp numgen inc mod 5 < 2 drop')


def names_by_ipv4(w: World) -> None:
    """The router's name server asks by IPv4 alone."""
    faults.rule(w.router, "leaving", 'oifname "wan0" meta nfproto ipv4 drop')


def line_of_its_own(w: World) -> None:
    """The host is reached through a router of its own, whose line is dead; the shop's line is well."""
    other = "192.168.50.2"
    netns.ip(w.router, f"address add {other}/24 dev lan0")
    netns.ip(w.terminal, f"route add {plan.GATEWAY_A.v4}/32 via {other} dev eth0")
    faults.block(w, plan.GATEWAY_A)


def lets_the_checks_through(others: str, page: behaviours.Behaviour) -> Make:
    """A portal: the checks' own hosts are let through, every other web page is its own, and all else ends as `others` says."""

    def make(w: World) -> None:
        w.serve("portal", plan.Host(("x",), plan.ROUTER, ""), 8081, page, namespace=w.router)
        faults.rule(w.router, "diverted", f'iifname "lan0" tcp dport 80 ip daddr != {CHECKS} dnat ip to {plan.ROUTER}:8081')
        faults.rule(w.router, "passing", f'iifname "lan0" tcp dport 80 ip daddr {CHECKS} accept')
        faults.rule(w.router, "passing", f'iifname "lan0" {others}')

    return make


def one_box_says(status: int) -> Make:
    """Whoever answers port 80 in everybody's name says that it cannot."""

    def make(w: World) -> None:
        host_faults.portal(w)
        w.servers["portal"].behaviour = behaviours.http(status, b"<html>Bad Gateway</html>")

    return make


def new_connections(rule: str) -> Make:
    """The router has no place left for new connections; what stands goes on."""

    def make(w: World) -> None:
        for chain in ("passing", "leaving"):
            faults.rule(w.router, chain, f"ct state new {rule} drop")

    return make


def passing(what: str) -> Make:
    """What passes the router, and nothing else."""

    def make(w: World) -> None:
        faults.rule(w.router, "passing", f'iifname "lan0" {what} accept')
        faults.rule(w.router, "passing", 'iifname "lan0" drop')

    return make


def public_names(w: World) -> None:
    w.set_resolvers(plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4)


FOUR_ALONE, SIX_ALONE = by_number(plan.GATEWAY_A.v4), by_number(plan.GATEWAY_A.v6)
LOGIN = behaviours.http(302, Location=host_faults.PORTAL)
PAGE = behaviours.http(200, b"<html><body>Please log in</body></html>")
_all = fault("own rules drop all that TCP and UDP answer", OWN, dropped_here("meta l4proto { tcp, udp }"))
SCENARIOS: tuple[Scenario, ...] = (
    # what comes back is dropped here
    _all,
    as_user(_all),
    fault("own rules drop all that arrives, echoes too", OWN, dropped_here(""), fixed=True),
    fault("own rules drop what arrives before it is routed", OWN, dropped_here("meta l4proto tcp", "early")),
    fault("own rules let in the answers of the web and of names alone", OWN, answers_of_the_web_alone),
    fault("own rules drop what IPv6 answers, the host has IPv6 alone", OWN,
          together(SIX_ALONE, dropped_here("meta nfproto ipv6 tcp dport >= 1024")), world=BOTH),
    fault("own rules drop what neighbours say, IPv6 alone", OWN, dropped_here("icmpv6 type nd-neighbor-advert"), world=SIX),
    healthy("own rules let in what was asked for", usual_rules),
    fault("the line is dead, own rules let in what was asked for", DOWN, together(usual_rules, faults.wan_silent)),
    # a portal that looks like none
    fault("a portal that lets the checks through and refuses the rest", PORTAL, lets_the_checks_through("reject with tcp reset", LOGIN)),
    fault("a portal that lets the checks through, with a page of its own", PORTAL, lets_the_checks_through("drop", PAGE), fixed=True),
    fault("the host is off and has a web page that leads to another host", BLOCKED, together(
          lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT),
          lambda w: w.serve("web", plan.GATEWAY_A, 80, behaviours.http(302, Location="http://www.pay.example/")) and None)),
    fault("one box says 503 for every web page", DOUBT, one_box_says(503), category="network"),
    # one family, one way
    fault("IPv4 is dead, IPv6 is well, the host has IPv4 alone", DOWN, together(FOUR_ALONE, family_dead("ipv4")), world=BOTH),
    fault("IPv6 is dead, IPv4 is well, the host has IPv6 alone", DOWN, together(SIX_ALONE, family_dead("ipv6")), world=BOTH, fixed=True),
    fault("IPv4 is dead, and the router's name server asks by IPv4", DOUBT, together(family_dead("ipv4"), names_by_ipv4), world=BOTH,
          category="network"),
    fault("IPv4 loses packets, IPv6 is well, the host has IPv4 alone", UNSTABLE, together(FOUR_ALONE, family_lossy("ipv4")),
          "degraded|outage", world=BOTH),
    fault("IPv6 loses packets, IPv4 is well, the host has IPv6 alone", UNSTABLE, together(SIX_ALONE, family_lossy("ipv6")),
          "degraded|outage", world=BOTH),
    fault("the host's own line is dead, the shop's is well", DOUBT, line_of_its_own, category="network"),
    healthy("IPv6 is dead, the host has both", family_dead("ipv6"), world=BOTH),
    # one protocol, one port
    fault("half of all new connections find no place in the router", UNSTABLE, new_connections("numgen inc mod 2 < 1"), "degraded|outage"),
    fault("names pass by UDP, and nothing by TCP", DOUBT, together(public_names, passing("meta l4proto udp")), category="network"),
    fault("port 443 alone is filtered", BLOCKED,
          together(shapes.gateway_table(port=443), lambda w: faults.rule(w.router, "passing", "tcp dport 443 drop"))),
    fault("only ports 53 and 80 pass", BLOCKED, together(public_names, passing("meta l4proto { tcp, udp } th dport { 53, 80 }"))),
)  # fmt: skip
