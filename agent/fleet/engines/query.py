"""What an engine must be able to do, and how a query is put together: names are ours, values are parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from agent.fleet.model.attributes import ATTRIBUTES, LABEL
from probes.ground.bilingual import Bilingual

Value = str | int


class EngineFailed(Exception):
    """The engine cannot be asked, or did not answer; `text` says so to a person."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Bilingual(zh, en)
        super().__init__(en)


class Engine(Protocol):
    """SQL as both DuckDB and ClickHouse understand it, but for what is asked of here."""

    source: str  # what stands behind FROM: the newest of every terminal, with the columns of `store.schema.TERMINAL`

    def rows(self, sql: str, values: Mapping[str, Value]) -> list[Sequence[Any]]:
        """Raises `EngineFailed`."""
        ...

    def parameter(self, name: str, value: Value) -> str:
        """How the query calls it."""
        ...

    def distinct(self, columns: Sequence[str], condition: str) -> str:
        """How many different combinations there are, exactly."""
        ...

    def keys(self, labels: str) -> str:
        """One row for each name of a label."""
        ...


class Query:
    """Values that a query is asked with; equal ones are one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.values: dict[str, Value] = {}
        self._names: dict[tuple[type, Value], str] = {}

    def bind(self, value: Value) -> str:
        key = type(value), value
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"p{len(self._names)}"
            self.values[name] = value
        return self._engine.parameter(name, value)

    def column(self, attribute: str) -> str:
        """Of an attribute; empty where it is not known. A label's name comes from terminals, and is a value."""
        if attribute.startswith(LABEL):
            return f"coalesce(labels[{self.bind(attribute[len(LABEL) :])}], '')"
        if attribute not in ATTRIBUTES:
            raise ValueError(attribute)
        return attribute

    def rows(self, sql: str) -> list[Sequence[Any]]:
        return self._engine.rows(sql, self.values)
