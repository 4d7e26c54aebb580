"""Faults that come and go, over ten cycles of the daemon: the state must not flap, and the cause must be right."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from tests.lab.scenario import Kind, Make, Scenario, together
from tests.support.world import World, acquirers, behaviours, faults, host_faults, shapes
from tests.support.world.behaviours import Behaviour


def _flapping(break_it: Callable[[World], object], mend_it: Callable[[World], object], broken_s: float, whole_s: float) -> Make:
    """Breaks and mends by turns, until the world ends."""

    def make(w: World) -> None:
        over = threading.Event()

        def turn() -> None:
            while True:
                break_it(w)
                if over.wait(broken_s):
                    return
                mend_it(w)
                if over.wait(whole_s):
                    return

        thread = threading.Thread(target=turn)
        thread.start()
        w.cleanup.callback(thread.join)
        w.cleanup.callback(over.set)

    return make


def one_in(count: int, bad: Behaviour, good: Behaviour) -> Behaviour:
    """Every so many connections a bad one, the first among them."""
    number = itertools.count()
    return lambda connection: (bad if next(number) % count == 0 else good)(connection)


def gateway_fails(count: int, status: int) -> Make:
    """An HTTPS endpoint that answers one of so many requests with this status."""

    def make(w: World) -> None:
        inside = one_in(count, behaviours.http(status, b"x"), behaviours.http(200, b"x"))
        host_faults.gateway_does(w, behaviours.tls(acquirers.own_context(w), inside))

    return make


def gateway_resets(count: int) -> Make:
    def make(w: World) -> None:
        good = w.servers["gateway_a"].behaviour
        host_faults.gateway_does(w, one_in(count, behaviours.reset, good))

    return make


def _name_server_drops(w: World) -> None:
    faults.rule(w.router, "arriving", 'iifname "lan0" udp dport 53 numgen inc mod 3 == 0 drop')


def passing(name: str, cause: str, make: Make, states: str, **more: object) -> Scenario:
    return Scenario(name, Kind.PASSING, (cause,) if cause else (), make, tuple(states.split("|")), **more)  # type: ignore[arg-type]


SCENARIOS: tuple[Scenario, ...] = (
    passing("a link that flaps, more out than in", "operator.cable_unplugged", _flapping(faults.cable_out, faults.cable_in, 3.0, 0.4),
            "outage|ok"),
    passing("a link that flaps, more in than out", "operator.cable_unplugged", _flapping(faults.cable_out, faults.cable_in, 0.4, 4.0),
            "outage|ok"),
    passing("40 % loss", "network.unstable", lambda w: faults.loss(w, 40, steady=True), "degraded|outage"),
    passing("40 % loss by chance", "network.unstable", lambda w: faults.loss(w, 40), "degraded|outage"),
    passing("half of the packets lost by chance", "network.unstable", lambda w: faults.loss(w, 50), "degraded|outage"),
    passing("a gateway that fails one request in three", "system.gateway_error", gateway_fails(3, 503), "ok|outage",
            arrange=together(acquirers.endpoint(200), shapes.gateway_table(app_interval_s=0))),
    passing("a gateway that resets one connection in three", "system.gateway_down", gateway_resets(3), "ok|outage"),
    passing("a name server that drops one question in three", "", _name_server_drops, "ok"),
    passing("10 % loss by chance, for long", "", lambda w: faults.loss(w, 10), "ok"),
)  # fmt: skip
