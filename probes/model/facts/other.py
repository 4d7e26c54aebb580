"""Facts of kinds that this version does not know."""

from __future__ import annotations

from typing import Any, ClassVar

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class OtherFacts(Facts, frozen=True, kw_only=True):
    """Of a plug-in, or of a later version. `values`: plain JSON values by their names, as they came."""

    KIND: ClassVar[Kind] = Kind.OTHER

    values: dict[str, Any] = {}
