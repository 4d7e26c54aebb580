"""A gateway and the limiter of what is sent to it, as a process makes them anew."""

from __future__ import annotations

from pathlib import Path

from agent.messages.limiter import SendLimiter
from probes.edge.acquirer.send_permit import SendPermit
from probes.ground.clock import Clock
from probes.settings import Gateway, GatewayProtocol


def gateway(**more: object) -> Gateway:
    known: dict[str, object] = {"name": "acquirer-a", "host": "gw.example", "port": 8583, "protocol": GatewayProtocol.ISO8583}
    return Gateway(**(known | more))  # type: ignore[arg-type]


def turn(
    folder: Path, clock: Clock | None = None, *, by_check: bool = False, boot_id: str = "boot-1", retry_s: float = 5, **more: object
) -> SendPermit:
    return SendLimiter(str(folder), boot_id, retry_s, clock or Clock(), by_check=by_check).of(gateway(**more))
