"""The terminal keeps from sending what it should: its own firewall, and local ports that are used up."""

from __future__ import annotations

from socket import SOCK_DGRAM, SOCK_STREAM

from tests.lab.scenario import Scenario, fault, healthy
from tests.support.world import own_side, plan

FIREWALL, EXHAUSTED = "system.local_firewall", "system.sockets_exhausted"
SIX = {"ipv4": False, "ipv6": True}
HOST = f"ip daddr {plan.GATEWAY_A.v4}"

SCENARIOS: tuple[Scenario, ...] = (
    fault("the terminal's firewall rejects everything", FIREWALL, own_side.firewall, fixed=True),
    fault("the terminal's firewall rejects the acquirer alone", FIREWALL, lambda w: own_side.firewall(w, to=HOST)),
    fault("the terminal's firewall says that the acquirer is unreachable", FIREWALL,
          lambda w: own_side.firewall(w, "unreachable", to=HOST)),
    fault("the terminal's firewall rejects every connection, names are found", FIREWALL,
          lambda w: own_side.firewall(w, to="meta l4proto tcp")),
    fault("the terminal's firewall drops everything", FIREWALL, lambda w: own_side.firewall(w, "drop")),
    fault("the terminal's firewall resets every connection", FIREWALL, lambda w: own_side.firewall(w, "reset"), fixed=True),
    fault("the terminal's firewall resets the acquirer alone", FIREWALL, lambda w: own_side.firewall(w, "reset", to=HOST)),
    fault("the terminal's firewall resets every connection, IPv6 alone", FIREWALL, lambda w: own_side.firewall(w, "reset"), world=SIX),
    fault("the acquirer's port is handed to a program of the terminal that does not run", FIREWALL, own_side.handed_to_nobody),
    fault("the terminal's firewall stops who-has questions of IPv6", FIREWALL,
          lambda w: own_side.firewall(w, "drop", to="meta l4proto icmpv6"), world=SIX),
    healthy("the terminal's firewall lets no echo request out", lambda w: own_side.firewall(w, "drop", to="meta l4proto icmp")),
    fault("every local port is set aside", EXHAUSTED, own_side.ports_reserved, fixed=True),
    fault("a program has every local port", EXHAUSTED, lambda w: own_side.ports_taken(w, SOCK_STREAM, SOCK_DGRAM)),
    fault("a program has every local port of TCP", EXHAUSTED, lambda w: own_side.ports_taken(w, SOCK_STREAM)),
    healthy("the terminal's firewall lets nothing through but the acquirer", lambda w: own_side.lets_through(w, plan.GATEWAY_A),
            notices=(FIREWALL,)),
)  # fmt: skip
