"""Holds what a file says against the structs of the settings, leaf by leaf, so that every fault is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import NODEFAULT, Struct, inspect

from agent.settings.leaf import leaf_fault
from agent.settings.problem import NOTHING, SHOWN, Problem, found
from probes.ground.bilingual import Bilingual, same
from probes.ground.masking import mask_value
from probes.ground.text import escape
from probes.settings import ZH

Fault = tuple[str, Bilingual, Bilingual]  # key within the table (or ""), what was expected, what was found
Rule = Callable[["Table"], Iterable[Fault]]

_TABLE = Bilingual("一个表", "a table")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Table(Struct, frozen=True):
    """One table, as far as it is usable: the values that are right, defaults for those not given, nothing for wrong ones.

    A table within has its own `Table` in `values`; a list has None in the place of what is wrong.
    """

    values: Mapping[str, Any]
    given: frozenset[str]

    def get(self, key: str, instead: Any = None) -> Any:
        return self.values.get(key, instead)


class Walk:
    """One pass over one file; `problems` and the dotted keys in `given` grow while it goes."""

    def __init__(self, file: str, rules: Mapping[type, Rule]) -> None:
        self.problems: list[Problem] = []
        self.given: set[str] = set()
        self._file = file
        self._rules = rules

    def table(self, data: Any, shape: inspect.StructType, key: str = "") -> Table | None:
        if not isinstance(data, dict):
            self._say(key, _TABLE, found(data, key))
            return None
        values: dict[str, Any] = {}
        fields = {field.encode_name: field for field in shape.fields}
        for name in data:
            if name not in fields:
                self._say(join(key, name), _unknown(name, fields), Bilingual("没有这个配置项", "an unknown key"))
        for name, field in fields.items():
            dotted = join(key, name)
            if name in data:
                self.given.add(dotted)
                usable, value = self._value(data[name], field.type, dotted)
                if usable:
                    values[name] = value
            elif field.required:
                self._say(dotted, Bilingual("必填，这个键没有默认值", "a value, as this key has no default"), NOTHING)
            elif field.default is not NODEFAULT:
                values[name] = field.default
            elif field.default_factory is not NODEFAULT:
                values[name] = field.default_factory()
        table = Table(values, frozenset(data) & frozenset(fields))
        for inner, expected, was in self._rules.get(shape.cls, _no_rule)(table):
            self._say(".".join(part for part in (key, inner) if part), expected, was)
        return table

    def _value(self, value: Any, shape: inspect.Type, key: str) -> tuple[bool, Any]:
        meaning: Bilingual | None = None
        while isinstance(shape, inspect.Metadata):
            words = shape.extra_json_schema or {}
            meaning = Bilingual(str(words[ZH]), str(words["description"])) if ZH in words else meaning
            shape = shape.type
        if isinstance(shape, inspect.StructType):
            table = self.table(value, shape, key)
            return table is not None, table
        if isinstance(shape, inspect.ListType):
            return self._list(value, shape, key)
        if isinstance(shape, inspect.DictType):
            return self._dict(value, shape, key)
        expected = leaf_fault(value, shape, meaning)
        if expected is not None:
            self._say(key, expected, found(value, key))
        return expected is None, value

    def _list(self, value: Any, shape: inspect.ListType, key: str) -> tuple[bool, Any]:
        if not isinstance(value, list):
            of_tables = isinstance(shape.item_type, inspect.StructType)
            wanted = (
                Bilingual(f"多个表（[[{key}]]）", f"a list of tables ([[{key}]])")
                if of_tables and "." not in key
                else Bilingual("列表", "a list")
            )
            self._say(key, wanted, found(value, key))
            return False, None
        if fault := _size_fault(len(value), shape):
            self._say(key, Bilingual(f"列表，{fault.zh}", f"a list of {fault.en}"), found(value))
            return False, None
        results = [self._value(item, shape.item_type, f"{key}[{index}]") for index, item in enumerate(value)]
        return True, [item if usable else None for usable, item in results]

    def _dict(self, value: Any, shape: inspect.DictType, key: str) -> tuple[bool, Any]:
        if not isinstance(value, dict):
            self._say(key, _TABLE, found(value, key))
            return False, None
        if fault := _size_fault(len(value), shape):
            self._say(key, Bilingual(f"表，{fault.zh}", f"a table of {fault.en}"), found(value))
            return False, None
        kept = {}
        for name, item in value.items():
            dotted = join(key, name)
            self.given.add(dotted)
            right, _ = self._value(name, shape.key_type, dotted)
            usable, item = self._value(item, shape.value_type, dotted)
            if right and usable:
                kept[name] = item
        return True, kept

    def _say(self, key: str, expected: Bilingual, was: Bilingual) -> None:
        self.problems.append(Problem(self._file, same(key), expected, was))


def _no_rule(_table: Table) -> Iterator[Fault]:
    return iter(())


def join(key: str, name: str) -> str:
    """A name that needs quotes in TOML gets them, so that the key can be looked for in the file. What was typed in the wrong place is
    as private there as in the right one."""
    name = mask_value(name)
    shown = name if _PLAIN_KEY.fullmatch(name) and len(name) <= SHOWN else f'"{escape(name, SHOWN)}"'
    return f"{key}.{shown}" if key else shown


def _unknown(name: str, known: Iterable[str]) -> Bilingual:
    from difflib import get_close_matches

    names = sorted(known)
    close = get_close_matches(name.lower()[:SHOWN], names, n=1, cutoff=0.6)
    if close:
        return Bilingual(f"有效的配置项（是不是 {close[0]}？）", f"a known key (did you mean {close[0]}?)")
    return Bilingual(f"这些配置项之一：{'、'.join(names)}", f"one of the keys {', '.join(names)}")


def _size_fault(size: int, shape: inspect.ListType | inspect.DictType) -> Bilingual | None:
    if shape.min_length is not None and size < shape.min_length:
        return Bilingual(f"至少 {shape.min_length} 项", f"at least {shape.min_length}")
    if shape.max_length is not None and size > shape.max_length:
        return Bilingual(f"最多 {shape.max_length} 项", f"at most {shape.max_length}")
    return None
