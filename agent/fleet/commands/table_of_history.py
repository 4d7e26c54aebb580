"""The options of what is asked of an engine, or of the days that a store kept: a part of the table of options."""

from __future__ import annotations

from agent.commands.option_table import Option
from agent.fleet.model.attributes import GROUPS
from probes.ground.bilingual import Bilingual

OF_HISTORY: tuple[Option, ...] = (
    Option(
        name="--from",
        value="ENGINE",
        needs=Bilingual("引擎", "an engine"),
        of=("scan",),
        says=Bilingual(
            "不读文件，向引擎要计数：duckdb:目录或文件，或 clickhouse+https://用户@主机:8443/数据库",
            "read no files, ask an engine for counts: duckdb:PATH, or clickhouse+https://USER@HOST:8443/DATABASE",
        ),
    ),
    Option(
        name="--by",
        value="|".join(GROUPS),
        needs=Bilingual("分组", "what to group by"),
        of=("trends",),
        choices=GROUPS,
        says=Bilingual("按它分组", "group by it"),
    ),
    Option(
        name="--compare",
        value="DATE",
        needs=Bilingual("日期", "a date"),
        of=("trends",),
        says=Bilingual(
            "比较这天之前和之后，如 2026-01-31，并说明偶然能解释多少",
            "set before this day beside after, as 2026-01-31, with what chance can explain",
        ),
    ),
)
