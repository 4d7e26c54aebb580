"""Has the interface an address, and does anything lead out of it?"""

from __future__ import annotations

from typing import Any

from probes.edge.kernel.netlink import IFF_POINTOPOINT
from probes.edge.kernel.network import Network
from probes.model import Check, Layer, Outcome, Symptom


def probe(interface: str, network: Network, because: str | None) -> Check:
    """`because` is the failed link check that makes looking for an address pointless."""
    check_id = f"address:{interface}"
    link = network.link(interface)
    if because or link is None:
        return Check(id=check_id, layer=Layer.ADDRESS, target=interface, outcome=Outcome.SKIP, because=because or f"link:{interface}")
    own = [a for a in network.addresses_of(link.index) if not a.tentative]
    lasting = [a for a in own if a.scope == 0 and not a.address.startswith("169.254.")]
    facts: dict[str, Any] = {
        "addresses": [f"{a.address}/{a.prefix}" for a in own],
        "routers": [r.gateway for r in network.default_routes() if r.index == link.index and r.gateway],
        "point_to_point": bool(link.flags & IFF_POINTOPOINT),
    }
    if lasting:
        return Check(id=check_id, layer=Layer.ADDRESS, target=interface, outcome=Outcome.PASS, facts=facts)
    if any(part.startswith("addresses") for part in network.missing):
        return Check(
            id=check_id, layer=Layer.ADDRESS, target=interface, outcome=Outcome.UNKNOWN, symptom=Symptom.DENIED,
            because=network.missing[0], facts=facts,
        )  # fmt: skip
    symptom = Symptom.LINK_LOCAL_ONLY if any(a.address.startswith("169.254.") for a in own) else Symptom.NO_ADDRESS
    return Check(id=check_id, layer=Layer.ADDRESS, target=interface, outcome=Outcome.FAIL, symptom=symptom, facts=facts)


def route(network: Network, because: str | None, needed: bool) -> Check:
    """The default route. `needed`: something to be reached has no route of its own."""
    routers = [
        {"router": r.gateway, "interface": network.name(r.index), "metric": r.metric} for r in network.default_routes()
    ]  # fmt: skip
    facts = {"routers": routers, "needed": needed}
    if routers or not needed:
        return Check(id="address:route", layer=Layer.ADDRESS, target="default", outcome=Outcome.PASS, facts=facts)
    if because:
        return Check(id="address:route", layer=Layer.ADDRESS, target="default", outcome=Outcome.SKIP, because=because, facts=facts)
    if any("route" in part for part in network.missing):
        return Check(
            id="address:route", layer=Layer.ADDRESS, target="default", outcome=Outcome.UNKNOWN, symptom=Symptom.DENIED,
            because=network.missing[-1], facts=facts,
        )  # fmt: skip
    return Check(
        id="address:route", layer=Layer.ADDRESS, target="default", outcome=Outcome.FAIL, symptom=Symptom.NO_DEFAULT_ROUTE, facts=facts
    )
