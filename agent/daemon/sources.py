"""What tells of changes here: the way out (links, addresses, routes) and serial ports."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from agent.daemon.events import Source
from agent.daemon.traffic_watch import TrafficWatch
from agent.examination.scene import peers_of
from agent.settings.model import Settings
from probes.edge.kernel.inotify import InotifyWatch
from probes.edge.kernel.path_events import PathEvents
from probes.edge.kernel.uevents import Uevents
from probes.edge.net.connection_pool import ConnectionPool
from probes.settings import Gateway, SerialDevice


def of_path() -> list[Source]:
    """Empty where the system denies netlink."""
    with suppress(OSError):
        return [PathEvents()]
    return []


def of_connections(gateways: Sequence[Gateway], pool: ConnectionPool) -> list[Source]:
    """Connections that stay open, and may end."""
    return [pool] if any(gateway.keep_open for gateway in gateways) else []


def of_application(settings: Settings) -> list[TrafficWatch]:
    """Connections of the payment application to the hosts; empty where none is configured."""
    with suppress(OSError):
        return [TrafficWatch(peers_of(settings.gateway))] if settings.app and settings.gateway else []
    return []


def of_devices(devices: Sequence[SerialDevice]) -> list[Source]:
    """Empty where nothing tells of serial ports, or where no device would be plugged into this machine."""
    local = [device for device in devices if not device.port or device.port.startswith("/")]
    if devices and not local:
        return []
    found: list[Source] = []
    with suppress(OSError):
        found.append(Uevents())
    with suppress(OSError):
        found.append(InotifyWatch([device.port for device in local if device.port]))
    return found
