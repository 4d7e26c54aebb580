"""Does another machine use our address? A probe as RFC 5227 has it: sender 0.0.0.0, so nobody's cache is touched."""

from __future__ import annotations

from probes.edge.kernel.netlink import ARPHRD_ETHER, IFF_NOARP
from probes.edge.kernel.network import Network
from probes.edge.net import arp
from probes.ground.shortage import lacking
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import ConflictFacts

_WAIT_S = 0.2  # a machine on the same wire answers within a few milliseconds


def probe(interface: str, network: Network) -> Check[ConflictFacts]:
    """Fails with the other's MAC. Needs CAP_NET_RAW; IPv6 has this built in (duplicate address detection, RFC 4862)."""
    link = network.link(interface)
    if link is not None:
        for entry in network.addresses:
            if entry.index == link.index and entry.duplicate:
                facts = ConflictFacts(address=entry.address, interface=interface)
                return check_of(facts, Outcome.FAIL, Symptom.ADDRESS_CONFLICT, name=interface, target=entry.address)
    addresses = [a.address for a in network.addresses_of(link.index) if ":" not in a.address and a.scope == 0] if link else []
    if link is None or not addresses or link.hardware != ARPHRD_ETHER or link.flags & IFF_NOARP or not link.mac:
        return check_of(ConflictFacts(), Outcome.SKIP, because="no IPv4 on Ethernet here", name=interface)
    own = addresses[0]
    facts = ConflictFacts(address=own, interface=interface)
    try:
        claims = arp.ask(interface, link.mac, "0.0.0.0", own, _WAIT_S, first=False, tries=2)  # noqa: S104 - RFC 5227's sender
    except PermissionError:
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, "CAP_NET_RAW", name=interface, target=own)
    except OSError as error:
        because = lacking(error) or error.strerror or "ARP not possible"
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, because, name=interface, target=own)
    foreign = [mac for mac in claims if mac not in network.own_macs()]
    if foreign:
        return check_of(facts.with_(mac=foreign[0]), Outcome.FAIL, Symptom.ADDRESS_CONFLICT, name=interface, target=own)
    return check_of(facts, Outcome.PASS, name=interface, target=own)
