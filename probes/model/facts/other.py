"""Facts of what others look at: plug-ins, and kinds that this version does not know."""

from __future__ import annotations

from typing import Any, ClassVar

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class OtherFacts(Facts, frozen=True, kw_only=True):
    """Of a later version. `values`: plain JSON values by their names, as they came."""

    KIND: ClassVar[Kind] = Kind.OTHER

    values: dict[str, Any] = {}


class PluginFacts(Facts, frozen=True, kw_only=True):
    """Of a plug-in.

    called_zh: what people call it, in Chinese
    called_en: and in English
    supports: codes of the causes for which its failed check is evidence
    values: what it measured, by the plug-in's own names
    """

    KIND: ClassVar[Kind] = Kind.PLUGIN

    called_zh: str | None = None
    called_en: str | None = None
    supports: tuple[str, ...] = ()
    values: dict[str, str | int | float | bool | None] = {}
