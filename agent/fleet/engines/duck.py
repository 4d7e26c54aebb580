"""DuckDB: over the files of a store, any Parquet with their columns, an object storage, or a database with a table `terminals`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.fleet.engines.query import EngineFailed, Value
from agent.fleet.store.duck import Connection, EngineError, connected, file_list, quoted
from agent.fleet.store.files import LATEST
from agent.fleet.store.schema import TERMINAL
from probes.ground.files import is_file, is_folder
from probes.ground.text import escape

TABLE = "terminals"
_REMOTE = ("s3://", "gs://", "gcs://", "r2://", "hf://", "az://", "https://", "http://")
_NEEDED = ("id", "generated", "valid_until", "received", "state", "can_pay", "cause")
_ABSENT = {"VARCHAR": "''", "BOOLEAN": "false", "BIGINT": "0", "MAP(VARCHAR, VARCHAR)": "MAP {}"}
_SHOWN = 300  # characters of what the engine says


class DuckDB:
    """`where`: a store, a file or a directory of Parquet, a database file, or the URL of Parquet."""

    def __init__(self, where: str) -> None:
        self.where = where
        try:
            self._database, found = self._opened(where)
            self.source = self._whole(found)
        except EngineError as error:
            raise _failed(where, error) from None

    def close(self) -> None:
        self._database.close()

    def rows(self, sql: str, values: Mapping[str, Value]) -> list[Sequence[Any]]:
        try:
            return list(self._database.execute(sql, dict(values)).fetchall())
        except EngineError as error:
            raise _failed(self.where, error) from None

    def parameter(self, name: str, value: Value) -> str:
        return f"${name}"

    def distinct(self, columns: Sequence[str], condition: str) -> str:
        chosen = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
        return f"count(DISTINCT {chosen}) FILTER (WHERE {condition})"

    def keys(self, labels: str) -> str:
        return f"unnest(map_keys({labels}))"

    def _opened(self, where: str) -> tuple[Connection, str]:
        if where.startswith(_REMOTE):
            database = connected()
            database.execute("INSTALL httpfs")
            database.execute("LOAD httpfs")
            return database, f"read_parquet({quoted(where)}, union_by_name = true)"
        path = Path(where)
        if is_folder(path):
            files = [path / LATEST] if is_file(path / LATEST) else sorted(path.rglob("*.parquet"))
        elif is_file(path):
            with path.open("rb") as opened:
                if opened.read(4) != b"PAR1":
                    return connected(where, read_only=True), TABLE
            files = [path]
        else:
            raise EngineFailed(f"没有 {escape(where)}", f"there is no {escape(where)}")
        if not files:
            raise EngineFailed(f"{escape(where)} 里没有 Parquet 文件", f"there is no Parquet file in {escape(where)}")
        return connected(), f"read_parquet({file_list(files)}, union_by_name = true, hive_partitioning = false)"

    def _whole(self, found: str) -> str:
        """With columns that an older version did not write, as it would have."""
        there = {str(name) for name, *_ in self._database.execute(f"DESCRIBE SELECT * FROM {found}").fetchall()}
        missing = [name for name in _NEEDED if name not in there]
        if missing:
            shown, names = escape(self.where), ", ".join(missing)
            raise EngineFailed(
                f"{shown} 不是终端的表：没有列 {names}（docs/fleet.md）",
                f"{shown} is no table of terminals: it has no column {names} (docs/fleet.md)",
            )
        columns = (field.name if field.name in there else f"{_ABSENT.get(field.type, 'NULL')} AS {field.name}" for field in TERMINAL)
        return f"(SELECT {', '.join(columns)} FROM {found}) AS stored"


def _failed(where: str, error: EngineError) -> EngineFailed:
    shown, said = escape(where), escape(str(error).partition("\n")[0], _SHOWN)
    return EngineFailed(f"DuckDB 无法读取 {shown}：{said}", f"DuckDB cannot read {shown}: {said}")
