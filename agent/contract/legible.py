"""A document whose every text is legible: it goes through many hands, and not each of them escapes what it prints."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, structs

from probes.ground.text import legible

_DEEPEST = 16  # no document of ours is near that; what lies deeper is left to the encoder

S = TypeVar("S", bound=Struct)


def in_full(document: S) -> S:
    """The same with what cannot be seen, reorders or overdraws written as escapes, in keys too: ids still name the same checks, as one
    text is always written in one way."""
    changed: S = _legible(document, 0)
    return changed


def stored(value: Any) -> bytes:
    """A line of JSON for a file of our own. A name that is no UTF-8, as that of an interface may be, is written with escapes."""
    try:
        return msgspec.json.encode(value) + b"\n"
    except UnicodeEncodeError:
        return msgspec.json.encode(_legible(value, 0)) + b"\n"


def _legible(value: Any, depth: int) -> Any:
    if depth > _DEEPEST or isinstance(value, Enum):
        return value
    match value:
        case str():
            return legible(value)
        case Struct():
            told = {name: getattr(value, name) for name in value.__struct_fields__}
            new = {name: made for name, old in told.items() if (made := _legible(old, depth + 1)) is not old}
            return structs.replace(value, **new) if new else value
        case dict():
            made = {_legible(key, depth + 1): _legible(item, depth + 1) for key, item in value.items()}
            return (
                value
                if all(a is b for pair in zip(value.items(), made.items(), strict=False) for a, b in zip(*pair, strict=True))
                else made
            )
        case list() | tuple():
            items = [_legible(item, depth + 1) for item in value]
            return value if all(a is b for a, b in zip(value, items, strict=True)) else type(value)(items)
    return value
