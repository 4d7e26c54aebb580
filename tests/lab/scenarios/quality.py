"""Packets that pass and do not all arrive, or late, or only the small ones."""

from __future__ import annotations

import ssl

from tests.lab.scenario import Make, Scenario, as_user, fault, together
from tests.support.world import World, acquirers, faults
from tests.support.world.delay import slow_wire

LOSS, SLOW, HOLE = "network.unstable", "network.slow", "network.mtu_blackhole"
EITHER = "outage|degraded"


def answers_lost(percent: str) -> Make:
    return lambda w: faults.rule(w.terminal, "early", f"iifname eth0 numgen inc mod {percent} drop")


def large_answers_lost(w: World) -> None:
    """Only what comes towards the terminal is too long for the path, as behind a badly set DSL line."""
    faults.small_packets_only(w, 60000)
    faults.rule(w.router, "passing", 'oifname "lan0" meta length > 1000 drop')


def large_answers_lost_by_the_provider(w: World) -> None:
    faults.small_packets_only(w, 60000)
    faults.rule(w.net, "leaving", 'oifname "shop0" meta length > 900 drop')


def lost_beyond(w: World) -> None:
    """Two of five packets vanish at the provider, not in the shop."""
    faults.rule(w.net, "early", 'iifname "shop0" numgen inc mod 5 < 2 drop')


_loss = fault("40 % of the packets vanish", LOSS, lambda w: faults.loss(w, 40, steady=True), EITHER, fixed=True)
_hole = fault("large packets vanish", HOLE, lambda w: faults.small_packets_only(w, 1000), fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _loss,
    as_user(_loss),
    fault("40 % of the answers vanish", LOSS, answers_lost("5 < 2"), EITHER, fixed=True),
    fault("half of the answers vanish", LOSS, answers_lost("2 < 1"), EITHER),
    fault("half of the packets vanish by chance", LOSS, lambda w: faults.loss(w, 50), EITHER),
    fault("40 % vanish at the provider", LOSS, lost_beyond, EITHER),
    fault("40 % vanish, two gateways", LOSS, lambda w: faults.loss(w, 40, steady=True), EITHER, world={"gateways": "ab"}),
    fault("40 % vanish, IPv6 alone", LOSS, lambda w: faults.loss(w, 40, steady=True), EITHER, world={"ipv4": False, "ipv6": True}),
    fault("40 % vanish, no configuration", LOSS, lambda w: faults.loss(w, 40, steady=True), EITHER, world={"public": True}, bare=True),
    fault("a round trip of 1.1 s", SLOW, lambda w: slow_wire(w, 0.55), "degraded", fixed=True),
    fault("a round trip of 1.4 s", SLOW, lambda w: slow_wire(w, 0.7), "degraded|outage"),
    fault("a round trip of 1.2 s, an HTTPS gateway", SLOW, together(lambda w: slow_wire(w, 0.6), acquirers.endpoint(200)),
          "degraded|outage"),
    fault("a round trip of 1.1 s, no configuration", SLOW, lambda w: slow_wire(w, 0.55), "degraded", world={"public": True}, bare=True),
    _hole,
    as_user(_hole),
    fault("large answers vanish", HOLE, large_answers_lost, fixed=True),
    fault("large answers vanish at the provider", HOLE, large_answers_lost_by_the_provider),
    fault("large packets vanish, an HTTPS gateway", HOLE,
          together(acquirers.endpoint(200), lambda w: faults.small_packets_only(w, 800))),
    fault("large packets vanish, two gateways", HOLE, lambda w: faults.small_packets_only(w, 1000), world={"gateways": "ab"}),
    fault("large packets vanish on the way to a client-certificate host", HOLE,
          together(acquirers.wants_certificate(lambda w: w.authority.leaf("T-1"), ssl.TLSVersion.TLSv1_3),
                   lambda w: faults.small_packets_only(w, 900))),
    fault("large packets vanish, IPv6 alone", HOLE, lambda w: faults.small_packets_only(w, 1100), world={"ipv4": False, "ipv6": True}),
)  # fmt: skip
