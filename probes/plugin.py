"""The interface of probes that other packages bring: what a plug-in is, what it is given, what it answers (`docs/plugins.md`).

A plug-in may use what this module names (`__all__`) and nothing else of posdiag. Within one `API_VERSION` nothing of it is renamed, dropped
or made stricter; a plug-in says for which version it was made, and one made for another is not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from probes.ground.bilingual import Bilingual
from probes.ground.deadline import Deadline
from probes.model.vocabulary import Layer, Outcome, Symptom

__all__ = ["API_VERSION", "GROUP", "LAYERS", "Bilingual", "Deadline", "Layer", "Outcome", "PluginProbe", "PluginResult", "Symptom", "Value"]

API_VERSION = 1
GROUP = "posdiag.probes"  # of entry points
LAYERS = (Layer.SYSTEM, Layer.SERIAL, Layer.APP)  # what lies beside the path; the path itself is judged by posdiag alone

Value = str | int | float | bool | None


class PluginResult(Struct, frozen=True, kw_only=True):
    """What was seen of one thing.

    `target`: what people call the thing, where there may be several. `outcome`: limits of the configuration are held against what passed
    or warns. `symptom`: of what is wrong, a word of posdiag's vocabulary (`docs/status.md`) or own words. `because`: of `skip` and
    `unknown`, why. `values`: by name, with the unit in the name (`battery_percent`); None is a value that is not known.
    """

    target: str = ""
    outcome: Outcome = Outcome.PASS
    symptom: Symptom | Bilingual | None = None
    because: str = ""
    values: Mapping[str, Value] = {}


Look = Callable[[dict[str, Any], Deadline], PluginResult | Iterable[PluginResult]]


class PluginProbe(Struct, frozen=True, kw_only=True):
    """`api_version`: the one that it was made for, as a number. `name`: of its entry point. `called`: what people call what it looks at.

    `probe` is called with a copy of the settings that the configuration has for it, in a thread of its own; `deadline.remaining()` seconds
    are left to it.
    """

    api_version: int
    name: str
    called: Bilingual
    layer: Layer = Layer.SYSTEM
    probe: Look
