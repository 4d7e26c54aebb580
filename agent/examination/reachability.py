"""Tasks that only ask whether gateways still accept connections, where the last examination found them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agent.examination.runner import Probe, Task
from probes import reach
from probes.model import Check, Layer
from probes.settings import Gateway, GatewayProtocol

_LIMIT_S = 4.0
_FRESH_S = 150.0  # other traffic within this tells as much as a connection of ours


def tasks(gateways: Sequence[Gateway], earlier: Sequence[Check], tried: frozenset[str], *, proxied: bool) -> list[Task]:
    """`tried`: ids of the checks that could be made now. A gateway behind a proxy, or not found before, cannot be asked so."""
    known = {check.id: str(check.facts["address"]) for check in earlier if check.layer is Layer.GATEWAY and "address" in check.facts}
    made = []
    for gateway in gateways:
        check_id = f"gateway:{gateway.name}"
        behind_proxy = proxied and gateway.protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)
        if check_id in known and check_id in tried and not behind_proxy:
            probe: Probe = partial(reach.probe, gateway, known[check_id], _FRESH_S)
            made.append(Task(check_id, Layer.GATEWAY, f"{gateway.host}:{gateway.port}", probe, _LIMIT_S))
    return made
