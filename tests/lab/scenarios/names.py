"""Name servers."""

from __future__ import annotations

from tests.lab.scenario import Scenario, as_user, fault, together
from tests.support.world import World, faults, host_faults, plan, questions, shapes

SILENT, FAILING = "network.dns_unreachable", "network.dns_failing"
BEYOND = plan.NAME_SERVER.v4
SIX = {"ipv4": False, "ipv6": True}
EMPTY = b"\x81\x80\0\1\0\0\0\0\0\0" + questions.question("www.one.example")[12:]


def two_silent(w: World) -> None:
    w.set_resolvers(BEYOND, plan.OTHER_ADDRESS.v4)
    faults.rule(w.router, "passing", "udp dport 53 drop")


def one_refuses_one_silent(w: World) -> None:
    w.set_resolvers(plan.ROUTER, "192.168.50.77")
    host_faults.dns_stopped(w)


def wrong_address(w: World) -> None:
    """The name server that was typed in is a host of the Internet that is none."""
    w.set_resolvers(plan.CHECK_1.v4)


def filtered_udp(w: World) -> None:
    w.set_resolvers(BEYOND)
    faults.rule(w.router, "passing", "udp dport 53 reject with icmpx type admin-prohibited")


_stopped = fault("the router's name server has ended", SILENT, host_faults.dns_stopped, fixed=True)
_silent = fault("the router's name server is silent", SILENT, host_faults.dns_silent, fixed=True)
_refused = fault("a name server without an upstream", FAILING, host_faults.dns_without_upstream, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _stopped,
    as_user(_stopped),
    _silent,
    as_user(_silent),
    fault("two name servers of the Internet, both filtered", SILENT, two_silent),
    fault("one name server refuses, the other is nobody", SILENT, one_refuses_one_silent),
    fault("a web server typed in as name server", SILENT, wrong_address),
    fault("UDP to port 53 is prohibited by the router", SILENT, filtered_udp),
    fault("a name server that drops every question", SILENT, shapes.resolver_says(None)),
    fault("name server silent, IPv6 alone", SILENT, host_faults.dns_silent, world=SIX),
    fault("name server silent, no configuration", SILENT, host_faults.dns_silent, "outage|degraded", world={"public": True}, bare=True),
    fault("name server silent, two gateways", SILENT, host_faults.dns_silent, world={"gateways": "ab"}),
    _refused,
    as_user(_refused),
    fault("a name server that denies every name", FAILING, lambda w: host_faults.dns_without_upstream(w, nxdomain=True)),
    fault("SERVFAIL for every name", FAILING, lambda w: host_faults.dns_answers(w, questions.SERVFAIL), fixed=True),
    fault("REFUSED for every name", FAILING, lambda w: host_faults.dns_answers(w, questions.REFUSED), fixed=True),
    fault("SERVFAIL, no configuration", FAILING, lambda w: host_faults.dns_answers(w, questions.SERVFAIL), "outage|degraded",
          world={"public": True}, bare=True),
    fault("SERVFAIL, IPv6 alone", FAILING, lambda w: host_faults.dns_answers(w, questions.SERVFAIL), world=SIX),
    fault("0.0.0.0 for every name", FAILING, shapes.resolver_gives("0.0.0.0"), fixed=True),
    fault("127.0.0.1 for every name", FAILING, shapes.resolver_gives("127.0.0.1"), fixed=True),
    fault("the name server's own address for every name", FAILING, shapes.resolver_gives(plan.ROUTER), fixed=True),
    fault("answers that cannot be decoded", FAILING, shapes.resolver_says(b"\x81\x80\xff\xff")),
    fault("answers without an address", FAILING, shapes.resolver_says(EMPTY)),
    fault("two name servers, SERVFAIL and silence", FAILING,
          together(lambda w: w.set_resolvers(plan.ROUTER, "192.168.50.77"), lambda w: host_faults.dns_answers(w, questions.SERVFAIL))),
)  # fmt: skip
