"""A follow-up: where nothing comes back through a tunnel, its other end and the line below it are asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agent.diagnosis.evidence import SILENCE, contacted
from agent.diagnosis.views import REMOTE, interface_of, of_kind, own_way
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import tunnel
from probes.edge.kernel.network import Network
from probes.edge.kernel.tunnels import Line, line_below
from probes.model import Check, Facts, Kind, Outcome
from probes.model.facts import LinkFacts

_TUNNEL_S = 6.0
_MOST_ADDRESSES = 2


def tunnels(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """`checks`: with their dependencies settled: what lies behind a tunnel that has no carrier was skipped for that."""
    network = scene.local.network
    remote = [check for check in own_way(checks) if check.layer in REMOTE]
    heard = {interface_of(check) for check in remote if contacted(check)}
    quiet = [interface_of(c) for c in remote if c.symptom in SILENCE and c.outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.SKIP)]
    lost = [name for name in dict.fromkeys(filter(None, quiet)) if name not in heard]
    asked = scene.loaded.settings.network
    plain = [endpoint.rpartition(":") for endpoint in asked.addresses if asked.expect_internet][:_MOST_ADDRESSES]
    addresses = [(address.strip("[]"), int(port)) for address, _, port in plain]
    return [
        Task.of(Kind.TUNNEL, name, partial(tunnel.probe, name, line, addresses, network), _TUNNEL_S)
        for name in lost
        if (line := line_below(name, network)) is not None
    ]


def carrying(checks: Sequence[Check[Facts]], network: Network) -> dict[str, Line]:
    """Tunnels in use, and the line below each: that line is no other uplink."""
    used = {interface_of(check) for check in checks} | {check.name for check in of_kind(checks, LinkFacts)}
    return {name: line for name in used if name and (line := line_below(name, network)) is not None}
