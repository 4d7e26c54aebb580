"""Has the interface an address, and does anything lead out of it?"""

from __future__ import annotations

from probes.edge.kernel.netlink import IFF_POINTOPOINT, Address
from probes.edge.kernel.network import Network, Part
from probes.model import Check, Kind, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, DefaultRoute, DefaultRouteFacts


def probe(interface: str, network: Network, because: str | None, carries: tuple[str, ...] = ()) -> Check[AddressFacts]:
    """`because` is the failed link check that makes looking for an address pointless. `carries`: interfaces whose packets travel on it:
    where one of them has an address, this one needs none."""
    link = network.link(interface)
    if because or link is None:
        return check_of(AddressFacts(), Outcome.SKIP, because=because or Kind.LINK.id(interface), name=interface)
    own = [a for a in network.addresses_of(link.index) if not a.tentative]
    lasting = _lasting(own)
    facts = AddressFacts(
        addresses=tuple(f"{a.address}/{a.prefix}" for a in own),
        routers=tuple(r.gateway for r in network.default_routes() if r.index == link.index and r.gateway),
        point_to_point=bool(link.flags & IFF_POINTOPOINT),
    )
    above = [found for name in carries if (found := network.link(name)) is not None]
    if lasting or any(_lasting(network.addresses_of(upper.index)) for upper in above):
        return check_of(facts, Outcome.PASS, name=interface)
    if not network.may_read(Part.ADDRESSES):
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, network.denied[0].text, name=interface)
    symptom = Symptom.LINK_LOCAL_ONLY if any(a.address.startswith("169.254.") for a in own) else Symptom.NO_ADDRESS
    return check_of(facts, Outcome.FAIL, symptom, name=interface)


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
