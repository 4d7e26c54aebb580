"""What a configuration names on each layer, in the order in which it stands there."""

from __future__ import annotations

from agent.settings.model import Settings
from probes.model import Layer


def names_of(settings: Settings, layer: Layer) -> tuple[str, ...]:
    match layer:
        case Layer.GATEWAY:
            return tuple(each.name for each in settings.gateway)
        case Layer.SERIAL:
            return tuple(each.name for each in settings.serial)
        case Layer.APP:
            return tuple(each.name for each in settings.app)
        case Layer.LINK | Layer.ADDRESS:
            return tuple(each.interface for each in settings.uplink)
    return ()
