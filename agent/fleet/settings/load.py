"""`fleet.toml`: found, read and checked, with every fault in it at once."""

from __future__ import annotations

import msgspec
from msgspec import Struct, inspect

from agent.fleet.settings.model import FleetSettings
from agent.fleet.settings.rules import RULES
from agent.settings.explained import explained
from agent.settings.find import find
from agent.settings.layers import Layer
from agent.settings.lines import Lines
from agent.settings.problem import SettingsError
from agent.settings.read import parsed
from agent.settings.walk import Walk
from probes.ground.text import escape

DEFAULT_PATH = "/etc/posdiag/fleet.toml"
VARIABLE = "POSDIAG_FLEET_CONFIG"
_SIZE_LIMIT = 64 * 1024 * 1024  # bytes: a fleet may have a token for each of its terminals


class FleetLoaded(Struct, frozen=True):
    """`path`: None for the built-in defaults."""

    settings: FleetSettings
    path: str | None


def load(path: str | None = None) -> FleetLoaded:
    """Without a path: $POSDIAG_FLEET_CONFIG, else the file in /etc if there is one, else the defaults. Raises `SettingsError`."""
    found_at, text = find(path, default=DEFAULT_PATH, variable=VARIABLE, drop_ins="", limit=_SIZE_LIMIT)
    if found_at is None:
        return FleetLoaded(FleetSettings(), None)
    data = parsed(found_at, text)
    walk = Walk(escape(found_at), RULES)
    shape = inspect.type_info(FleetSettings)
    assert isinstance(shape, inspect.StructType)
    walk.table(data, shape)
    if walk.problems:
        layer = Layer(escape(found_at), data, Lines(text))
        raise SettingsError(tuple(explained(each, data, [layer]) for each in walk.problems))
    return FleetLoaded(msgspec.convert(data, FleetSettings), found_at)
