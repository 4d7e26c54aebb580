"""Worlds in which payment works, some of which look suspicious: none may raise an alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.world import World, behaviours, faults, host_faults, plan
from tests.world.verdict import NOBODY

pytestmark = pytest.mark.root


def untouched(_: World) -> None:
    """As it is made."""


def one_dead_resolver(w: World) -> None:
    """The first of two name servers is an address in the shop at which nobody is."""
    w.set_resolvers("192.168.50.77", plan.ROUTER)


def private_network(w: World) -> None:
    """Nothing but the gateway can be reached, and the configuration says so."""
    faults.only(w, plan.GATEWAY_A)
    w.config["network"]["expect_internet"] = False


def gateway_by_host_route(w: World) -> None:
    """No default route, and none is needed: the gateway has a route and an address of its own."""
    faults.no_default_route(w)
    faults.host_route(w, plan.GATEWAY_A)
    w.set_resolvers(plan.ROUTER)
    w.config["network"]["expect_internet"] = False


@dataclass(frozen=True)
class Case:
    """`notices`: codes that may stand there without being an alarm. `world`: how the world is made."""

    name: str
    make_it: Callable[[World], object] = untouched
    world: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


CASES = (
    Case("healthy"),
    Case("two gateways", world={"gateways": "ab"}),
    Case("backup uplink", world={"backup": True}),
    Case("both families", world={"ipv6": True}),
    Case("IPv6 alone", world={"ipv4": False, "ipv6": True}),
    Case("router without ICMP", faults.router_without_icmp),
    Case("path without ICMP", faults.path_without_icmp),
    Case("one dead check host", host_faults.check_host_dead),
    Case("one check host answers 500", lambda w: host_faults.check_host_does(w, behaviours.http(500), 2)),
    Case("one dead resolver of two", one_dead_resolver, notices=("network.dns_unreachable",)),
    Case("slow resolver", lambda w: host_faults.dns_slow(w, 0.4)),
    Case("private network", private_network),
    Case("route to the gateway alone", gateway_by_host_route),
    Case("5 % loss", lambda w: faults.loss(w, 5, steady=True)),
    Case(
        "gateway's certificate ends in ten days",
        lambda w: host_faults.certificate(w, days=10),
        notices=("system.gateway_certificate_expiring",),
    ),
    Case("one of the addresses is silent", lambda w: faults.block(w, plan.OTHER_ADDRESS)),
    Case("one of the addresses refuses", lambda w: faults.block(w, plan.OTHER_ADDRESS, 53, "reset")),
)


@pytest.mark.parametrize("user", [pytest.param(None, id="root"), pytest.param(NOBODY, id="user")])
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_no_alarm(case: Case, user: int | None) -> None:
    with World(**case.world) as world:
        case.make_it(world)
        verdict = world.check(user=user)
    assert (verdict.state, verdict.code, verdict.cause) == ("ok", 0, None), verdict.explain()
    assert verdict.status["can_pay"] == "yes"
    assert set(verdict.codes()) <= set(case.notices), verdict.explain()
    assert verdict.seconds < 10


@pytest.mark.parametrize("user", [pytest.param(None, id="root"), pytest.param(NOBODY, id="user")])
def test_no_configuration_at_all(user: int | None) -> None:
    with World(public=True) as world:
        verdict = world.check(user=user, bare=True)
    assert (verdict.state, verdict.code) == ("ok", 0), verdict.explain()
    assert verdict.status["can_pay"] == "unknown"


def test_a_dead_resolver_of_two_is_noticed() -> None:
    with World() as world:
        one_dead_resolver(world)
        verdict = world.check()
    assert [(c["code"], c["subject"]) for c in verdict.status["causes"]] == [("network.dns_unreachable", "192.168.50.77")], (
        verdict.explain()
    )


def test_the_gateway_was_reached_for_real() -> None:
    with World() as world:
        verdict = world.check()
        assert world.servers["gateway_a"].reached(1)
    assert verdict.state == "ok", verdict.explain()
