"""Facts of what others look at: plug-ins, and kinds that this version does not know."""

from __future__ import annotations

from typing import Any, ClassVar

from probes.ground.bilingual import Bilingual
from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class OtherFacts(Facts, frozen=True, kw_only=True):
    """Of a later version. `values`: plain JSON values by their names, as they came."""

    KIND: ClassVar[Kind] = Kind.OTHER

    values: dict[str, Any] = {}


class PluginFacts(Facts, frozen=True, kw_only=True):
    """Of a plug-in.

    plugin: its name in the configuration
    called: what people call what it looks at
    said: what is wrong, in its own words
    supports: codes of the causes for which its failed check is evidence
    values: what it measured, by its own names
    beyond: value → the configured limit that it is beyond
    """

    KIND: ClassVar[Kind] = Kind.PLUGIN

    plugin: str | None = None
    called: Bilingual | None = None
    said: Bilingual | None = None
    supports: tuple[str, ...] = ()
    values: dict[str, str | int | float | bool | None] = {}
    beyond: dict[str, float] = {}
