"""Tables of one kind that would be of the same thing: two names alike, or two ways to one terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.settings.problem import found
from agent.settings.walk import Fault, Table
from probes.ground.bilingual import Bilingual

_NAMES = (
    ("uplink", "interface"),
    ("gateway", "name"),
    ("serial", "name"),
    ("app", "name"),
    ("plugin", "name"),
    ("date", "name"),
    ("output", "name"),
    ("beside", "name"),
)


def differing(table: Table) -> Iterator[Fault]:
    for kind, name in _NAMES:
        yield from _alike(table, kind, name, _named)
    for key in ("address", "mac", "adb"):
        yield from _alike(table, "beside", key, _way)
    yield from _one_key(table)


def _one_key(table: Table) -> Iterator[Fault]:
    """One adb server is started for all of them, and it has one key."""
    started = [(index, item) for index, item in enumerate(table.get("beside", ())) if item is not None and item.get("adb_start")]
    for index, item in started[1:]:
        first, key = started[0][1].get("adb_key_file"), item.get("adb_key_file")
        if key is not None and first is not None and key != first:
            wanted = Bilingual("与其他 adb_start 相同的 adb_key_file", "the same adb_key_file as the others with adb_start")
            yield f"beside[{index}].adb_key_file", wanted, found(key)


def _alike(table: Table, kind: str, key: str, known_by: Callable[[Table, str, str], str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, item in enumerate(table.get(kind, ())):
        value = known_by(item, kind, key) if item is not None else ""
        if not value:
            continue
        if value in seen:
            wanted = Bilingual(f"与其他 {kind} 不同的 {key}", f"another {key} than every other {kind}")
            first, was = seen[value] + 1, found(item.get(key) or value)
            words = Bilingual(f"{was.zh}，与第 {first} 个 {kind} 重复", f"{was.en}, as {kind} number {first} has")
            yield f"{kind}[{index}].{key}", wanted, words
        else:
            seen[value] = index


def _named(item: Table, kind: str, key: str) -> str:
    """An output without a name is told by where it leads."""
    value = item.get(key)
    return value or item.get("url") or item.get("path") or "" if kind == "output" else value or ""


def _way(item: Table, _kind: str, key: str) -> str:
    """A serial number is of one adb server: cheap devices of two makers may have the same."""
    value: str = (item.get(key) or "").lower().rstrip(".")
    return f"{value} {item.get('adb_server')}" if value.startswith("usb:") else value
