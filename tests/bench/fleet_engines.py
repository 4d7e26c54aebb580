"""`python -m tests.bench.fleet_engines [--rows N …] [--write]`: the faults of fleets whose rows an engine holds, in time and memory.

The rows are made by SQL. Each engine answers in a process of its own, whose CPU time and largest memory are the kernel's. ClickHouse is
measured where its engine is installed as a library (`PYTHONPATH=build/engines-…`, see tools/test-fleet.sh).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from agent.fleet.engines.answer import answered
from agent.fleet.engines.source import engine_of
from tests.bench import made_by_sql
from tests.support.clickhouse_by_chdb import SCHEMA, statements
from tests.support.documented import ROOT

DOCUMENT = ROOT / "docs/performance.md"
TITLE = "## The fleet by engines"


class Measured(Struct):
    """`engine_s`: seconds until the rows are where it counts them; of the answer, wall and CPU seconds, and MiB at most."""

    engine: str
    rows: int
    megabytes: float
    loaded_s: float
    wall_s: float
    cpu_s: float
    mib: int
    faults: int
    queries: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fleet_engines", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_answer(*options.child)))
        return 0
    found: list[Measured] = []
    for rows in options.rows:
        with TemporaryDirectory(prefix="posdiag-engines-") as folder:
            file = Path(folder, "terminals.parquet")
            made_by_sql.make(file, rows)
            for engine in ("duckdb", *(("chdb",) if find_spec("chdb") else ())):
                found.append(_measured(engine, rows, file))
                print(found[-1], flush=True)
    if options.write:
        text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{TITLE}\n")
        rest = text[2].partition("\n## ")
        after = f"\n## {rest[2]}" if rest[1] else ""
        DOCUMENT.write_text(f"{text[0].rstrip()}\n\n{TITLE}\n\n{_section(found)}{after}", encoding="utf-8")
    return 0


def _measured(engine: str, rows: int, file: Path) -> Measured:
    child = [sys.executable, "-m", "tests.bench.fleet_engines", "--child", engine, str(file)]
    answer = json.loads(subprocess.run(child, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout)
    return Measured(engine=engine, rows=rows, megabytes=file.stat().st_size / 1e6, **answer)


def _answer(engine: str, file: str) -> dict[str, float]:
    began = time.perf_counter()
    asked: Any = engine_of(f"duckdb:{file}") if engine == "duckdb" else _Embedded(file)
    count = 0
    rows = asked.rows

    def counted(sql: str, values: Any) -> Any:
        nonlocal count
        count += 1
        return rows(sql, values)

    asked.rows = counted
    loaded, cpu = time.perf_counter(), time.process_time()
    faults = len(answered(asked, made_by_sql.NOW).answer.faults)
    return {
        "loaded_s": loaded - began,
        "wall_s": time.perf_counter() - loaded,
        "cpu_s": time.process_time() - cpu,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "faults": faults,
        "queries": count,
    }


class _Embedded:
    """ClickHouse's engine in this process, with the shipped schema; its interface is measured by nobody."""

    source = "posdiag.terminals_now"

    def __init__(self, file: str) -> None:
        from chdb import session  # type: ignore[import-not-found, unused-ignore]

        from agent.fleet.engines.clickhouse import ClickHouse

        self._words = ClickHouse("http://127.0.0.1/", {})
        self._session = session.Session()
        for statement in statements(SCHEMA.read_text()):
            self._session.query(statement)
        columns = ", ".join(_names(self._session.query("DESCRIBE posdiag.terminals", "JSONCompact").bytes()))
        self._session.query(f"INSERT INTO posdiag.terminals ({columns}) SELECT {columns} FROM file('{file}', Parquet)")
        self._session.query("OPTIMIZE TABLE posdiag.terminals FINAL")

    def rows(self, sql: str, values: dict[str, str | int]) -> list[list[object]]:
        found: list[list[object]] = json.loads(self._session.query(sql, "JSONCompact", params=values).bytes())["data"]
        return found

    def __getattr__(self, name: str) -> object:
        return getattr(self._words, name)


def _names(described: bytes) -> list[str]:
    return [row[0] for row in json.loads(described)["data"]]


def _section(found: list[Measured]) -> str:
    lines = [
        f"By `python -m tests.bench.fleet_engines --write`: fleets made by SQL, with {len(made_by_sql.FAULTS)} shared faults and a silent",
        f"provider in one region, four terminals a store. Counting and localisation together, in one process, on {os.cpu_count()} cores;",
        "`chdb` is ClickHouse's engine as a library, with the shipped schema. Seconds of CPU and memory hold; the others are of a machine",
        f"that others worked on too (load {os.getloadavg()[1]:.0f}).",
        "",
        "| engine | terminals | Parquet, MB | loading, s | answer, s | CPU, s | memory at most, MiB | queries | faults found |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        name = {"duckdb": "DuckDB over Parquet", "chdb": "ClickHouse (chdb)"}[each.engine]
        lines.append(
            f"| {name} | {each.rows:,} | {each.megabytes:,.0f} | {each.loaded_s:.1f} | {each.wall_s:.1f} | {each.cpu_s:.1f} | "
            f"{each.mib:,} | {each.queries} | {each.faults} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
