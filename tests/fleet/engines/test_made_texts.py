"""What is shown is made, not typed: the arithmetic of docs/fleet-scale.md, and the counting queries of clickhouse.sql."""

from __future__ import annotations

from tests.bench.fleet_scale import table
from tests.support.counting_views import views
from tests.support.documented import text


def test_the_table_is_today() -> None:
    assert table() in text("docs/fleet-scale.md"), "python -m tests.bench.fleet_scale --write"


def test_the_counting_queries_are_those_that_are_asked() -> None:
    assert text("config/fleet/clickhouse.sql").endswith(views()), "python -m tests.support.counting_views --write"
