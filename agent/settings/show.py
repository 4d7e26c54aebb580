"""The configuration in effect as TOML for a person: every key, where it comes from, and secrets masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agent.settings.find import DROP_INS
from agent.settings.load import Loaded
from agent.settings.mask import masked
from probes.ground.text import escape, is_safe


def show(loaded: Loaded, also: Callable[[str], str] = str) -> str:
    """Keys that the file does not give are marked as default. Masked numbers make this unfit to be loaded again. `also`: masks more."""
    data = masked(loaded.settings, also)
    source = _quote(loaded.path) if loaded.path is not None else "none, built-in defaults"
    lines = [f"# configuration file: {source}", f"# hash of the settings: {loaded.hash}"]
    lines += [f"# laid over it: {_quote(path)}" for path in dict.fromkeys(sorted(loaded.sources.values())) if path != loaded.path]
    lines += _table(data, "", "", loaded)
    return "\n".join(lines) + "\n"


def _table(data: dict[str, Any], header: str, key: str, loaded: Loaded) -> Iterator[str]:
    """`header` is the name TOML uses (`gateway.http`), `key` the one in `given` (`gateway[0].http`)."""
    for name, value in data.items():
        if not _own_table(value, header):
            dotted = f"{key}.{name}" if key else name
            yield f"{name} = {_inline(value)}{_origin(dotted, loaded)}"
    for name, value in data.items():
        inner, dotted = (f"{header}.{name}", f"{key}.{name}") if header else (name, name)
        if isinstance(value, list) and _own_table(value, header):
            for index, item in enumerate(value):
                yield from ("", f"[[{inner}]]", *_table(item, inner, f"{dotted}[{index}]", loaded))
        elif _own_table(value, header):
            yield from ("", f"[{inner}]", *_table(value, inner, dotted, loaded))


def _origin(key: str, loaded: Loaded) -> str:
    """Nothing for what stands in the main file."""
    if key not in loaded.given:
        return "  # default"
    path = loaded.sources.get(key, loaded.path)
    return "" if path == loaded.path or path is None else f"  # {DROP_INS}/{escape(Path(path).name)}"


def _own_table(value: Any, header: str) -> bool:
    """Whether it stands under a header of its own; small tables within a table stand on one line."""
    if header and not header.startswith(("gateway", "serial")):
        return False
    return isinstance(value[0] if isinstance(value, list) and value else value, dict) and value != {}


def _inline(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quote(value)
        case list():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case dict():
            return "{ " + ", ".join(f"{_name(name)} = {_inline(item)}" for name, item in value.items()) + " }" if value else "{}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _name(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _quote(name)


def _quote(text: str) -> str:
    parts = []
    for character in text:
        if character in '"\\':
            parts.append("\\" + character)
        elif is_safe(character):
            parts.append(character)
        else:
            code = ord(character)
            parts.append(f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}")
    return '"' + "".join(parts) + '"'
