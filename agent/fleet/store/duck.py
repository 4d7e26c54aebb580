"""The one place that imports DuckDB: a database in memory, which reads and writes the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection as Connection
from duckdb import Error as EngineError

__all__ = ["Connection", "EngineError", "connected", "file_list", "quoted"]


def connected(path: str = ":memory:", *, threads: int | None = None, read_only: bool = False) -> Connection:
    """Nothing is loaded or installed by itself, but what a URL needs (see `agent.fleet.engines.duck`)."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    if threads is not None:
        settings["threads"] = threads
    return duckdb.connect(path, read_only=read_only, config=settings)


def quoted(text: str) -> str:
    """A text as SQL has it, for the few places that take no parameter: names of files."""
    return "'" + text.replace("'", "''") + "'"


def file_list(files: Sequence[Path | str]) -> str:
    return "[" + ", ".join(quoted(str(file)) for file in files) + "]"
