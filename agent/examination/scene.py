"""What a planner is given: the configuration, the terminal's own side of the network, and the ways out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from agent.examination.carried import Carried
from agent.examination.local import Local
from agent.messages.limiter import SendLimiter
from agent.record.said_dates import SaidDates
from agent.settings.load import Loaded
from probes import gateway
from probes.app import Peer
from probes.edge.dns.lookup import Lookup, NameCache
from probes.edge.dns.resolver import fixed_addresses
from probes.edge.net.proxy import Proxy, parse
from probes.ground.addresses import is_address
from probes.model import Kind
from probes.settings import Gateway
from probes.temperature import Movement

IDLE_S, METERED_IDLE_S = 30.0, 130.0  # without traffic on a connection that stays open, before the other side is asked


class Scene(Struct, frozen=True, kw_only=True):
    """`unnamed`: why no name can be looked up, the id of a check; empty where names can be. `held`: why no gateway is looked at yet.
    `movement`: of temperature sensors. `said`: what people said of dates. `now`: by the wall clock, in seconds since the epoch."""

    loaded: Loaded
    local: Local
    lookup: Lookup
    unnamed: str
    proxy: Proxy | None
    limiter: SendLimiter
    reuse: gateway.Reuse
    movement: Movement
    said: SaidDates
    now: float
    held: str = ""

    def obstacle(self, host: str) -> str:
        """Why a host cannot even be tried: the id of a check. Empty where it can be."""
        addresses = [host] if is_address(host) else fixed_addresses(host)
        if not addresses:
            return self.unnamed
        obstacles = [self.local.obstacle(address) for address in addresses]
        return "" if "" in obstacles else obstacles[0]

    def public_names(self) -> tuple[str, ...]:
        """Names that must be found here, whatever the gateways are called."""
        network = self.loaded.settings.network
        return tuple(network.public_names) if network.expect_internet else ()

    def wanted_names(self) -> tuple[str, ...]:
        gateways = self.loaded.settings.gateway
        return (*self.public_names(), *(g.host for g in gateways if not is_address(g.host) and not fixed_addresses(g.host)))


def scene(loaded: Loaded, local: Local, limiter: SendLimiter, carried: Carried, *, anew: bool = True) -> Scene:
    """`anew`: nothing is taken over from an earlier handshake with a gateway."""
    settings = loaded.settings
    lookup, unnamed = _lookup(local, carried.names)
    idle_s = METERED_IDLE_S if local.budget_mb(local.current(), settings) else IDLE_S
    return Scene(
        loaded=loaded,
        local=local,
        lookup=lookup,
        unnamed=unnamed,
        proxy=parse(settings.network.proxy),
        limiter=limiter,
        held=_held(carried.held_s()),
        reuse=gateway.Reuse(pool=carried.pool, sessions=carried.sessions, idle_s=idle_s, anew=anew),
        movement=carried.movement,
        said=carried.said,
        now=carried.clock.wall(),
    )


def peers_of(gateways: Sequence[Gateway]) -> tuple[Peer, ...]:
    """The hosts that the application talks to."""
    return tuple(Peer(gateway=g.name, address=g.host if is_address(g.host) else "", port=g.port) for g in gateways)


def _held(seconds: float) -> str:
    return f"the machine has just started, and not all terminals call at once: looked at in {math.ceil(seconds)} s" if seconds > 0 else ""


def _lookup(local: Local, cache: NameCache) -> tuple[Lookup, str]:
    """How names are looked up, and why they cannot be, where no resolver has a way to it."""
    ipv4, ipv6 = local.families()
    obstacles = {server: local.obstacle(server) for server in local.resolvers.servers}
    how = local.resolvers
    usable = tuple(server for server, obstacle in obstacles.items() if not obstacle)
    because = "" if usable or how.by_system else next(iter(obstacles.values()), Kind.NO_RESOLVER.id())
    return Lookup(
        servers=usable,
        search=how.search,
        ndots=how.ndots,
        by_tcp=how.by_tcp,
        ipv4=ipv4 or not ipv6,
        ipv6=ipv6,
        cache=cache,
        by_system=how.by_system,
    ), because
