"""What every kind of facts has in common."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from probes.model.kinds import Kind


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check knows. A field is None where it is not known, and is then left out of the document.

    Units stand in the names of the fields: `_ms`, `_s`, `_percent`, `_mb`, `_dbm`, `_bytes`. Texts from outside are escaped already.
    What a name does not say stands in the docstring of its struct, one field a line; the table of `docs/architecture.md` is made from
    that (`make facts`).

    text: the system's own words, of what has no name here
    vantage: who looked, where it was not the terminal's own agent: beside (a machine in the shop), device (the terminal itself, asked over
    adb)
    """

    KIND: ClassVar[Kind]

    text: str | None = None
    vantage: str | None = None

    def with_(self, **known: Any) -> Self:
        """The same with some fields changed."""
        return replace(self, **known)

    def learnt(self, other: Facts | None) -> Self:
        """The same with all that the other one knows, as far as this kind has such fields."""
        if other is None:
            return self
        own = set(self.__struct_fields__)
        known = {name: value for name in other.__struct_fields__ if name in own and (value := getattr(other, name)) not in (None, (), {})}
        return replace(self, **known) if known else self
