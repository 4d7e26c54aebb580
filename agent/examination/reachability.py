"""Tasks that only ask whether gateways still accept connections, where the last examination found them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agent.diagnosis.views import of_kind
from agent.examination.runner import Probe, Task
from probes import reach
from probes.edge.net.connection_pool import ConnectionPool
from probes.model import Check, Facts, Kind
from probes.model.facts import GatewayFacts
from probes.settings import Gateway, GatewayProtocol

_LIMIT_S = 4.0
_FRESH_S = 150.0  # other traffic within this tells as much as a connection of ours


def tasks(
    gateways: Sequence[Gateway], earlier: Sequence[Check[Facts]], tried: frozenset[str], pool: ConnectionPool, *, proxied: bool
) -> list[Task]:
    """`tried`: ids of the checks that could be made now. A gateway behind a proxy, or not found before, cannot be asked so."""
    known = {check.name: check.facts.address for check in of_kind(earlier, GatewayFacts) if check.facts.address}
    made = []
    for gateway in gateways:
        address = known.get(gateway.name)
        behind_proxy = proxied and gateway.protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)
        if address and Kind.GATEWAY.id(gateway.name) in tried and not behind_proxy:
            probe: Probe = partial(reach.probe, gateway, address, _FRESH_S, pool)
            made.append(Task.of(Kind.GATEWAY, gateway.name, probe, _LIMIT_S, target=f"{gateway.host}:{gateway.port}"))
    return made
