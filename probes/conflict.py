"""Does another machine use our address? A probe as RFC 5227 has it: sender 0.0.0.0, so nobody's cache is touched."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from random import SystemRandom

from probes.edge.kernel.netlink import ARPHRD_ETHER, IFF_NOARP, Link
from probes.edge.kernel.network import Network, Part
from probes.edge.net import arp
from probes.ground.shortage import lacking
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import ConflictFacts

_ASKED = 3  # addresses that nobody has: one machine may have two by chance, hardly three
_DRAWN = 3 * _ASKED
_SPACIOUS = 16
_SELF_MADE = ip_network("169.254.0.0/16")
_WAIT_S = 0.2  # a machine on the same wire answers within a few milliseconds


def refused(interface: str, network: Network) -> str:
    """An address that the kernel keeps and does not use: another machine said that it has it. IPv6 has this built in (duplicate address
    detection, RFC 4862)."""
    link = network.link(interface)
    return next((a.address for a in network.addresses if link is not None and a.index == link.index and a.duplicate), "")


def probe(interface: str, network: Network) -> Check[ConflictFacts]:
    """Fails with the other's MAC. Needs CAP_NET_RAW, but where the kernel has asked for itself."""
    link = network.link(interface)
    if taken := refused(interface, network):
        facts = ConflictFacts(address=taken, interface=interface)
        return check_of(facts, Outcome.FAIL, Symptom.ADDRESS_CONFLICT, name=interface, target=taken)
    if link is not None and not link.mac and not network.may_read(Part.NETLINK):
        return check_of(ConflictFacts(), Outcome.UNKNOWN, Symptom.DENIED, rights.NETLINK.missing(), name=interface)
    addresses = [a.address for a in network.addresses_of(link.index) if ":" not in a.address and a.scope == 0] if link else []
    if link is None or not addresses or link.hardware != ARPHRD_ETHER or link.flags & IFF_NOARP or not link.mac:
        return check_of(ConflictFacts(), Outcome.SKIP, because="no IPv4 on Ethernet here", name=interface)
    own = addresses[0]
    facts = ConflictFacts(address=own, interface=interface)
    try:
        claims = arp.ask(interface, link.mac, "0.0.0.0", own, _WAIT_S, first=False, tries=2)  # noqa: S104 - RFC 5227's sender
    except PermissionError:
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, rights.NET_RAW.missing(), name=interface, target=own)
    except OSError as error:
        because = lacking(error) or error.strerror or "ARP not possible"
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, because, name=interface, target=own)
    foreign = [mac for mac in claims if mac not in network.own_macs()]
    if foreign:
        everybody = _answering_for_all(link, own, network)
        theirs = [mac for mac in foreign if mac not in everybody]
        if theirs:
            return check_of(facts.with_(mac=theirs[0]), Outcome.FAIL, Symptom.ADDRESS_CONFLICT, name=interface, target=own)
        facts = facts.with_(proxy_mac=foreign[0])
    return check_of(facts, Outcome.PASS, name=interface, target=own)


def _answering_for_all(link: Link, own: str, network: Network) -> set[str]:
    """MAC addresses that say of addresses which nobody has that they have them (proxy ARP): of ours they say it as well."""
    everybody: set[str] | None = None
    for address in _nobodys(link, own, network):
        try:
            claims = set(arp.ask(link.name, link.mac, "0.0.0.0", address, _WAIT_S, first=False, tries=1))  # noqa: S104
        except OSError:
            return set()
        everybody = claims if everybody is None else everybody & claims
        if not everybody:
            return set()
    return everybody or set()


def _nobodys(link: Link, own: str, network: Network) -> list[str]:
    """Addresses of the subnet of which nothing was heard, by chance; where it has none to spare, such as machines give themselves."""
    prefix = next((a.prefix for a in network.addresses_of(link.index) if a.address == own), 32)
    subnet = ip_interface(f"{own}/{prefix}").network
    if subnet.num_addresses < _SPACIOUS:
        subnet = _SELF_MADE
    known = {own, *(n.address for n in network.neighbours), *(r.gateway for r in network.routes), *network.local_addresses()}
    drawn = (str(subnet[SystemRandom().randrange(1, subnet.num_addresses - 1)]) for _ in range(_DRAWN))
    return [address for address in dict.fromkeys(drawn) if address not in known][:_ASKED]
