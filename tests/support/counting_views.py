"""`python -m tests.support.counting_views --write`: the counting queries of `scan --from` as views of config/fleet/clickhouse.sql."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from agent.fleet.engines.clickhouse import ClickHouse
from agent.fleet.engines.counter import SqlCounter
from agent.fleet.engines.query import Value
from agent.fleet.localise.families import FAMILY_OF
from agent.fleet.model.attributes import Family
from tests.support.documented import ROOT

FILE = ROOT / "config/fleet/clickhouse.sql"
BEGIN = "-- How the terminals of each place are, by family of causes"
_NOW, _HEARD = -1, -2  # stand for what only who asks knows


class _Text(ClickHouse):
    """Notes the query; values that are known stand in it as they are."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1/", {})
        self.asked: list[str] = []

    def rows(self, sql: str, values: Mapping[str, Value]) -> list[Sequence[Any]]:
        self.asked.append(sql)
        return []

    def parameter(self, name: str, value: Value) -> str:
        if isinstance(value, str):
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return {_NOW: "{now:Int64}", _HEARD: "{heard:Int64}"}.get(value, str(value))


class _Counter(SqlCounter):
    def labels(self) -> Sequence[str]:
        return ()

    def _of_family(self, family: Family) -> Sequence[str]:
        return sorted(cause.value for cause, of in FAMILY_OF.items() if of is family)

    def _heard_last(self) -> int:
        return _HEARD


def views() -> str:
    parts = [
        f"{BEGIN}: what `posdiag fleet scan --from` asks first, with the\n"
        "-- intervals of fleet.toml's defaults. `which` has a bit for each attribute that a row is not about; a row with all of them is\n"
        "-- the whole fleet. `now`: seconds since the epoch; `heard`, of silence: the largest `received` of the silent.\n"
        "-- SELECT * FROM posdiag.counts_gateway(now = toUnixTimestamp(now()))\n"
    ]
    for family in Family:
        engine = _Text()
        _Counter(engine, _NOW).whole(family, ())
        (sql,) = engine.asked
        sql = sql.replace("FROM terminals_now", "FROM posdiag.terminals_now")
        for column, name in (("lives", "population"), ("fails", "failing"), ("unpaid", "cannot_pay_of_these"), ("hidden", "not_judged")):
            sql = re.sub(rf"(count\(\*\) FILTER \(WHERE {column}\))(?=[, ]+(count|FROM))", rf"\1 AS {name}", sql, count=1)
        for name, key in re.findall(r"(\w+) AS (a\d+)\b", sql):
            sql = re.sub(rf"\b{key}\b", name, sql).replace(f"{name} AS {name}", name)
        for word in ("FROM ", "GROUP BY ", "HAVING "):
            sql = sql.replace(f" {word}", f"\n{word}")
        parts.append(f"CREATE OR REPLACE VIEW posdiag.counts_{family.value} AS\n{sql};\n")
    return "\n".join(parts)


def main() -> int:
    before = FILE.read_text(encoding="utf-8").partition(BEGIN)[0]
    text = f"{before.rstrip()}\n\n{views()}"
    if "--write" in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    else:
        print(views())
    return 0


if __name__ == "__main__":
    sys.exit(main())
