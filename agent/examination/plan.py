"""From the configuration and the local view to the list of probes; what has no way out is skipped before it starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from agent.build_date import BUILD_DATE
from agent.diagnosis.views import of_kind
from agent.examination.local import Local
from agent.examination.runner import Probe, Task
from agent.messages.limiter import SendLimiter
from agent.settings.load import Loaded
from probes import app, battery, clock, conflict, disk, dns, gateway, internet, load, memory, ntp, router, serial_port, serial_present
from probes import temperature as heat
from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.dns.resolver import fixed_addresses
from probes.edge.failures import PeerFailed
from probes.edge.net.proxy import Proxy, parse
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Outcome, check_of
from probes.model.facts import FACTS, AddressFacts, InternetFacts, NtpFacts, SerialFacts
from probes.settings import Gateway, SerialDevice

IDLE_S, METERED_IDLE_S = 30.0, 130.0  # without traffic on a connection that stays open, before the other side is asked
_LOCAL_S = 3.0
_REMOTE_S = 9.0
_ROUTER_S = 7.5


class Plan(Struct, frozen=True):
    """Tasks to run side by side, and the checks of what need not be tried. `lookup` and `proxy` serve the follow-ups too."""

    tasks: tuple[Task, ...]
    skipped: tuple[Check[Facts], ...]
    lookup: Lookup
    proxy: Proxy | None


def plan(loaded: Loaded, local: Local, limiter: SendLimiter, *, anew: bool = True) -> Plan:
    """`anew`: nothing is taken over from an earlier handshake with a gateway."""
    settings = loaded.settings
    lookup, because = _lookup(local)
    proxy = parse(settings.network.proxy)
    apps = [_quick(Kind.APP, partial(app.app, wanted), wanted.name) for wanted in settings.app]
    tasks = [*_neighbourhood(local), *_system(loaded), *_serial(loaded), *apps]  # the slowest first
    skipped: list[Check[Facts]] = []

    def remote(task: Task, obstacle: str) -> None:
        if obstacle:
            skipped.append(_skipped(task, obstacle, settings.network.expect_internet))
        else:
            tasks.append(task)

    for task, obstacle in (*_dns(loaded, local), *_internet(loaded, local, lookup, because, proxy)):
        remote(task, obstacle)
    reuse = gateway.Reuse(idle_s=METERED_IDLE_S if local.budget_mb(local.current(), settings) else IDLE_S, anew=anew)
    for wanted in settings.gateway:
        remote(_gateway(wanted, lookup, proxy, limiter, reuse), _obstacle(wanted.host, local, because))
    if not local.resolvers.servers and _wanted_names(loaded):
        skipped.append(dns.not_configured(local.resolvers, needed=True))
    return Plan(tuple(tasks), tuple(skipped), lookup, proxy)


def _skipped(task: Task, because: str, expected: bool) -> Check[Facts]:
    facts = FACTS[task.kind]()
    known = facts.with_(expected=expected) if isinstance(facts, InternetFacts) else facts
    return task.check(Outcome.SKIP, because=because, facts=known)


def _system(loaded: Loaded) -> list[Task]:
    settings = loaded.settings
    paths = dict.fromkeys(settings.system.disk_paths, "system.disk_paths" in loaded.given)
    for key, path in (("agent.state_dir", settings.agent.state_dir), ("agent.log_dir", settings.agent.log_dir)):
        if key in loaded.given:
            paths.setdefault(path, True)
    tasks = [_quick(Kind.DISK, partial(disk.disk, path, named=named), path) for path, named in paths.items()]
    return [
        *tasks,
        _quick(Kind.MEMORY, memory.memory, target="memory"),
        _quick(Kind.LOAD, load.load, target="cpu"),
        _quick(Kind.TEMPERATURE, heat.temperature, target="temperature"),
        _quick(Kind.BATTERY, battery.battery, target="battery"),
        _quick(Kind.CLOCK, partial(clock.clock, BUILD_DATE), target="clock"),
    ]


def _quick(kind: Kind, probe: Callable[[], Check[Facts]], name: str = "", *, target: str | None = None) -> Task:
    """A probe that only reads the kernel, and so takes no deadline."""
    return Task.of(kind, name, lambda _: probe(), _LOCAL_S, target=target)


def _serial(loaded: Loaded) -> list[Task]:
    settings = loaded.settings
    if not settings.serial:
        return [Task.of(Kind.SERIAL_PRESENT, "", serial_present.list_present, 3.0, target="present")]
    apps = tuple(a.process for a in settings.app)
    ports = {device.name: device.port for device in settings.serial}

    def task(device: SerialDevice) -> Task:
        others = tuple(port for other, port in ports.items() if other != device.name and port)
        return Task.of(Kind.SERIAL, device.name, partial(_port, device, apps, others), 6.0)

    return [task(device) for device in settings.serial]


def _port(device: SerialDevice, apps: tuple[str, ...], others: tuple[str, ...], deadline: Deadline) -> Check[SerialFacts]:
    return serial_port.serial_port(device, deadline, apps=apps, others=others)


def _neighbourhood(local: Local) -> list[Task]:
    """Address conflicts and routers of the interfaces that have an address."""
    tasks = []
    for check in of_kind(local.checks, AddressFacts):
        if check.ok and check.facts.addresses:
            name = check.name
            tasks.append(_quick(Kind.CONFLICT, partial(conflict.probe, name, local.network), name))
            for address in dict.fromkeys(check.facts.routers):
                tasks.append(Task.of(Kind.ROUTER, address, partial(router.probe, address, name, local.network), _ROUTER_S))
    return tasks


def _lookup(local: Local) -> tuple[Lookup, str]:
    """How names are looked up, and why they cannot be, where no resolver has a way to it."""
    ipv4, ipv6 = local.families()
    obstacles = {server: local.obstacle(server) for server in local.resolvers.servers}
    usable = tuple(server for server, obstacle in obstacles.items() if not obstacle)
    because = "" if usable else next(iter(obstacles.values()), Kind.NO_RESOLVER.id())
    return Lookup(servers=usable, search=local.resolvers.search, ipv4=ipv4 or not ipv6, ipv6=ipv6), because


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _obstacle(host: str, local: Local, because: str) -> str:
    """Why a host cannot even be tried."""
    addresses = [host] if _is_address(host) else fixed_addresses(host)
    if not addresses:
        return because
    obstacles = [local.obstacle(address) for address in addresses]
    return "" if "" in obstacles else obstacles[0]


def _wanted_names(loaded: Loaded) -> tuple[str, ...]:
    settings = loaded.settings
    return (*_public(loaded), *(g.host for g in settings.gateway if not _is_address(g.host) and not fixed_addresses(g.host)))


def _public(loaded: Loaded) -> tuple[str, ...]:
    network = loaded.settings.network
    return tuple(network.public_names) if network.expect_internet else ()


def _dns(loaded: Loaded, local: Local) -> list[tuple[Task, str]]:
    public = _public(loaded)
    private = tuple(name for name in _wanted_names(loaded) if name not in public)
    ipv4, ipv6 = local.families()

    ipv6_only = ipv6 and not ipv4

    def task(server: str) -> Task:
        return Task.of(Kind.RESOLVER, server, lambda d: dns.probe(server, public, private, d, ipv6_only=ipv6_only), _REMOTE_S)

    return [(task(server), local.obstacle(server)) for server in local.resolvers.servers]


def _internet(loaded: Loaded, local: Local, lookup: Lookup, because: str, proxy: Proxy | None) -> list[tuple[Task, str]]:
    network = loaded.settings.network
    expected = network.expect_internet
    tasks: list[tuple[Task, str]] = []
    for endpoint in network.addresses:
        address, _, port = endpoint.rpartition(":")
        address = address.strip("[]")
        if (":" in address and not lookup.ipv6) or (":" not in address and not lookup.ipv4):
            continue  # a family that this terminal does not have says nothing about it
        probe: Probe = partial(internet.reach, address, int(port), expected)
        tasks.append((Task.of(Kind.REACH, endpoint, probe, _REMOTE_S), local.obstacle(address)))
    if proxy is not None:
        host = proxy.host
        proxied = Task.of(Kind.PROXY, "", lambda d: internet.probe_proxy(proxy, lookup, d), _REMOTE_S, target=f"{host}:{proxy.port}")
        tasks.append((proxied, _obstacle(host, local, because)))
    for number, wanted in enumerate(network.internet_checks, 1):
        host = proxy.host if proxy else urlsplit(wanted.url).hostname or ""
        checked: Probe = partial(internet.check_url, number, wanted, lookup, expected, proxy)
        task = Task.of(Kind.HTTP_CHECK, str(number), checked, _REMOTE_S, target=urlsplit(wanted.url).hostname or "")
        tasks.append((task, _obstacle(host, local, because)))
    tasks += [(_ntp(server, lookup), _obstacle(server, local, because)) for server in network.ntp]
    return tasks


def _ntp(server: str, lookup: Lookup) -> Task:
    return Task.of(Kind.NTP, server, partial(_ask_time, server, lookup), 4.0)


def _ask_time(server: str, lookup: Lookup, deadline: Deadline) -> Check[NtpFacts]:
    try:
        found = names.find(server, lookup, deadline)
    except PeerFailed as failure:
        return check_of(NtpFacts(), Outcome.UNKNOWN, failure.symptom, f"the name was not found ({failure.symptom})", name=server)
    return replace(ntp.ntp(found.addresses[0], deadline), id=Kind.NTP.id(server), target=server)


def _gateway(wanted: Gateway, lookup: Lookup, proxy: Proxy | None, limiter: SendLimiter, reuse: gateway.Reuse) -> Task:
    probe = partial(gateway.probe, wanted, lookup, proxy, limiter.of(wanted), reuse=reuse)
    return Task.of(Kind.GATEWAY, wanted.name, probe, _REMOTE_S, target=f"{wanted.host}:{wanted.port}")
