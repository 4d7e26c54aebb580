"""Is the default router there? Silence to ICMP alone proves nothing: many routers drop it and are healthy."""

from __future__ import annotations

import socket
import time

from msgspec import Struct

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel.netlink import Link, Neighbour
from probes.edge.kernel.network import Network, read_neighbours
from probes.edge.net import arp, icmp
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import RouterFacts

_ROUNDS = 3
_ROUND_S = 0.8
_TRACE_PORT = 33434  # closed on any router: a living one answers "port unreachable", which needs no right to hear
_UNANSWERED_PROBE_S = 1.6  # a neighbour in state "probe" for longer has left two unicast requests without an answer
_LONGEST_S = 7.0


class _Router(Struct, frozen=True, kw_only=True):
    """Whom to ask, and over which interface."""

    address: str
    interface: str
    network: Network

    @property
    def link(self) -> Link | None:
        return self.network.link(self.interface)

    @property
    def index(self) -> int:
        return self.link.index if self.link else 0

    @property
    def scoped(self) -> str:
        return f"{self.address}%{self.interface}" if self.address.lower().startswith("fe80:") else self.address


class _Answered(Struct, frozen=True):
    by: str
    rtt_ms: float | None = None


def probe(router: str, interface: str, network: Network, deadline: Deadline) -> Check[RouterFacts]:
    """Asks by ICMP, then by UDP and ARP, then by what the neighbour table comes to.

    A stale entry needs about 7 s until the kernel gives up on it; where that is all we may see, we wait for it.
    """
    asked = _Router(address=router, interface=interface, network=network)
    facts = RouterFacts(interface=interface, on_subnet=network.on_subnet(router, asked.index))
    try:
        return _look(asked, facts, deadline)
    except CannotTell as trouble:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=router)


def _look(asked: _Router, facts: RouterFacts, deadline: Deadline) -> Check[RouterFacts]:
    """Raises CannotTell."""
    name = asked.address
    began = time.monotonic()
    for _ in range(_ROUNDS):
        if deadline.passed():
            break
        answer = _ask(asked, deadline.within(_ROUND_S))
        entry = _entry(asked)
        state, age = _told(entry)
        if answer is None and age is not None and state == "reachable" and age < time.monotonic() - began:
            answer = _Answered("neighbour")
        fixed = _fixed_elsewhere(asked) if answer is not None and answer.by == "arp" else None
        if fixed is not None:
            # every packet goes to a machine that is not the router, which answers nothing but the question who it is
            return check_of(facts.learnt(fixed).with_(neighbour=state), Outcome.FAIL, Symptom.ROUTER_SILENT, name=name)
        if answer is not None:
            mac = entry.mac or None if entry is not None and answer.by != "arp" else None  # what answers ARP may not be in the entry
            facts = facts.with_(answered_by=answer.by, neighbour=state, rtt_ms=answer.rtt_ms, mac=mac)
            return check_of(facts, Outcome.PASS, name=name)
    state = _settled(asked, deadline.within(_LONGEST_S - (time.monotonic() - began)))
    facts = facts.with_(neighbour=state)
    silent = Symptom.ROUTER_SILENT if facts.on_subnet else Symptom.ROUTER_OFF_SUBNET
    if state != "reachable" and _kept_here(asked):
        # who the router is was never asked: our own firewall kept the question here
        return check_of(facts, Outcome.FAIL, Symptom.REFUSED_LOCALLY, name=name)
    if state in ("failed", "incomplete", "probe") or _arp_denies(asked):
        return check_of(facts, Outcome.FAIL, silent, name=name)
    if state == "reachable":
        return check_of(facts.with_(answered_by="neighbour"), Outcome.PASS, name=name)
    if state == "none" and not asked.network.neighbours:
        # no table to read (a sandbox): silence may also be a filter
        return check_of(facts, Outcome.UNKNOWN, silent, rights.NETLINK.missing(), name=name)
    because = rights.NET_RAW.missing() if ":" not in name else "the neighbour entry has not expired yet"
    return check_of(facts, Outcome.UNKNOWN, silent, because, name=name)


def _ask(asked: _Router, deadline: Deadline) -> _Answered | None:
    """How the router answered; None where it did not within the deadline. Raises CannotTell."""
    result = icmp.echo(asked.scoped, deadline.within(deadline.remaining() * 0.75))
    if result.echo is icmp.Echo.ANSWERED:
        return _Answered("icmp", result.rtt_ms or None)
    if _udp_answer(asked.scoped, deadline.within(0.2)):
        return _Answered("udp")
    return _Answered("arp") if _arp(asked, deadline) else None


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
    except OSError as error:
        raise_if_ours(error)
        return False
    return True


def _fixed_elsewhere(asked: _Router) -> RouterFacts | None:
    """Where the kernel's entry was set by hand, and another MAC answers for the router's address: both of them."""
    entry = _entry(asked) if asked.link else None
    if entry is None or entry.state != "permanent":
        return None
    claimed = _arp(asked, Deadline(0.3))
    return RouterFacts(neighbour_mac=entry.mac, answering_mac=claimed[0]) if claimed and entry.mac not in claimed else None


def _arp(asked: _Router, deadline: Deadline) -> list[str]:
    """The MAC addresses that answer for the router. Raises CannotTell."""
    link = asked.link
    own = [a.address for a in asked.network.addresses_of(link.index) if ":" not in a.address] if link else []
    if ":" in asked.address or link is None or not own or not link.mac:
        return []
    try:
        return arp.ask(asked.interface, link.mac, own[0], asked.address, max(0.1, deadline.within(0.3).remaining()), tries=2)
    except OSError as error:
        raise_if_ours(error)
        return []


def _kept_here(asked: _Router) -> bool:
    """Whether our own firewall stops the question who has an IPv6 address; ARP passes by it. Where we may not put that question ourselves,
    an echo request that it stops speaks for it: both are ICMPv6. Raises CannotTell."""
    if ":" not in asked.address:
        return False
    asks = icmp.may_solicit(asked.address, asked.interface)
    return not asks if asks is not None else icmp.echo(asked.scoped, Deadline(0.2)).echo is icmp.Echo.REFUSED_LOCALLY


def _arp_denies(asked: _Router) -> bool:
    """Whether we may send ARP ourselves: then three rounds without an answer are a no."""
    if ":" in asked.address or asked.link is None:
        return False
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except OSError as error:
        raise_if_ours(error)
        return False
    return True


def _entry(asked: _Router) -> Neighbour | None:
    return next((n for n in read_neighbours() if n.address == asked.address and n.index == asked.index), None)


def _told(entry: Neighbour | None) -> tuple[str, float | None]:
    return (entry.state, entry.confirmed_s) if entry else ("none", None)


def _settled(asked: _Router, deadline: Deadline) -> str:
    """The neighbour's state once it says something: watched from stale over delay to probe, failed or reachable again."""
    probing_since: float | None = None
    entered_stale = False
    while True:
        state, age = _told(_entry(asked))
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
