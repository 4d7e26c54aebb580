"""Does another machine use our address? A probe as RFC 5227 has it: sender 0.0.0.0, so nobody's cache is touched."""

from __future__ import annotations

from probes.edge.kernel.netlink import ARPHRD_ETHER, IFF_NOARP
from probes.edge.kernel.network import Network
from probes.edge.net import arp
from probes.model import Check, Layer, Outcome, Symptom

_WAIT_S = 0.2  # a machine on the same wire answers within a few milliseconds


def probe(interface: str, network: Network) -> Check:
    """Fails with the other's MAC. Needs CAP_NET_RAW; IPv6 has this built in (duplicate address detection, RFC 4862)."""
    check_id = f"address:conflict:{interface}"
    link = network.link(interface)
    if link is not None:
        for entry in network.addresses:
            if entry.index == link.index and entry.duplicate:
                return Check(
                    id=check_id, layer=Layer.ADDRESS, target=entry.address, outcome=Outcome.FAIL, symptom=Symptom.ADDRESS_CONFLICT,
                    facts={"address": entry.address, "interface": interface},
                )  # fmt: skip
    addresses = [a.address for a in network.addresses_of(link.index) if ":" not in a.address and a.scope == 0] if link else []
    if link is None or not addresses or link.hardware != ARPHRD_ETHER or link.flags & IFF_NOARP or not link.mac:
        return Check(id=check_id, layer=Layer.ADDRESS, target=interface, outcome=Outcome.SKIP, because="no IPv4 on Ethernet here")
    own = addresses[0]
    facts = {"address": own, "interface": interface}
    try:
        claims = arp.ask(interface, link.mac, "0.0.0.0", own, _WAIT_S, first=False, tries=2)  # noqa: S104 - RFC 5227's sender
    except PermissionError:
        return Check(
            id=check_id,
            layer=Layer.ADDRESS,
            target=own,
            outcome=Outcome.UNKNOWN,
            symptom=Symptom.DENIED,
            because="CAP_NET_RAW",
            facts=facts,
        )
    except OSError as error:
        return Check(
            id=check_id, layer=Layer.ADDRESS, target=own, outcome=Outcome.UNKNOWN, because=error.strerror or "ARP not possible", facts=facts
        )
    foreign = [mac for mac in claims if mac not in network.own_macs()]
    if foreign:
        return Check(
            id=check_id, layer=Layer.ADDRESS, target=own, outcome=Outcome.FAIL, symptom=Symptom.ADDRESS_CONFLICT,
            facts=facts | {"mac": foreign[0]},
        )  # fmt: skip
    return Check(id=check_id, layer=Layer.ADDRESS, target=own, outcome=Outcome.PASS, facts=facts)
