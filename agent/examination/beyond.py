"""Planners of what lies beyond the router: name servers, the Internet, time, the gateways."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from msgspec.structs import replace

from agent.examination.planned import Planned
from agent.examination.runner import Probe, Task
from agent.examination.scene import Scene
from probes import dns, gateway, internet, name_cost, ntp
from probes.edge.dns import lookup as names
from probes.edge.dns import wire
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Outcome, check_of
from probes.model.facts import NtpFacts

_REMOTE_S, _NTP_S = 9.0, 4.0
_MOST_COSTS = 4


def resolvers(scene: Scene) -> Iterator[Planned]:
    public = scene.public_names()
    private = tuple(name for name in scene.wanted_names() if name not in public)
    ipv4, ipv6 = scene.local.families()
    for server in scene.local.resolvers.servers:
        probe: Probe = partial(dns.probe, server, public, private, ipv6_only=ipv6 and not ipv4, by_tcp=scene.lookup.by_tcp)
        yield Planned(Task.of(Kind.RESOLVER, server, probe, _REMOTE_S), scene.local.obstacle(server))


def name_costs(scene: Scene) -> Iterator[Planned]:
    """Of the gateways' names, or else of one that must be found here."""
    config = scene.local.resolvers
    if scene.unnamed or config.by_system or "use-vc" in config.options:
        return
    ipv4, ipv6 = scene.local.asked_families()
    kinds = ([wire.A] if ipv4 or not ipv6 else []) + ([wire.AAAA] if ipv6 and "no-aaaa" not in config.options else [])
    proxied = ("http", "https") if scene.proxy is not None else ()
    hosts = [g.host for g in scene.loaded.settings.gateway if g.protocol.value not in proxied and g.host in scene.wanted_names()]
    for host in list(dict.fromkeys(hosts))[:_MOST_COSTS] or scene.public_names()[:1]:
        if kinds and "." in host.rstrip("."):
            yield Planned(Task.of(Kind.NAME_COST, host, partial(name_cost.probe, host, config.listed, kinds, config.options), _REMOTE_S))


def no_resolver(scene: Scene) -> Iterator[Check[Facts]]:
    """Where the system names none, and names are needed."""
    if not scene.local.resolvers.servers and not scene.local.resolvers.by_system and scene.wanted_names():
        yield dns.not_configured(scene.local.resolvers, needed=True)


def plain_addresses(scene: Scene) -> Iterator[Planned]:
    """A family that this terminal does not have says nothing about it."""
    network = scene.loaded.settings.network
    for endpoint in network.addresses:
        address, _, port = endpoint.rpartition(":")
        address = address.strip("[]")
        if scene.lookup.ipv6 if ":" in address else scene.lookup.ipv4:
            probe: Probe = partial(internet.reach, address, int(port), network.expect_internet)
            yield Planned(Task.of(Kind.REACH, endpoint, probe, _REMOTE_S), scene.local.obstacle(address))


def proxies(scene: Scene) -> Iterator[Planned]:
    proxy = scene.proxy
    if proxy is not None:
        probe: Probe = partial(internet.probe_proxy, proxy, scene.lookup)
        yield Planned(Task.of(Kind.PROXY, "", probe, _REMOTE_S, target=f"{proxy.host}:{proxy.port}"), scene.obstacle(proxy.host))


def http_checks(scene: Scene) -> Iterator[Planned]:
    network, proxy = scene.loaded.settings.network, scene.proxy
    for number, wanted in enumerate(network.internet_checks, 1):
        host = urlsplit(wanted.url).hostname or ""
        probe: Probe = partial(internet.check_url, number, wanted, scene.lookup, network.expect_internet, proxy)
        task = Task.of(Kind.HTTP_CHECK, str(number), probe, _REMOTE_S, target=host)
        yield Planned(task, scene.obstacle(proxy.host if proxy else host))


def time_servers(scene: Scene) -> Iterator[Planned]:
    for server in scene.loaded.settings.network.ntp:
        yield Planned(Task.of(Kind.NTP, server, partial(_ask_time, server, scene.lookup), _NTP_S), scene.obstacle(server))


def gateways(scene: Scene) -> Iterator[Planned]:
    for wanted in scene.loaded.settings.gateway:
        probe: Probe = partial(gateway.probe, wanted, scene.lookup, scene.proxy, scene.limiter.of(wanted), reuse=scene.reuse)
        task = Task.of(Kind.GATEWAY, wanted.name, probe, _REMOTE_S, target=f"{wanted.host}:{wanted.port}")
        yield Planned(task, scene.obstacle(wanted.host))


def _ask_time(server: str, lookup: Lookup, deadline: Deadline) -> Check[NtpFacts]:
    try:
        found = names.find(server, lookup, deadline)
    except PeerFailed as failure:
        return check_of(NtpFacts(), Outcome.UNKNOWN, failure.symptom, f"the name was not found ({failure.symptom})", name=server)
    return replace(ntp.ntp(found.addresses[0], deadline), id=Kind.NTP.id(server), target=server)
