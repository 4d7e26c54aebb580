"""Causes on the path, each made in a second way beside `test_faults`; and the proxy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.world import World, behaviours, faults, host_faults, netns, plan
from tests.world.delay import slow_wire

pytestmark = pytest.mark.root
PROXY = f"http://{plan.PUBLIC.v4}:3128"


@dataclass(frozen=True)
class Case:
    name: str
    cause: str
    break_it: Callable[[World], object]
    state: str = "outage"
    changes: dict[str, Any] | None = None


def lost_on_the_way_back(w: World) -> None:
    """Two of every five answers vanish before they reach the terminal."""
    faults.rule(w.terminal, "early", "iifname eth0 numgen inc mod 5 < 2 drop")


def large_answers_lost(w: World) -> None:
    """Only what comes towards the terminal is too long for the path, as behind a badly set DSL line."""
    faults.small_packets_only(w, 60000)
    faults.rule(w.router, "passing", 'oifname "lan0" meta length > 1000 drop')


def routes_gone_with_the_cable(w: World) -> None:
    faults.cable_out(w)
    netns.ip(w.terminal, "route flush table main")


def router_switched_off(w: World) -> None:
    netns.ip(w.router, "link set lan0 down")


def proxied(behaviour: behaviours.Behaviour | None) -> Callable[[World], None]:
    """A proxy of this behaviour; None: its port is closed."""

    def fault(w: World) -> None:
        if behaviour is not None:
            w.serve("proxy", plan.PUBLIC, 3128, behaviour)

    return fault


def through_proxy(address: str = PROXY) -> dict[str, Any]:
    return {"network": {"proxy": address}}


def over_lying_resolver(address: str) -> Callable[[World], None]:
    """The shop's name server gives this address for every name."""

    def fault(w: World) -> None:
        from tests.world.names import Dnsmasq

        w.shop_dns.stop()
        w.shop_dns = Dnsmasq(w.router, w.shop_dns.listen, w.folder, more=[f"--address=/#/{address}"])
        w.cleanup.callback(w.shop_dns.stop)
        w.shop_dns.wait()

    return fault


def address_of_another_subnet(w: World) -> None:
    """A typing error in a fixed address: the router answers ARP, and sends all else to where that address belongs."""
    netns.ip(
        w.terminal,
        "address flush dev eth0",
        "address add 192.168.51.10/24 dev eth0",
        f"route add default via {plan.ROUTER} dev eth0 onlink",
    )


def first_resolver_denies(w: World) -> None:
    """The second name server knows every name, and nobody asks it: the first one says that none exists."""
    host_faults.dns_without_upstream(w, nxdomain=True)
    w.set_resolvers(plan.ROUTER, plan.NAME_SERVER.v4)


OTHER_UPLINK = {"uplink": [{"interface": "eth7"}]}
CASES = (
    Case("answers lost", "network.unstable", lost_on_the_way_back, "either"),
    Case("large answers lost", "network.mtu_blackhole", large_answers_lost),
    Case("a round trip of 1.6 s", "network.slow", lambda w: slow_wire(w, 0.8), "degraded"),
    Case("cable out, and its routes with it", "operator.cable_unplugged", routes_gone_with_the_cable),
    Case("a configured uplink that does not exist", "operator.interface_disabled", faults.no_default_route, changes=OTHER_UPLINK),
    Case("the router's own port is down", "network.router_unreachable", router_switched_off),
    Case("a route to the gateway through nobody", "operator.network_misconfigured",
         lambda w: netns.ip(w.terminal, f"route add {plan.GATEWAY_A.v4}/32 via 192.168.50.66")),
    Case("an address of another subnet", "operator.network_misconfigured", address_of_another_subnet),
    Case("the first name server of two denies every name", "network.dns_failing", first_resolver_denies),
    Case("a default route without a router", "operator.network_misconfigured",
         lambda w: netns.ip(w.terminal, "route replace default dev eth0")),
    Case("a resolver of a family without a route", "operator.network_misconfigured", lambda w: w.set_resolvers(plan.ROUTER_6)),
    Case("proxy refuses", "operator.proxy_misconfigured", proxied(None), "degraded", through_proxy()),
    Case("proxy wants a login", "operator.proxy_misconfigured", proxied(behaviours.http(407)), "degraded", through_proxy()),
    Case("proxy cannot reach anything", "operator.proxy_misconfigured", proxied(behaviours.http(502)), "degraded", through_proxy()),
    Case("proxy accepts and says nothing", "operator.proxy_misconfigured", proxied(behaviours.accept), "degraded", through_proxy()),
    Case("proxy is nowhere", "operator.proxy_misconfigured", proxied(None), "degraded", through_proxy("http://192.168.50.77:3128")),
    Case("a filter resets everything", "network.internet_down",
         lambda w: faults.rule(w.router, "passing", 'iifname "lan0" meta l4proto tcp reject with tcp reset')),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_cause_is_named(case: Case) -> None:
    with World() as world:
        case.break_it(world)
        verdict = world.check(changes=case.changes)
    assert verdict.cause == case.cause, verdict.explain()
    assert verdict.state in (("degraded", "outage") if case.state == "either" else (case.state,)), verdict.explain()


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", plan.ROUTER])
def test_a_resolver_that_gives_one_address_for_every_name(address: str) -> None:
    with World() as world:
        over_lying_resolver(address)(world)
        verdict = world.check()
    assert verdict.cause == "network.dns_failing", verdict.explain()


def test_behind_a_portal_a_bare_connection_is_not_all_well() -> None:
    """The portal accepts in the gateway's name; nothing vouches for who accepted."""
    with World() as world:
        gateway = world.config["gateway"][0]
        gateway["protocol"] = "tcp"
        gateway.pop("ca_file")
        host_faults.portal(world, others=None)
        faults.rule(world.router, "diverted", f'iifname "lan0" tcp dport {plan.GATEWAY_PORT} dnat ip to {plan.ROUTER}:8081')
        verdict = world.check()
    assert (verdict.state, verdict.cause) == ("degraded", "network.captive_portal"), verdict.explain()


def test_a_proxy_that_nobody_configured_is_none_of_the_terminal_s_settings() -> None:
    with World() as world:
        host_faults.check_host_does(world, behaviours.http(407, b"Log in"))
        verdict = world.check()
    assert (verdict.state, verdict.codes()) == ("ok", ["network.captive_portal"]), verdict.explain()


def test_a_backup_that_does_not_reach_the_gateway_is_not_praised() -> None:
    with World(backup=True) as world:
        faults.wan_silent(world)
        faults.rule(world.net, "early", f'iifname "mobile0" ip daddr {plan.GATEWAY_A.v4} drop')
        verdict = world.check()
    assert verdict.cause == "network.internet_down", verdict.explain()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["internet"] is True
    assert not [step for step in verdict.status["remediation"] if "wwan0" in step["text"]["en"]]


@pytest.mark.parametrize("fault", [faults.cable_out, faults.router_gone, faults.wan_silent, faults.everything_dropped])
def test_a_backup_that_reaches_the_gateway_is_the_first_step(fault: Callable[[World], None]) -> None:
    """Also where the name was never found: the shop's own name server does not answer over the backup."""
    with World(backup=True) as world:
        fault(world)
        verdict = world.check()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["gateway"] == "acquirer-a", verdict.explain()
    first = verdict.status["remediation"][0]["text"]
    assert "wwan0" in first["en"] and "acquirer-a" in first["en"] and "wwan0" in first["zh"]
