"""Networks of the terminal's own that stand where something lies that is to be reached: what is sent there leaves by no uplink. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_address, ip_interface

from msgspec.structs import replace

from agent.diagnosis.views import interface_of, of_kind
from probes.edge.kernel.netlink import Link
from probes.edge.kernel.network import Network, is_virtual
from probes.edge.kernel.route import LOOPBACK
from probes.edge.kernel.tunnels import TUNNELS
from probes.model import Check, Facts, Kind, Outcome, Symptom, check_of
from probes.model.facts import LinkFacts, OverlapFacts, Phase, ReachFacts, RemoteFacts, ResolverFacts

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_NOBODY = (
    Symptom.TIMEOUT,
    Symptom.UNREACHABLE,
    Symptom.PROHIBITED,
    Symptom.REFUSED,
    Symptom.PROXY_TIMEOUT,
    Symptom.PROXY_REFUSED,
)


def in_the_way(checks: Sequence[Check[Facts]], network: Network, hardware: frozenset[str] = frozenset()) -> list[Check[Facts]]:
    """One check for each such interface. `network`: as it was read when the examination began. `hardware`: interfaces of which it is known
    that a cable or a radio ends in them."""
    inner = _leading_inwards(network, hardware)
    uplinks = ({check.name for check in of_kind(checks, LinkFacts)} | _routed(network)) - inner
    found: dict[str, list[Check[Facts]]] = {}
    for check in checks:
        interface = interface_of(check)
        routed = interface in inner
        if interface and interface not in uplinks and _is_astray(check, routed=routed) and _of(check, interface, network):
            found.setdefault(interface, []).append(check)
    return [_overlap(interface, lost, network) for interface, lost in found.items()]


def _routed(network: Network) -> set[str]:
    """Interfaces that lead out: by a default route of any table, or by half of one."""
    return {network.name(route.index) for route in network.routes if route.prefix <= 1 and route.kind == 1}


def _leading_inwards(network: Network, hardware: frozenset[str]) -> set[str]:
    """Bridges without a socket among their ports that have a default route, beside another interface that has one: a container engine can
    be told to lead everything into a network of its own."""
    routed = _routed(network)
    bridges = {link for link in network.links if link.kind == "bridge" and link.name in routed}
    with_socket = {link.master for link in network.links if link.name in hardware}
    inner = {bridge.name for bridge in bridges if bridge.index not in with_socket}
    return inner if routed - inner else set()


def _is_astray(check: Check[Facts], *, routed: bool) -> bool:
    """It was looked for on the link itself (`routed`: or past a router), and nobody spoke as who was meant does: of a plain address a
    refusal is no answer here."""
    facts = check.facts
    if check.kind is Kind.BACKUP or not isinstance(facts, RemoteFacts | ResolverFacts):
        return False
    if isinstance(facts, RemoteFacts) and ((facts.via and not routed) or facts.phase not in (None, Phase.TCP)):
        return False
    refused = isinstance(facts, ReachFacts) and check.ok and facts.answer == "refused"
    return refused or (check.failed and check.symptom in _NOBODY)


def _of(check: Check[Facts], interface: str, network: Network) -> str:
    """What has the network: itself, bridge, socket; empty where it may well be meant to lead there."""
    address = ip_address(_address(check))
    if address.is_loopback or address.is_link_local or address.is_unspecified:  # a list of blocked names gives such
        return ""
    if interface == LOOPBACK:
        return "itself"
    link = network.link(interface)
    if link is None or link.kind in TUNNELS or link.kind == "ppp":
        return ""
    if link.kind == "bridge":
        return "bridge"
    return "" if _is_meant(check) and not is_virtual(link) else "socket"


def _address(check: Check[Facts]) -> str:
    facts = check.facts
    return (facts.address or "0.0.0.0") if isinstance(facts, RemoteFacts) else check.target.split("%", 1)[0]  # noqa: S104 - of nobody


def _is_meant(check: Check[Facts]) -> bool:
    """A private address that was typed in: somebody meant a machine behind that socket."""
    named = isinstance(check.facts, RemoteFacts) and bool(check.facts.resolver)
    address = ip_address(_address(check))
    return not named and (address.is_private if address.version == 6 else any(address in block for block in _PRIVATE))


def _overlap(interface: str, lost: Sequence[Check[Facts]], network: Network) -> Check[Facts]:
    addresses = tuple(dict.fromkeys(_address(check) for check in lost))
    inside = _network(interface, addresses[0], network)
    facts = OverlapFacts(
        interface=_holder(interface, addresses[0], network), network=inside, of=_of(lost[0], interface, network), addresses=addresses
    )
    made = check_of(facts, Outcome.FAIL, Symptom.OWN_NETWORK, name=interface, target=inside)
    return replace(made, observed_at=lost[0].observed_at)


def _holder(interface: str, address: str, network: Network) -> str:
    """On which interface the terminal's own address stands, to which the way leads over loopback."""
    own = next((own for own in network.addresses if own.address == address), None)
    return network.name(own.index) if interface == LOOPBACK and own is not None else interface


def _network(interface: str, address: str, network: Network) -> str:
    """The narrowest own network that holds the address; the address itself where it is the terminal's own."""
    link: Link | None = network.link(interface)
    if link is None or interface == LOOPBACK:
        return address
    wanted = ip_address(address)
    nets = [ip_interface(f"{own.address}/{own.prefix}").network for own in network.addresses_of(link.index)]
    nets += [ip_interface(f"{r.destination}/{r.prefix}").network for r in network.routes if r.index == link.index and not r.gateway]
    fits = [each for each in nets if each.version == wanted.version and wanted in each]
    fits = fits or [each for each in nets if each.version == wanted.version]  # a router in it leads there
    return str(max(fits, key=lambda each: each.prefixlen)) if fits else address
