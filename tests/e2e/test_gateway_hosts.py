"""Hosts that do what hosts do and manuals do not say: certificates beside the chain, statuses nobody agreed on, a proxy's own no."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.world import World, behaviours, host_faults, plan
from tests.support.world.ca import Pair, make

pytestmark = pytest.mark.root


@dataclass(frozen=True)
class Case:
    """`cause` None: nothing but notices may be reported."""

    name: str
    state: str
    cause: str | None
    make_it: Callable[[World], None]


def answers(status: int) -> Callable[[World], None]:
    """The gateway is an HTTP health endpoint that answers so."""

    def host(w: World) -> None:
        context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
        host_faults.gateway_does(w, behaviours.tls(context, behaviours.http(status, b"x")))
        w.config["gateway"][0].update(protocol="https")

    return host


def cut_off(w: World) -> None:
    context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
    host_faults.gateway_does(w, behaviours.tls(context, behaviours.say(b"HTTP/1.1 200 O")))
    w.config["gateway"][0].update(protocol="https")


def beside_an_expired_cross_sign(w: World) -> None:
    """The host also serves its root as an older authority once signed it, for terminals that know only that one."""
    old = make("Old Root", authority=True, days=-10)
    cross = make("Acquirer Root", old, authority=True, days=-3, begins=-900)
    leaf = w.authority.leaf(plan.GATEWAY_A.name)
    served = Pair(leaf.certificate, leaf.key, (*leaf.chain, cross.certificate))
    host_faults.gateway_does(w, behaviours.tls(w.authority.context(served)))


def ends_in_a_dot(w: World) -> None:
    w.config["gateway"][0].update(host=f"{plan.GATEWAY_A.name}.")


def spoilt_authorities(w: World) -> None:
    spoilt = Path(w.folder) / "spoilt.pem"
    spoilt.write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    w.config["gateway"][0].update(ca_file=str(spoilt))


def not_reached_by_the_proxy(w: World) -> None:
    """The proxy passes on what the Internet checks ask, and says 502 for the gateway."""
    passed = behaviours.http(204)
    refused = behaviours.http(502, b"x")

    def proxy(connection: socket.socket) -> None:
        first = connection.recv(8, socket.MSG_PEEK)
        (refused if first.startswith(b"CONNECT") else passed)(connection)

    w.serve("proxy", plan.PUBLIC, 3128, proxy)
    w.config["network"]["proxy"] = f"http://{plan.PUBLIC.v4}:3128"
    w.config["gateway"][0].update(protocol="https")


CASES = (
    Case("418", "outage", "unknown.indeterminate", answers(418)),
    Case("407 without a proxy", "outage", "unknown.indeterminate", answers(407)),
    Case("400", "outage", "operator.gateway_misconfigured", answers(400)),
    Case("half a status line", "outage", "system.gateway_protocol_error", cut_off),
    Case("an expired certificate beside the chain in use", "ok", None, beside_an_expired_cross_sign),
    Case("a host name that ends in a dot", "ok", None, ends_in_a_dot),
    Case("a spoilt file of authorities", "outage", "system.trust_store_outdated", spoilt_authorities),
    Case("not reached by a proxy that reaches others", "outage", "unknown.indeterminate", not_reached_by_the_proxy),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict(case: Case) -> None:
    with World() as world:
        case.make_it(world)
        verdict = world.check()
    assert (verdict.state, verdict.cause) == (case.state, case.cause), verdict.explain()
    assert verdict.codes("notice") == [], verdict.explain()


def test_the_certificate_that_ends_is_the_one_that_is_named() -> None:
    with World() as world:
        soon = make("Acquirer Ending Intermediate", world.authority.root, authority=True, days=10)
        leaf = world.authority.leaf(plan.GATEWAY_A.name, intermediate=soon)
        host_faults.gateway_does(world, behaviours.tls(world.authority.context(leaf)))
        verdict = world.check()
    step = next(step["text"]["en"] for step in verdict.status["remediation"] if "certificate (" in step["text"]["en"])
    assert "Acquirer Ending Intermediate" in step, step
