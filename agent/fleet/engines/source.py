"""Which engine `--from` names."""

from __future__ import annotations

from agent.fleet.engines.query import Engine, EngineFailed
from probes.ground.text import escape

DUCKDB, CLICKHOUSE = "duckdb:", "clickhouse+"
_SHOWN = 60


def engine_of(named: str) -> Engine:
    """Raises `EngineFailed`."""
    if named.startswith(DUCKDB):
        from agent.fleet.engines.duck import DuckDB

        return DuckDB(named[len(DUCKDB) :])
    if named.startswith(CLICKHOUSE):
        from agent.fleet.engines.clickhouse import ClickHouse

        return ClickHouse(named[len(CLICKHOUSE) :])
    shown = escape(named.partition(":")[0], _SHOWN)
    raise EngineFailed(
        f"--from 要写 duckdb:目录或文件，或 clickhouse+https://用户@主机:8443/数据库，不能是“{shown}”",
        f"--from takes duckdb:PATH or clickhouse+https://USER@HOST:8443/DATABASE, not “{shown}”",
    )
