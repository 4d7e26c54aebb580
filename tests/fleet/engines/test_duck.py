"""DuckDB counts as a table in memory does, to the digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from agent.fleet.engines.answer import answered
from agent.fleet.engines.counter import SqlCounter
from agent.fleet.engines.duck import DuckDB
from agent.fleet.engines.query import EngineFailed
from agent.fleet.localise.answer import judged
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.localise.scan import cells_of
from agent.fleet.model.attributes import Family
from agent.fleet.model.counts import EVERYWHERE, Place
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading.identity import shared_machines
from agent.fleet.store.keep import keep
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.odd import odd


@pytest.fixture(scope="module")
def fleet() -> Made:
    return odd(6000, 7)


@pytest.fixture(scope="module")
def store(fleet: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("store")
    keep(directory, fleet.table, at=fleet.now, silent=fleet.silent)
    return directory


@pytest.mark.parametrize("seed", range(5))
def test_answer_is_the_same_to_the_digit(tmp_path: Path, seed: int) -> None:
    fleet = made(20_000, seed, faults=4, missing=0.2, wrong=0.03, noise=0.05)
    keep(tmp_path, fleet.table, at=fleet.now, silent=fleet.silent)

    by_sql = answered(DuckDB(str(tmp_path)), fleet.now)

    assert by_sql == judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now)
    assert len(by_sql.answer.faults) >= 3


def test_answer_of_an_odd_fleet_is_the_same(fleet: Made, store: Path) -> None:
    by_sql, here = answered(DuckDB(str(store)), fleet.now), judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now)

    assert by_sql.found == here.found
    assert by_sql.answer.faults == here.answer.faults
    assert (by_sql.answer.single, by_sql.answer.notices) == (here.answer.single, here.answer.notices)
    totals, expected = by_sql.answer.totals, fleet.totals
    assert [totals.terminals, totals.can_pay, totals.cannot_pay, totals.unknown, totals.silent] == [
        *(expected.terminals, expected.can_pay, expected.cannot_pay, expected.unknown, expected.silent)
    ]
    assert totals.duplicate_ids == len(shared_machines(fleet.table))
    assert totals.clock_ahead == sum(
        made > min(came, fleet.now) + 5 for made, came in zip(fleet.table.generated, fleet.table.received, strict=True)
    )


@pytest.mark.parametrize("family", Family)
def test_each_count_is_the_same(fleet: Made, store: Path, family: Family) -> None:
    here, there = InMemory(fleet.table, fleet.now, fleet.silent), SqlCounter(DuckDB(str(store)), fleet.now)
    cells = cells_of(family, here)
    assert list(there.labels()) == list(here.labels())
    assert [there.values(cell) for cell in cells] == [here.values(cell) for cell in cells]
    without: list[Place] = []
    for _ in range(3):
        counted = here.by(family, cells, without)
        assert there.by(family, cells, without) == counted
        assert there.whole(family, without) == here.whole(family, without)
        if not counted:
            break
        cell = max(counted, key=lambda each: (len(each), len(counted[each])))
        values = max(counted[cell], key=lambda each: (counted[cell][each].failing, each))
        place = Place(cell, values)
        assert there.detail(family, place, without) == here.detail(family, place, without)
        for other in (Place(cell[:1], values[:1]), Place(("isp",), ("",)), Place(("store",), ("none has it",)), EVERYWHERE):
            assert there.meeting(family, (place, other), without) == here.meeting(family, (place, other), without)
        without.append(place)


def test_few_queries_are_asked(store: Path, fleet: Made) -> None:
    """Of each family one for its counts; for each fault one more, and one for those that do not say whether they are there."""
    asked: list[str] = []

    class Watched(DuckDB):
        def rows(self, sql: str, values: Any) -> Any:
            asked.append(sql)
            return super().rows(sql, values)

    found = answered(Watched(str(store)), fleet.now).found

    assert sum("GROUPING SETS" in sql for sql in asked) <= len(Family) + 2 * len(found) + 1


def test_values_are_parameters(store: Path, fleet: Made) -> None:
    engine = DuckDB(str(store))
    asked: list[str] = []
    rows = engine.rows

    def noted(sql: str, values: Any) -> Any:
        asked.append(sql)
        return rows(sql, values)

    engine.rows = noted  # type: ignore[method-assign]
    answered(engine, fleet.now)

    assert not any("DROP TABLE" in sql or "brien" in sql or "later_version" in sql for sql in asked)


def test_members_are_a_sample(fleet: Made, store: Path) -> None:
    counter, here = SqlCounter(DuckDB(str(store)), fleet.now), InMemory(fleet.table, fleet.now, fleet.silent)
    failing = counter.members(Family.GATEWAY, EVERYWHERE, (), failing=True, limit=10)
    healthy = counter.members(Family.GATEWAY, EVERYWHERE, (), failing=False, limit=10)

    ids = fleet.table.ids
    assert [name for name, *_ in failing] == sorted(ids[number] for number in here.failing(Family.GATEWAY, EVERYWHERE, ()))[:10]
    assert [name for name, *_ in healthy] == sorted(ids[number] for number in here.healthy(Family.GATEWAY, EVERYWHERE, ()))[:10]


def test_an_empty_fleet_has_no_fault(tmp_path: Path) -> None:
    keep(tmp_path, Table(), at=1_795_003_200)

    answer = answered(DuckDB(str(tmp_path)), 1_795_003_200).answer
    assert (answer.totals.terminals, answer.faults, answer.single) == (0, (), {})


@pytest.mark.parametrize("kind", ["file", "directory", "database"])
def test_every_place_that_can_be_named(store: Path, tmp_path: Path, fleet: Made, kind: str) -> None:
    latest = store / "latest.parquet"
    if kind == "file":
        where = latest
    elif kind == "directory":
        where = tmp_path / "it's many"
        for part in (0, 1):
            folder = where / f"part={part}"
            folder.mkdir(parents=True)
            query = f"SELECT * FROM '{latest}' WHERE hash(id) % 2 = {part}"
            duckdb.connect().execute(f"COPY ({query}) TO '{str(folder).replace(chr(39), chr(39) * 2)}/x.parquet' (FORMAT parquet)")
    else:
        where = tmp_path / "fleet.duckdb"
        duckdb.connect(str(where)).execute(f"CREATE TABLE terminals AS FROM '{latest}'").close()

    assert answered(DuckDB(str(where)), fleet.now).answer == answered(DuckDB(str(store)), fleet.now).answer


@pytest.mark.parametrize("kind", ["missing", "empty", "damaged", "foreign"])
def test_what_cannot_be_asked_is_said(tmp_path: Path, kind: str) -> None:
    where = tmp_path / kind
    if kind == "empty":
        where.mkdir()
    elif kind == "damaged":
        where.write_bytes(b"PAR1 and then nothing")
    elif kind == "foreign":
        duckdb.connect().execute(f"COPY (SELECT 1 AS number) TO '{where}' (FORMAT parquet)")
    with pytest.raises(EngineFailed) as failed:
        engine = DuckDB(str(where))
        answered(engine, 1_795_003_200)

    assert str(where) in failed.value.text.en and str(where) in failed.value.text.zh


def test_files_of_an_older_version_lack_columns_and_are_counted(store: Path, tmp_path: Path, fleet: Made) -> None:
    older = tmp_path / "older.parquet"
    query = f"SELECT * EXCLUDE (uplink, firmware, labels, stopped) FROM '{store / 'latest.parquet'}'"
    duckdb.connect().execute(f"COPY ({query}) TO '{older}' (FORMAT parquet)")

    totals = answered(DuckDB(str(older)), fleet.now).answer.totals
    assert totals.terminals == fleet.totals.terminals
    assert totals.silent >= fleet.totals.silent  # a mobile uplink, which is heard of less often, is no longer known


def test_rows_of_another_moment_are_judged_as_of_now(tmp_path: Path) -> None:
    """The store says who was silent when it was written; the engine, who is silent when it is asked."""
    now = 1_795_003_200
    rows = [Row(id=str(n), generated=now, valid_until=now + 180, received=now, state=0, can_pay=1) for n in range(5)]
    keep(tmp_path, Table(rows), at=now)

    assert [answered(DuckDB(str(tmp_path)), now + later).answer.totals.silent for later in (0, 2700, 2701)] == [0, 0, 5]
