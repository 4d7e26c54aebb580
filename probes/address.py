"""Has the interface an address, and does anything lead out of it?"""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, ip_interface

from probes.edge.kernel.ipv6 import IPV6_LEAST_MTU, is_off
from probes.edge.kernel.netlink import IFF_POINTOPOINT, Address, Link
from probes.edge.kernel.network import Network, Part
from probes.model import Check, Kind, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, DefaultRoute, DefaultRouteFacts

_TAKES_WHAT_ARRIVES = ("bridge", "bond", "team", "openvswitch")
_NEVER_GIVEN = IPv4Network("240.0.0.0/4")
_PAIR = 31


def probe(
    interface: str, network: Network, because: str | None, carries: tuple[str, ...] = (), *, servers: tuple[str, ...] = ()
) -> Check[AddressFacts]:
    """`because` is the failed link check that makes looking for an address pointless. `carries`: interfaces whose packets travel on it:
    where one of them has an address, this one needs none. `servers`: the name servers that are set, by which a network of IPv6 alone is
    known where there is no address."""
    link = network.link(interface)
    if because or link is None:
        return check_of(AddressFacts(), Outcome.SKIP, because=because or Kind.LINK.id(interface), name=interface)
    own = [a for a in network.addresses_of(link.index) if not a.tentative]
    lasting = _lasting(own)
    facts = AddressFacts(
        addresses=tuple(f"{a.address}/{a.prefix}" for a in own),
        routers=tuple(r.gateway for r in network.default_routes() if r.index == link.index and r.gateway),
        point_to_point=bool(link.flags & IFF_POINTOPOINT),
        port_of=_port_of(link, network) or None,
    )
    above = [found for name in carries if (found := network.link(name)) is not None]
    remark = _remark(lasting, facts)
    if remark is not None:
        return check_of(facts, Outcome.WARN, remark, name=interface)
    if lasting or any(_lasting(network.addresses_of(upper.index)) for upper in above):
        return check_of(facts, Outcome.PASS, name=interface)
    if not network.may_read(Part.ADDRESSES):
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, network.denied[0].text, name=interface)
    if servers and all(":" in server for server in servers) and _without_six(link, network):
        return check_of(facts, Outcome.FAIL, Symptom.IPV6_OFF, name=interface)
    symptom = Symptom.LINK_LOCAL_ONLY if any(a.address.startswith("169.254.") for a in own) else Symptom.NO_ADDRESS
    return check_of(facts, Outcome.FAIL, symptom, name=interface)


def _without_six(link: Link, network: Network) -> bool:
    """The kernel gives the interface not even the address of IPv6 that it makes itself, and why is known."""
    if any(":" in own.address for own in network.addresses_of(link.index)):
        return False
    return 0 < link.mtu < IPV6_LEAST_MTU or is_off(link.name)


def _port_of(link: Link, network: Network) -> str:
    """Nothing of a VRF: that only chooses the table of routes."""
    master = network.link(network.name(link.master)) if link.master else None
    return master.name if master is not None and master.kind in _TAKES_WHAT_ARRIVES else ""


def _remark(lasting: list[Address], facts: AddressFacts) -> Symptom | None:
    """What is odd about it, and is a fault where nothing comes back. Some machines live with it."""
    if facts.port_of and facts.routers:
        return Symptom.ADDRESS_ON_PORT
    own = [ip_interface(f"{a.address}/{a.prefix}") for a in lasting if ":" not in a.address]
    return Symptom.ADDRESS_RESERVED if own and all(map(_reserved, own)) else None


def _reserved(own: IPv4Interface | IPv6Interface) -> bool:
    """No machine's, by RFC 1122 section 3.2.1.3; a pair (RFC 3021) and a single address have neither."""
    if own.ip.is_multicast or own.ip.is_loopback or own.ip in _NEVER_GIVEN:
        return True
    return own.network.prefixlen < _PAIR and own.ip in (own.network.network_address, own.network.broadcast_address)


def _lasting(addresses: list[Address]) -> list[Address]:
    """Not those that an interface gives itself."""
    return [a for a in addresses if a.scope == 0 and not a.address.startswith("169.254.")]


def route(network: Network, because: str | None, needed: bool) -> Check[DefaultRouteFacts]:
    """The default route. `needed`: something to be reached has no route of its own."""
    routers = tuple(DefaultRoute(router=r.gateway, interface=network.name(r.index), metric=r.metric) for r in network.default_routes())
    facts = DefaultRouteFacts(routers=routers, needed=needed)
    if network.not_looked:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, network.not_looked, target="default")
    if routers or not needed:
        return check_of(facts, Outcome.PASS, target="default")
    if because:
        return check_of(facts, Outcome.SKIP, because=because, target="default")
    if not network.may_read(Part.ROUTES):
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, network.denied[-1].text, target="default")
    return check_of(facts, Outcome.FAIL, Symptom.NO_DEFAULT_ROUTE, target="default")
