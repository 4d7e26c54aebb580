"""A configuration in several files: `agent.d/*.toml` laid over the main one in the order of their names, and where each value comes from.

A table is laid over key by key. In a list of tables (`[[gateway]]` and others) one of the same name is laid over, and a new one is added.
Any other value takes the place of the earlier one.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from agent.settings.lines import Lines

_NAMED = {"uplink": "interface", "gateway": "name", "serial": "name", "app": "name", "plugin": "name", "date": "name", "output": "name"}
_PARTS = re.compile(r'"[^"]*"|\[\d+\]|[^.\[\]"]+')


class Layer(Struct, frozen=True):
    """One file."""

    path: str
    data: dict[str, Any]
    lines: Lines


class Place(Struct, frozen=True):
    """Where a key of the whole stands: the file, and its line, 0 where it is not known."""

    path: str
    line: int


def merged(layers: list[Layer]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for layer in layers:
        whole = _over(whole, layer.data)
    return whole


def _over(below: dict[str, Any], above: dict[str, Any], *, top: bool = True) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        earlier = result.get(key)
        if isinstance(value, dict) and isinstance(earlier, dict):
            result[key] = _over(earlier, value, top=False)
        elif top and key in _NAMED and isinstance(value, list) and isinstance(earlier, list):
            result[key] = _lists(earlier, value, _NAMED[key])
        else:
            result[key] = value
    return result


def _lists(below: list[Any], above: list[Any], name: str) -> list[Any]:
    result = list(below)
    for item in above:
        called = _called(item, name)
        same = next((place for place, one in enumerate(below) if called is not None and _called(one, name) == called), None)
        if same is None:
            result.append(item)
        else:
            result[same] = _over(result[same], item, top=False)
    return result


def _called(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None


def place_of(key: str, whole: dict[str, Any], layers: list[Layer]) -> Place:
    """Of the last file that has the key, or else the table around it."""
    parts = _PARTS.findall(key)
    for length in range(len(parts), 0, -1):
        for layer in reversed(layers):
            local = _local(parts[:length], whole, layer.data)
            if local is not None:
                return Place(layer.path, layer.lines.of(local))
    return Place(layers[0].path, 0)


def _local(parts: list[str], whole: Any, data: Any) -> str | None:
    """The key as this file counts it; None where it has no such key."""
    key, list_name = "", ""
    for part in parts:
        if part.startswith("["):
            number = int(part[1:-1])
            item = whole[number] if isinstance(whole, list) and number < len(whole) else None
            number = _counted(item, number, data, _NAMED.get(list_name, ""))
            if not isinstance(data, list) or number >= len(data):
                return None
            whole, data, key = item, data[number], f"{key}[{number}]"
        else:
            name = part.strip('"')
            if not isinstance(data, dict) or name not in data:
                return None
            whole = whole.get(name) if isinstance(whole, dict) else None
            data, key, list_name = data[name], f"{key}.{part}" if key else part, "" if key else name
    return key


def _counted(item: Any, number: int, data: Any, name: str) -> int:
    """The number that a named table of the whole has in this file's list."""
    called = _called(item, name) if name else None
    if called is None or not isinstance(data, list) or (number < len(data) and _called(data[number], name) == called):
        return number
    return next((place for place, one in enumerate(data) if _called(one, name) == called), len(data))
