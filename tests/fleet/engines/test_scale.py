"""The arithmetic that docs/fleet-scale.md shows is made, not typed."""

from __future__ import annotations

from tests.bench.fleet_scale import table
from tests.support.documented import text


def test_the_table_is_today() -> None:
    assert table() in text("docs/fleet-scale.md"), "python -m tests.bench.fleet_scale --write"
