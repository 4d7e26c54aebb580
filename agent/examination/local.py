"""What can be seen without a packet: links, addresses, the default route, and which targets have a way out."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from msgspec import Struct
from msgspec.structs import replace

from agent.diagnosis.views import first_of, knows, of_kind
from agent.examination.result import Memory
from agent.settings.model import Settings
from probes import address, link
from probes.edge.dns import resolver
from probes.edge.failures import CannotTell
from probes.edge.kernel import arrivals
from probes.edge.kernel import network as kernel
from probes.edge.kernel.arrivals import Arrivals
from probes.edge.kernel.carriers import Carried, carried
from probes.edge.kernel.network import Network
from probes.edge.kernel.route import has_route, way_to
from probes.edge.kernel.uplink import UplinkTarget, choose
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import DefaultRouteFacts, LinkFacts
from probes.settings import UplinkKind

CELLULAR_MB = 10  # a month, where the configuration names no budget


class Local(Struct, frozen=True):
    """The terminal's own side of the network, and the checks that came of it. `counted`: what had arrived until now."""

    network: Network
    uplinks: tuple[UplinkTarget, ...]
    resolvers: resolver.ResolverConfig
    checks: tuple[Check[Facts], ...]
    counted: Arrivals | None = None

    def broken(self) -> str:
        """The lowest failed check that explains why nothing leads out; empty where none does."""
        failed = [c for c in self.checks if c.failed]
        return failed[0].id if failed else ""

    def obstacle(self, target: str) -> str:
        """The check because of which no packet can go to an address: no route, no carrier, no address on that interface.

        A default route that leads elsewhere (to the other family) is no obstacle to name: the probe itself finds no route.
        """
        bare = target.split("%", 1)[0]
        if ip_address(bare).is_loopback:
            return ""
        if not has_route(target):
            route = first_of(self.checks, DefaultRouteFacts)
            return self.broken() or ("" if route is not None and route.facts.routers else Kind.DEFAULT_ROUTE.id())
        way = way_to(bare)
        return next((check.id for check in self.checks if check.failed and way is not None and way.interface in _named(check)), "")

    def current(self) -> str:
        """The interface that leads out; empty where none does."""
        return next((self.network.name(route.index) for route in self.network.default_routes()), "")

    def budget_mb(self, interface: str, settings: Settings) -> int:
        """What the agent may send and receive over it in a month; 0: any amount."""
        configured = next((uplink for uplink in settings.uplink if uplink.interface == interface), None)
        if configured is not None and isinstance(configured.monthly_mb, int):
            return configured.monthly_mb
        kind = next((uplink.kind for uplink in self.uplinks if uplink.interface == interface), None)
        return CELLULAR_MB if kind is UplinkKind.CELLULAR else 0

    def budgets(self, settings: Settings) -> dict[str, int]:
        """Of every uplink that has one."""
        every = {uplink.interface: self.budget_mb(uplink.interface, settings) for uplink in self.uplinks}
        return {interface: budget for interface, budget in every.items() if budget}

    def by_interface(self, spent: dict[str, int]) -> dict[str, int]:
        """Bytes by the interface to which a local address belongs."""
        names = {own.address: self.network.name(own.index) for own in self.network.addresses} | {n.name: n.name for n in self.network.links}
        found: dict[str, int] = {}
        for where, amount in spent.items():
            if where in names:
                found[names[where]] = found.get(names[where], 0) + amount
        return found

    def asked_families(self) -> tuple[bool, bool]:
        """Which the C library asks for (AI_ADDRCONFIG, getaddrinfo(3)): IPv6 too where there is but an address of the link's own."""
        own = [ip_address(a.address.split("%", 1)[0]) for a in self.network.addresses]
        beside = [a for a in own if not a.is_loopback]
        return any(a.version == 4 for a in beside), any(a.version == 6 for a in beside)

    def families(self) -> tuple[bool, bool]:
        """Whether there is an IPv4 and an IPv6 address that reaches beyond the link."""
        lasting = [a.address for a in self.network.addresses if a.scope == 0]
        return any(":" not in a for a in lasting), any(":" in a for a in lasting)


def examine(settings: Settings, memory: Memory) -> Local:
    """Reads the kernel once, and makes the link and address checks of every uplink."""
    network, uplinks = _uplinks(settings, memory)
    servers = resolver.configured()
    above = _carried(network)
    checks: list[Check[Facts]] = []
    for uplink in uplinks:
        carries = above.get(uplink.interface, ())
        seen = link.probe(uplink, network, carries=carries)
        checks += [seen, address.probe(uplink.interface, network, None if seen.ok else seen.id, carries, servers=servers.servers)]
    checks = _follow_carriers(checks)
    addressed = [c for c in checks if c.kind is Kind.ADDRESS]
    because = None if any(c.ok for c in addressed) else next((c.because or c.id for c in addressed), None)
    checks.append(address.route(network, because, _needs_default_route(settings, servers)))
    return Local(network, uplinks, servers, tuple(sorted(checks, key=lambda c: c.layer is not Layer.LINK)), _counted())


def _counted() -> Arrivals | None:
    try:
        return arrivals.read()
    except CannotTell:
        return None


def _named(check: Check[Facts]) -> tuple[str, ...]:
    """The interfaces of which a check speaks: of a link also those whose packets travel on it."""
    return (check.name, *check.facts.carries) if knows(check, LinkFacts) else (check.name,)


def _carried(network: Network) -> Carried:
    try:
        return carried(network)
    except CannotTell:
        return {}


def _follow_carriers(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """What an interface that has no carrier carries has none for that reason."""
    broken = {name: c.id for c in of_kind(checks, LinkFacts) if c.failed for name in c.facts.carries}

    def followed(check: Check[Facts]) -> Check[Facts]:
        because = broken.get(check.name)
        if because is None or check.ok:
            return check
        return replace(check, outcome=Outcome.SKIP, because=because)

    return [followed(check) for check in checks]


def _uplinks(settings: Settings, memory: Memory) -> tuple[Network, tuple[UplinkTarget, ...]]:
    network = kernel.read()
    try:
        return network, tuple(choose(settings.uplink, network, memory.good_uplinks, memory.used_uplinks))
    except CannotTell as trouble:  # what they are could not be looked at: then only their names are known
        network = Network(not_looked=trouble.text)
        return network, tuple(choose(settings.uplink, network, memory.good_uplinks, memory.used_uplinks))


def _needs_default_route(settings: Settings, known: resolver.ResolverConfig) -> bool:
    """Whether something to be reached has no route of its own: a gateway, or without any the Internet."""
    if not settings.gateway:
        return settings.network.expect_internet
    names_reachable = any(has_route(server) for server in known.servers)
    for gateway in settings.gateway:
        addresses = _addresses_known(gateway.host)
        if not (any(has_route(address) for address in addresses) if addresses else names_reachable):
            return True
    return False


def _addresses_known(host: str) -> Sequence[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        return resolver.fixed_addresses(host)
