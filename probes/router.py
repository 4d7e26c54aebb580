"""Is the default router there? Silence to ICMP alone proves nothing: many routers drop it and are healthy."""

from __future__ import annotations

import socket
import time
from typing import Any

from probes.edge.kernel.network import Network, read_neighbours
from probes.edge.net import arp, icmp
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom

_ROUNDS = 3
_ROUND_S = 0.8
_TRACE_PORT = 33434  # closed on any router: a living one answers "port unreachable", which needs no right to hear
_UNANSWERED_PROBE_S = 1.6  # a neighbour in state "probe" for longer has left two unicast requests without an answer
_LONGEST_S = 7.0


def probe(router: str, interface: str, network: Network, deadline: Deadline) -> Check:
    """Asks by ICMP, then by UDP and ARP, then by what the neighbour table comes to.

    A stale entry needs about 7 s until the kernel gives up on it; where that is all we may see, we wait for it.
    """
    check_id = f"router:{router}"
    link = network.link(interface)
    index = link.index if link else 0
    facts: dict[str, Any] = {"interface": interface, "on_subnet": network.on_subnet(router, index)}
    scoped = f"{router}%{interface}" if router.lower().startswith("fe80:") else router
    began = time.monotonic()
    for _ in range(_ROUNDS):
        if deadline.passed():
            break
        by, rtt_ms = _ask(scoped, router, interface, network, deadline.within(_ROUND_S))
        state, age = _neighbour(router, index)
        if not by and age is not None and state == "reachable" and age < time.monotonic() - began:
            by = "neighbour"
        fixed = _fixed_elsewhere(router, interface, network) if by == "arp" else {}
        if fixed:
            # every packet goes to a machine that is not the router, which answers nothing but the question who it is
            facts |= {"neighbour": state, **fixed}
            return Check(id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.FAIL, symptom=Symptom.ROUTER_SILENT, facts=facts)
        if by:
            facts |= {"answered_by": by, "neighbour": state} | ({"rtt_ms": rtt_ms} if rtt_ms else {})
            return Check(id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.PASS, facts=facts)
    state = _settled(router, index, deadline.within(_LONGEST_S - (time.monotonic() - began)))
    facts["neighbour"] = state
    silent = Symptom.ROUTER_SILENT if facts["on_subnet"] else Symptom.ROUTER_OFF_SUBNET
    if state in ("failed", "incomplete", "probe") or _arp_denies(router, interface, network):
        return Check(id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.FAIL, symptom=silent, facts=facts)
    if state == "reachable":
        return Check(id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.PASS, facts=facts | {"answered_by": "neighbour"})
    if state == "none" and not network.neighbours:
        # no table to read (a sandbox): silence may also be a filter
        return Check(
            id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.UNKNOWN, symptom=silent, because="neighbour table", facts=facts
        )
    because = "CAP_NET_RAW" if ":" not in router else "the neighbour entry has not expired yet"
    return Check(id=check_id, layer=Layer.ROUTER, target=router, outcome=Outcome.UNKNOWN, symptom=silent, because=because, facts=facts)


def _ask(scoped: str, router: str, interface: str, network: Network, deadline: Deadline) -> tuple[str, float]:
    """How the router answered, or nothing within the deadline."""
    result = icmp.echo(scoped, deadline.remaining() * 0.75)
    if result.echo is icmp.Echo.ANSWERED:
        return "icmp", result.rtt_ms
    if _udp_answer(scoped, deadline.within(0.2)):
        return "udp", 0.0
    return ("arp", 0.0) if _arp(router, interface, network, deadline) else ("", 0.0)


def _udp_answer(scoped: str, deadline: Deadline) -> bool:
    family = socket.AF_INET6 if ":" in scoped else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.settimeout(max(0.02, deadline.remaining()))
            sock.connect(socket.getaddrinfo(scoped, _TRACE_PORT, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)[0][4])
            sock.send(b"\0")
            sock.recv(1)
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return True


def _fixed_elsewhere(router: str, interface: str, network: Network) -> dict[str, str]:
    """Where the kernel's entry was set by hand, and another MAC answers for the router's address: both of them."""
    link = network.link(interface)
    entry = next((n for n in read_neighbours() if link and n.index == link.index and n.address == router), None)
    if entry is None or entry.state != "permanent":
        return {}
    claimed = _arp(router, interface, network, Deadline(0.3))
    return {"neighbour_mac": entry.mac, "answering_mac": claimed[0]} if claimed and entry.mac not in claimed else {}


def _arp(router: str, interface: str, network: Network, deadline: Deadline) -> list[str]:
    """The MAC addresses that answer for the router."""
    link = network.link(interface)
    own = [a.address for a in network.addresses_of(link.index) if ":" not in a.address] if link else []
    if ":" in router or link is None or not own or not link.mac:
        return []
    try:
        return arp.ask(interface, link.mac, own[0], router, max(0.1, deadline.within(0.3).remaining()), tries=2)
    except OSError:
        return []


def _arp_denies(router: str, interface: str, network: Network) -> bool:
    """Whether we may send ARP ourselves: then three rounds without an answer are a no."""
    link = network.link(interface)
    if ":" in router or link is None:
        return False
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except OSError:
        return False
    return True


def _neighbour(router: str, index: int) -> tuple[str, float | None]:
    for entry in read_neighbours():
        if entry.address == router and entry.index == index:
            return entry.state, entry.confirmed_s
    return "none", None


def _settled(router: str, index: int, deadline: Deadline) -> str:
    """The neighbour's state once it says something: watched from stale over delay to probe, failed or reachable again."""
    probing_since: float | None = None
    entered_stale = False
    while True:
        state, age = _neighbour(router, index)
        if state in ("failed", "incomplete", "none"):
            return state
        if state in ("stale", "delay"):
            entered_stale = True
        if state == "reachable":
            return "reachable" if entered_stale else f"reachable {age or 0:.0f} s ago"
        if state == "probe":
            probing_since = probing_since or time.monotonic()
            if time.monotonic() - probing_since >= _UNANSWERED_PROBE_S:
                return state
        if deadline.passed():
            return state
        time.sleep(0.1)
