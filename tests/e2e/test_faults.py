"""One fault at a time, made for real: the verdict names it, whoever runs the examination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.world import World, behaviours, faults, host_faults, plan, questions
from tests.world.verdict import NOBODY

pytestmark = pytest.mark.root
EXIT = {"ok": 0, "degraded": 1, "outage": 2, "unknown": 3}
ROOT_ONLY = (None,)
BOTH = (None, NOBODY)


@dataclass(frozen=True)
class Case:
    """`break_it` makes the fault; `cause` is what must be reported first. `users`: None is root."""

    name: str
    cause: str
    break_it: Callable[[World], object]
    users: tuple[int | None, ...] = BOTH
    state: str = "outage"


def gateway_does(behaviour: behaviours.Behaviour) -> Callable[[World], None]:
    return lambda w: host_faults.gateway_does(w, behaviour)


CASES = (
    Case("cable out", "operator.cable_unplugged", faults.cable_out),
    Case("interface down", "operator.interface_disabled", faults.interface_down),
    Case("no default route", "operator.network_misconfigured", faults.no_default_route),
    Case("a router outside the subnet", "operator.network_misconfigured", faults.wrong_router),
    Case("no resolver set", "operator.network_misconfigured", lambda w: w.set_resolvers()),
    Case("no address", "network.dhcp_failed", faults.no_address),
    Case("a link-local address only", "network.dhcp_failed", faults.link_local_only),
    # an ARP question to one's own address takes a packet socket
    Case("address conflict", "network.address_conflict", faults.address_conflict, users=ROOT_ONLY),
    Case("router gone", "network.router_unreachable", faults.router_gone),
    Case("resolver stopped", "network.dns_unreachable", host_faults.dns_stopped),
    Case("resolver silent", "network.dns_unreachable", host_faults.dns_silent),
    Case("resolver without upstream", "network.dns_failing", host_faults.dns_without_upstream),
    Case("resolver says SERVFAIL", "network.dns_failing", lambda w: host_faults.dns_answers(w, questions.SERVFAIL)),
    Case("resolver says REFUSED", "network.dns_failing", lambda w: host_faults.dns_answers(w, questions.REFUSED)),
    Case("wan unplugged", "network.internet_down", faults.wan_unplugged),
    Case("wan silent", "network.internet_down", faults.wan_silent),
    Case("portal redirects", "network.captive_portal", host_faults.portal),
    Case("portal shows a page", "network.captive_portal", lambda w: host_faults.portal(w, status=200)),
    Case("portal resets the rest", "network.captive_portal", lambda w: host_faults.portal(w, others="reset")),
    Case("gateway silent by a filter", "network.gateway_blocked", lambda w: faults.block(w, plan.GATEWAY_A)),
    Case("gateway's port silent by a filter", "network.gateway_blocked", lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT)),
    Case("gateway prohibited", "network.gateway_blocked", lambda w: faults.block(w, plan.GATEWAY_A, how="prohibited")),
    Case("gateway refused", "system.gateway_down", host_faults.gateway_stopped),
    Case("gateway accepts, then silence", "system.gateway_down", gateway_does(behaviours.accept)),
    Case("gateway accepts, then closes", "system.gateway_down", gateway_does(behaviours.close)),
    Case("gateway accepts, then resets", "system.gateway_down", gateway_does(behaviours.reset)),
    Case("certificate expired", "system.gateway_certificate_expired", host_faults.certificate_expired),
    Case("intermediate expired", "system.gateway_certificate_expired", host_faults.intermediate_expired),
    Case("certificate for another name", "operator.gateway_misconfigured", host_faults.certificate_wrong_name),
    Case("plain text where TLS is expected", "operator.gateway_misconfigured", host_faults.gateway_plain_text),
    Case("untrusted chain", "network.tls_intercepted", host_faults.certificate_untrusted),
    Case("self-signed certificate", "network.tls_intercepted", host_faults.certificate_self_signed),
    Case("large packets vanish", "network.mtu_blackhole", lambda w: faults.small_packets_only(w, 1000)),
    Case(
        "gateway's name does not exist",
        "operator.gateway_misconfigured",
        lambda w: w.config["gateway"][0].update(host="gw-typo.pay.example"),
    ),
)


def parameter(case: Case, user: int | None) -> Any:
    return pytest.param(case, user, id=f"{case.name}-{'root' if user is None else 'user'}")


@pytest.mark.parametrize(("case", "user"), [parameter(case, user) for case in CASES for user in case.users])
def test_the_fault_is_named(case: Case, user: int | None) -> None:
    with World() as world:
        case.break_it(world)
        verdict = world.check(user=user)
    assert (verdict.state, verdict.cause) == (case.state, case.cause), verdict.explain()
    assert verdict.code == EXIT[case.state]
    assert verdict.codes("outage") == [case.cause], verdict.explain()
    assert verdict.status["can_pay"] == "no"
    assert verdict.seconds < 10


@pytest.mark.parametrize("user", BOTH)
def test_heavy_loss(user: int | None) -> None:
    """Whether a payment gets through meanwhile is open; the cause is not."""
    with World() as world:
        faults.loss(world, 40, steady=True)
        verdict = world.check(user=user)
    assert verdict.cause == "network.unstable", verdict.explain()
    assert verdict.state in ("degraded", "outage")


def test_an_address_conflict_that_does_not_hurt_yet() -> None:
    with World() as world:
        faults.address_conflict(world, wins=False)
        verdict = world.check()
    assert (verdict.state, verdict.cause, verdict.status["can_pay"]) == ("degraded", "network.address_conflict", "yes"), verdict.explain()


@pytest.mark.parametrize("user", BOTH)
def test_one_of_two_gateways_down_is_no_outage(user: int | None) -> None:
    with World(gateways="ab") as world:
        host_faults.gateway_stopped(world)
        verdict = world.check(user=user)
    assert (verdict.state, verdict.cause, verdict.code) == ("degraded", "system.gateway_down", 1), verdict.explain()
    assert verdict.status["can_pay"] == "yes"


@pytest.mark.parametrize("user", BOTH)
def test_two_independent_faults_are_both_named(user: int | None) -> None:
    with World(gateways="ab") as world:
        host_faults.certificate_expired(world)
        host_faults.gateway_stopped(world, "b")
        verdict = world.check(user=user)
    assert sorted(verdict.codes("outage")) == ["system.gateway_certificate_expired", "system.gateway_down"], verdict.explain()
