"""What a day was like, as the record's lines and the status document tell it."""

from __future__ import annotations

from msgspec import Struct


class DayPart(Struct, frozen=True, kw_only=True):
    """Of a day what lies in opening hours. `planned`: seconds of planned work, which are of no state."""

    seconds: dict[str, int] = {}
    can_pay: int = 0
    planned: int = 0


class Today(Struct, frozen=True, kw_only=True):
    """The UTC day that is not over, as far as it was watched; as the record's lines tell of the others. `sequence`: of the record's last
    line."""

    day: str
    sequence: int
    seconds: dict[str, int]
    can_pay: int
    planned: int = 0
    opening: DayPart | None = None
