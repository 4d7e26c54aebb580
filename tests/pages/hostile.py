"""What a paper is made of with another text in every place that holds one, so that a field which is added is among them by itself. Pure."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union

from msgspec import Struct
from msgspec.structs import replace

SCRIPT = "<script>alert(1)</script>\"'><img src=http://192.0.2.1/x onerror=alert(1)>&lt;b&gt;{{7*7}}{% raw %}</style></title>"
TEXTS = {
    "script": SCRIPT,
    "bidi": "abc\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c",
    "control": "\x1b[31mred\x1b[0m\x00\x07\x9b2J\r\nnext\u2028line",
    "formula": "=cmd|'/c calc'!A0",
    "long": "x" * 2000,
    "chinese": "老王面馆（南门店）👍🏽「测试」𠮷" * 8,
}
_NUMBERS = ("merchant_id", "terminal_id")  # what stands there is masked wherever it stands
_KEPT = re.compile(r"[a-z]+\.[a-z_]+|\d{4}-\d\d-\d\d(T[\d:.]+Z)?")  # codes of causes and moments: without them a paper leaves things out


def planted(value: Any, text: str, hint: Any = Any, *, all_of_it: bool = False) -> Any:
    """`hint`: its type. What is none or empty and may be a text is one then. Codes and moments stay, but for
    `all_of_it`."""
    match value:
        case Enum() | bool() | int() | float() | bytes():
            return value
        case str():
            return value if _choice(hint) or (_KEPT.fullmatch(value) and not all_of_it) else text
        case Struct():
            hints = _hints(type(value))
            return replace(
                value,
                **{
                    name: planted(getattr(value, name), text, hints[name], all_of_it=all_of_it)
                    for name in value.__struct_fields__
                    if all_of_it or name not in _NUMBERS
                },
            )
        case Mapping():
            return {key: planted(each, text, all_of_it=all_of_it) for key, each in value.items()}
        case list() | tuple():
            inner = _inner(hint)
            given = value or ([text] if inner is str else [])
            return type(value)(planted(each, text, inner, all_of_it=all_of_it) for each in given)
        case None if _texts(hint):
            return text
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _choice(hint: Any) -> bool:
    return typing.get_origin(hint) is Literal or any(_choice(each) for each in typing.get_args(hint) if not isinstance(each, str))


def _texts(hint: Any) -> bool:
    return typing.get_origin(hint) in (Union, types.UnionType) and str in typing.get_args(hint)


def _inner(hint: Any) -> Any:
    if typing.get_origin(hint) is Annotated:
        return _inner(typing.get_args(hint)[0])
    args = [each for each in typing.get_args(hint) if each is not Ellipsis]
    inner = args[0] if args and typing.get_origin(hint) in (list, tuple) else Any
    return str if inner is str or (typing.get_origin(inner) is Annotated and typing.get_args(inner)[0] is str) else inner
