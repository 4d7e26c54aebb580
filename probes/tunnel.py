"""A tunnel through which nothing comes back: does its other end answer, and does the line below it work?"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_interface

from probes.edge.failures import CannotTell, PeerFailed
from probes.edge.kernel.netlink import IFF_POINTOPOINT, Address
from probes.edge.kernel.network import Network
from probes.edge.kernel.tunnels import Line
from probes.edge.net import icmp, tcp
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import TunnelFacts

_PEER_S, _LINE_S = 1.0, 2.2
_PAIR = 2  # addresses of a network that has nobody but the two ends
_TLS_PORT = 443  # many VPNs listen there; a refusal is an answer as well

Endpoints = Sequence[tuple[str, int]]


def probe(interface: str, line: Line, addresses: Endpoints, network: Network, deadline: Deadline) -> Check[TunnelFacts]:
    """Passes where the other end answers inside the tunnel. `addresses`: of the Internet, tried over the line below by a connection that
    is opened and closed. Nothing that was meant for the tunnel goes out over that line."""
    facts = TunnelFacts(interface=interface, line=line.interface, outer=line.outer or None, peer=_peer(interface, network))
    asked = _echo(facts.peer, deadline.within(_PEER_S)) if facts.peer else None
    if asked is icmp.Echo.ANSWERED:
        return check_of(facts, Outcome.PASS, name=interface)
    try:
        known = facts.with_(line_answers=_line_answers(line, addresses, deadline))
    except CannotTell as trouble:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=interface)
    if asked is icmp.Echo.NOT_PERMITTED:
        return check_of(known, Outcome.UNKNOWN, Symptom.DENIED, rights.ECHO.missing(), name=interface)
    return check_of(known, Outcome.FAIL, Symptom.TUNNEL_SILENT, name=interface)


def _peer(interface: str, network: Network) -> str | None:
    """The other end's address inside the tunnel, as a route through it or a point-to-point address names it; else the first of the
    tunnel's own network, where servers of VPNs stand as a rule."""
    link = network.link(interface)
    if link is None:
        return None
    through = next((route.gateway for route in network.routes if route.index == link.index and route.gateway), "")
    ends = [own.peer for own in network.addresses_of(link.index) if own.peer] if link.flags & IFF_POINTOPOINT else []
    return through or next(iter(ends), None) or _first_of_network(network.addresses_of(link.index))


def _first_of_network(addresses: Sequence[Address]) -> str | None:
    for own in addresses:
        net = ip_interface(f"{own.address}/{own.prefix}").network
        first = str(net.network_address + 1)
        if own.scope == 0 and net.num_addresses > _PAIR and first != own.address:
            return first
    return None


def _line_answers(line: Line, addresses: Endpoints, deadline: Deadline) -> bool | None:
    """None where nothing could be tried there: no route but the tunnel's own, or our own firewall keeps it for the tunnel alone. Raises
    `CannotTell`."""
    tried = False
    if line.outer and _echo(line.outer, deadline.within(_PEER_S)) is icmp.Echo.ANSWERED:
        return True
    endpoints = [*addresses, *([(line.outer, _TLS_PORT)] if line.outer else [])]
    for address, port in endpoints:
        try:
            tcp.connect(address, port, deadline.within(_LINE_S), line.interface).abort()
        except PeerFailed as failure:
            if failure.symptom is Symptom.REFUSED:
                return True
            nobody_asked = failure.symptom in (Symptom.NO_ROUTE, Symptom.REFUSED_LOCALLY, Symptom.NO_LOCAL_PORT) or failure.seen.by_us
            tried = tried or (not nobody_asked and address != line.outer)  # a VPN's own host need not listen there
            continue
        return True
    return False if tried else None


def _echo(address: str, deadline: Deadline) -> icmp.Echo | None:
    """None where this machine could not ask."""
    try:
        return icmp.echo(address, deadline).echo
    except CannotTell:
        return None
