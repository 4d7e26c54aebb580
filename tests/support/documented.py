"""What the documents must say, read from the code; and the tables of a document, read from its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from agent.settings.model import Settings

ROOT = Path(__file__).resolve().parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    """From a heading to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(title)}$(.*?)(?=^#+ |\Z)", text(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no section {title!r}"
    return found[1]


def rows(markdown: str) -> list[list[str]]:
    """The cells of every table row but the headings."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row, following in zip(cells, [*cells[1:], [""]], strict=True) if not _rule(row) and not _rule(following)]


def words(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def _rule(row: list[str]) -> bool:
    return bool(row) and all(re.fullmatch(r":?-+:?", cell) for cell in row)


def settings() -> dict[str, tuple[str, str]]:
    """Every key of the configuration (`gateway[].http.path`), with its default and what it accepts, as the document writes them."""
    return dict(_settings(inspect.type_info(Settings), ""))


def _settings(shape: inspect.Type, prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    shape, _ = _bare(shape)
    if isinstance(shape, inspect.ListType):
        yield from _settings(shape.item_type, f"{prefix}[]")
    elif isinstance(shape, inspect.StructType):
        for each in shape.fields:
            key = f"{prefix}.{each.encode_name}" if prefix else each.encode_name
            inner = list(_settings(each.type, key))
            if not inner or isinstance(_bare(each.type)[0], inspect.ListType):
                yield key, (_default(each), _accepts(each.type))
            yield from inner


def _bare(shape: inspect.Type) -> tuple[inspect.Type, str]:
    """The type behind its notes and behind "may be left out"; and what its values mean."""
    meaning = ""
    while isinstance(shape, inspect.Metadata | inspect.UnionType):
        if isinstance(shape, inspect.Metadata):
            meaning = str((shape.extra_json_schema or {}).get("description", meaning))
            shape = shape.type
        else:
            shape = shape.types[0]
    return shape, meaning


def _default(each: inspect.Field) -> str:
    if each.required:
        return "needed"
    if each.default is not msgspec.NODEFAULT:
        return f"`{_written(msgspec.to_builtins(each.default))}`"
    if each.default_factory is msgspec.NODEFAULT:
        return "left out"
    return f"`{_written(msgspec.to_builtins(each.default_factory()))}`"


def _written(value: Any) -> str:
    """As TOML has it; tables within lists are only counted."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[ {len(value)} tables ]"
    return "{}" if value == {} else json.dumps(value)


def _accepts(shape: inspect.Type) -> str:
    shape, meaning = _bare(shape)
    match shape:
        case inspect.BoolType():
            return "true, false"
        case inspect.IntType() | inspect.FloatType():
            noun = "whole number" if isinstance(shape, inspect.IntType) else "number"
            low = f"{shape.ge:.10g} to" if shape.ge is not None else f"above {shape.gt:.10g}, to" if shape.gt is not None else "to"
            return f"{noun}, {low} {shape.le:.10g}" if shape.le is not None else f"{noun}, {low.removesuffix(' to')} or more"
        case inspect.EnumType():
            return ", ".join(f"`{member.value}`" for member in shape.cls)
        case inspect.ListType():
            inner = _accepts(shape.item_type) if not isinstance(_bare(shape.item_type)[0], inspect.StructType) else "tables"
            few = f"at most {shape.max_length}: " if shape.max_length is not None else "at least 1: " if shape.min_length else ""
            return f"list, {few}{inner}"
        case inspect.DictType():
            return f"table: {_accepts(shape.key_type)} = {_accepts(shape.value_type)}"
        case inspect.StrType():
            most = f", at most {shape.max_length} characters" if shape.max_length is not None else ""
            return (meaning or "text") + most
        case inspect.AnyType() | inspect.DateType():
            return meaning or "anything"
    raise TypeError(f"no words for {shape!r}")
