"""What the first answers call for: loss samples where packets went missing, and the backup uplink where the first path fails.

Where answers are slow, the samples are taken while the slowest probes still run: a person waits for the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agent.diagnosis.evidence import contacted, silent
from agent.diagnosis.views import REMOTE, interface_of, of_kind, own_way, round_trip_ms
from agent.examination.runner import Task
from agent.examination.scene import Scene
from agent.examination.tunnels import carrying
from agent.settings.load import Loaded
from probes import backup, loss
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import (
    AddressFacts,
    GatewayFacts,
    HttpCheckFacts,
    InternetFacts,
    LossFacts,
    RemoteFacts,
    ResolverFacts,
    RouterFacts,
)

Target = tuple[str, int, str]  # address, port, and the interface that leads there; empty where that is not known
_WAITED_MS = 1500.0  # an answer that took so long may have been sent again by the other side, which we cannot see
_REPEATED_AFTER_MS = 200.0  # the least that a Linux host waits before it sends data again (TCP_RTO_MIN)
_HANDSHAKE_TRIPS = 3  # of TLS 1.2 and older, with one to spare
_SAMPLING_S = 9.0
_BACKUP_S = 5.0
EARLY_S = 3.0  # an examination that has taken so long does not wait for its last probe before it samples


def loss_samples(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """`checks`: of all probes. Loss that was sampled early is not sampled again."""
    sampled = any(check.kind is Kind.LOSS for check in checks)
    return [] if sampled else _sampling(checks, scene.loaded)


def early_loss_samples(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """`checks`: of the probes that have ended so far. Only what they saw counts, not what they have yet to see."""
    seen = [check for check in checks if contacted(check)]
    return _sampling(seen, scene.loaded) if _repeated_or_late(seen, scene.loaded.settings.network.latency_ms) else []


def _suspicious(checks: Sequence[Check[Facts]], latency_ms: float) -> bool:
    """Packets pass, and some were lost or late. A dead check host among living ones is no reason: it is only dead."""
    remote = [c for c in own_way(checks) if c.layer in REMOTE]
    passing = [c for c in remote if contacted(c)]
    if not passing:
        return False
    troubled = _repeated_or_late(passing, latency_ms)
    quiet = {c.layer for c in remote if silent(c)}
    all_quiet = {layer for layer in quiet if all(silent(c) for c in remote if c.layer is layer and c.outcome is not Outcome.SKIP)}
    if any(c.layer is Layer.GATEWAY and c.ok for c in passing) and not troubled:
        return Layer.DNS in all_quiet  # payments pass, and nothing had to be sent twice
    return troubled or bool(all_quiet) or Layer.GATEWAY in quiet


def _repeated_or_late(passing: Sequence[Check[Facts]], latency_ms: float) -> bool:
    return any(
        _sent_again(c.facts) or _slow_handshake(c.facts) or round_trip_ms(c) > latency_ms or (c.ok and c.took_ms > _WAITED_MS)
        for c in own_way(passing)
        if c.layer in REMOTE and c.kind is not Kind.NAME_COST  # it waits for what others do not wait for
    )


def _sent_again(facts: Facts) -> bool:
    if isinstance(facts, RemoteFacts):
        return bool(facts.retransmits) or max(facts.tries or 1, facts.name_tries or 1) > 1
    return isinstance(facts, ResolverFacts) and (facts.tries or 1) > 1


def _slow_handshake(facts: Facts) -> bool:
    """Something of it was sent again."""
    if not isinstance(facts, GatewayFacts):
        return False
    return (facts.handshake_ms or 0.0) > _REPEATED_AFTER_MS + _HANDSHAKE_TRIPS * (facts.connect_ms or 0.0)


def _sampling(checks: Sequence[Check[Facts]], loaded: Loaded) -> list[Task]:
    network = loaded.settings.network
    if not _suspicious(checks, network.latency_ms):
        return []
    answering = [c for c in of_kind(own_way(checks), RemoteFacts) if c.layer is Layer.INTERNET and contacted(c) and c.facts.address]
    tried = [c for c in of_kind(checks, InternetFacts) if c.facts.port and c.facts.expected and silent(c)]
    # of two families the one in trouble first: the other one's packets may take another way
    remote = [c for c in of_kind(own_way(checks), RemoteFacts) if c.facts.address]
    late = [c for c in remote if _repeated_or_late([c], network.latency_ms)]
    wanted = [c for c in of_kind(remote, GatewayFacts) if silent(c) or c in late] or late
    troubled = {":" in (c.facts.address or "") for c in wanted}
    nearest = sorted(answering or tried, key=lambda c: bool(troubled) and (":" in (c.facts.address or "")) not in troubled)
    targets: list[Target] = [(c.facts.address or "", _port(c), interface_of(c)) for c in nearest]
    # one that answered otherwise may only have lost the first echo; one that never answers any proves nothing
    answered = [c for c in of_kind(checks, RouterFacts) if c.facts.answered_by in ("icmp", "udp", "arp")]
    routers = [(c.name, c.facts.interface or "") for c in sorted(answered, key=lambda c: c.facts.answered_by != "icmp")]
    if not targets and not routers:
        return []
    interface = targets[0][2] if targets else routers[0][1]

    # the fastest: where packets are lost, most round trips hold the wait for a repetition
    usual_ms = min((c.facts.rtt_ms for c in answering if c.facts.rtt_ms), default=0.0)

    def sample(deadline: Deadline) -> list[Check[LossFacts]]:
        first = _series(interface, targets, routers, 0, network.loss_samples, usual_ms, deadline)
        if first is None:
            return []
        facts = first.facts
        if (facts.loss_percent or 0.0) < network.loss_percent / 2 or (not answering and facts.lost == facts.sent):
            return [first]  # few, or nobody at all answers there: more samples would say the same
        second = _series(interface, targets, routers, 1, network.loss_samples, usual_ms, deadline)
        return [loss.together(first, second) if second is not None else first]

    return [Task.of(Kind.LOSS, interface, sample, _SAMPLING_S)]


def _series(
    interface: str,
    targets: list[Target],
    routers: list[tuple[str, str]],
    series: int,
    samples: int,
    usual_ms: float,
    deadline: Deadline,
) -> Check[LossFacts] | None:
    """One series; the second turn goes to another target where there is one."""
    if targets:
        address, port, _ = targets[min(series, len(targets) - 1)]
        return loss.by_tcp(interface, address, port, samples, usual_ms, deadline)
    return loss.by_icmp(interface, routers[0][0], samples, deadline)


def _port(check: Check[RemoteFacts]) -> int:
    if check.facts.port is not None:
        return check.facts.port
    return 443 if isinstance(check.facts, HttpCheckFacts) and (check.facts.url or "").startswith("https:") else 80


def backups(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """Every other uplink that has an address and a route is tried for real where no gateway (or no Internet) is reached."""
    local, settings = scene.local, scene.loaded.settings
    gateways = of_kind(checks, GatewayFacts)
    wanted: list[Check[Facts]] = [*gateways] or [c for c in checks if c.layer is Layer.INTERNET]
    if not wanted or any(c.ok for c in wanted) or scene.held:
        return []
    addressed = [c.name for c in of_kind(checks, AddressFacts) if c.ok and c.facts.addresses]
    routed = {local.network.name(route.index) for route in local.network.routes if route.prefix == 0}
    current = next((local.network.name(route.index) for route in local.network.default_routes()), "")
    known = {c.name: c.facts.address for c in gateways if c.facts.address}
    lines = {line.interface for line in carrying(checks, local.network).values()}
    network = settings.network
    plain = [endpoint.rpartition(":") for endpoint in network.addresses if network.expect_internet]
    addresses = [(address.strip("[]"), int(port)) for address, _, port in plain[:2]]
    return [
        Task.of(Kind.BACKUP, name, probe, _BACKUP_S)
        for name in addressed
        if name in routed and name != current and name not in lines
        for probe in [partial(backup.probe, name, settings.gateway, addresses, known, scene.lookup)]
    ]
