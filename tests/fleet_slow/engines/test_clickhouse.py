"""ClickHouse's engine, with the schema that is shipped: the same answer as a table in memory, to the digit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.summary import ClosedIncident
from agent.fleet.engines.answer import answered
from agent.fleet.engines.clickhouse import ClickHouse
from agent.fleet.engines.counter import SqlCounter
from agent.fleet.engines.query import EngineFailed
from agent.fleet.localise.answer import judged
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.localise.scan import cells_of
from agent.fleet.model.attributes import LABEL, Family
from agent.fleet.model.counts import EVERYWHERE, Place
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.odd import odd
from tests.support.documented import ROOT

PASSWORD = "o'nly for \\the test"
INSERT = "INSERT INTO summaries SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow "


class Server(Struct):
    """`say`: a statement by plain HTTP, as whoever brings the summaries does."""

    port: int

    @property
    def url(self) -> str:
        return f"http://reader@127.0.0.1:{self.port}/posdiag"

    def engine(self) -> ClickHouse:
        return ClickHouse(self.url, {"CLICKHOUSE_PASSWORD": PASSWORD})

    def say(self, statement: str) -> str:
        headers = {"X-ClickHouse-User": "reader", "X-ClickHouse-Key": PASSWORD}
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/", params={"database": "posdiag"}, data=statement.encode(), headers=headers, timeout=300
        )
        assert answer.ok, answer.text
        return answer.text

    def hold(self, table: Table) -> None:
        self.say("TRUNCATE TABLE terminals")
        self.say(INSERT + "\n".join(json.dumps(summary(row)) for row in table.rows()))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("chdb", reason="requirements-engines.txt is installed by make test-fleet alone")
    command = [sys.executable, "-m", "tests.support.clickhouse_by_chdb", "--database", str(tmp_path_factory.mktemp("clickhouse"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, env={**os.environ, "CLICKHOUSE_PASSWORD": PASSWORD}
    ) as process:
        assert process.stdin and process.stdout
        port = process.stdout.readline()
        assert port, "it did not start"
        yield Server(int(port))
        process.stdin.close()


def summary(row: Row) -> dict[str, Any]:
    """What its terminal would have sent, and when that came in."""
    labels = {name[len(LABEL) :]: value for name, value in row.attributes.items() if name.startswith(LABEL)}
    told: dict[str, Any] = msgspec.to_builtins(row)
    attributes = {name: value for name, value in row.attributes.items() if not name.startswith(LABEL)}
    config, version = attributes.pop("config", ""), attributes.pop("version", "")
    return {
        "schema": "posdiag.summary/1",
        **told,
        "generated_at": row.generated,
        "config_hash": config,
        "version": version,
        "attributes": attributes,
        "labels": labels,
        "answer_age_s": None,
        "of_a_later_version": {"x": 1},
    }


@pytest.mark.parametrize("seed", range(3))
def test_answer_is_the_same_to_the_digit(server: Server, seed: int) -> None:
    fleet = made(20_000, seed, faults=4, missing=0.2, wrong=0.03, noise=0.05)
    server.hold(fleet.table)

    by_sql = answered(server.engine(), fleet.now)

    assert by_sql == judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now)
    assert len(by_sql.answer.faults) >= 3


@pytest.fixture(scope="module")
def fleet(server: Server) -> Made:
    fleet = odd(6000, 7)
    server.hold(fleet.table)
    return fleet


def test_answer_of_an_odd_fleet_is_the_same(server: Server, fleet: Made) -> None:
    by_sql, here = answered(server.engine(), fleet.now), judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now)

    assert by_sql.found == here.found
    assert by_sql.answer.faults == here.answer.faults
    assert (by_sql.answer.single, by_sql.answer.notices) == (here.answer.single, here.answer.notices)


@pytest.mark.parametrize("family", Family)
def test_each_count_is_the_same(server: Server, fleet: Made, family: Family) -> None:
    here, there = InMemory(fleet.table, fleet.now, fleet.silent), SqlCounter(server.engine(), fleet.now)
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
        for other in (Place(cell[:1], values[:1]), Place(("isp",), ("",)), EVERYWHERE):
            assert there.meeting(family, (place, other), without) == here.meeting(family, (place, other), without)
        without.append(place)
    assert there.members(family, EVERYWHERE, (), failing=True, limit=5)


@pytest.mark.parametrize("family", Family)
def test_the_shipped_counting_views_count_the_same(server: Server, family: Family) -> None:
    """Of causes that this version knows: those of a later one stand in no view."""
    fleet = made(6000, 3, faults=4, noise=0.05, missing=0.1)
    server.hold(fleet.table)
    here = InMemory(fleet.table, fleet.now, fleet.silent)
    heard = max(came for came, quiet in zip(fleet.table.received, fleet.silent, strict=True) if quiet)
    asked = f"now = {fleet.now}" + (f", heard = {heard}" if family is Family.SILENCE else "")
    rows = json.loads(server.say(f"SELECT * FROM counts_{family.value}({asked}) FORMAT JSONCompact"))["data"]

    whole = max(rows, key=lambda row: int(row[0]))
    count = here.whole(family, ())
    assert [int(each) for each in whole[-4:]] == [count.of, count.failing, count.cannot_pay, count.hidden]
    without_labels = [cell for cell in cells_of(family, here) if not cell[0].startswith(LABEL)]
    assert len(rows) - 1 == sum(len(places) for places in here.by(family, without_labels, ()).values())


def test_the_newest_of_every_terminal_counts(server: Server) -> None:
    now = 1_795_003_200
    first = Row(id="a", generated=now, valid_until=now + 180, received=now, state=2, can_pay=0, cause="network.dns_unreachable")
    server.hold(Table([first]))
    later = replace(first, generated=now + 900, valid_until=now + 1080, received=now + 900, state=0, can_pay=1, cause="")
    for row in (later, first):  # the late one comes last
        server.say(INSERT + json.dumps(summary(row)))

    totals = answered(server.engine(), now + 1000).answer.totals
    assert (totals.terminals, totals.can_pay, totals.cannot_pay) == (1, 1, 0)


def test_what_is_no_summary_is_no_terminal(server: Server) -> None:
    server.say("TRUNCATE TABLE terminals")
    server.say(INSERT + '{"schema": "of somebody else", "id": "a"} {"schema": "posdiag.summary/1", "id": ""}')

    assert answered(server.engine(), 1_795_003_200).answer.totals.terminals == 0


def test_views_tell_availability_incidents_and_clones(server: Server) -> None:
    noon = 1_795_003_200
    over = ClosedIncident(cause="network.dns_unreachable", began=noon - 600, seconds=300, step="restart_router")
    of_clock = ClosedIncident(cause="network.dns_unreachable", began=noon + 10**6, seconds=300)
    row = Row(
        id="v", machine_id="m1", generated=noon, valid_until=noon + 180, received=noon, state=0, can_pay=1, attributes={"isp": "isp-a"}
    )
    for later, seconds, machine in (
        (0, {"ok": 1000, "outage": 50}, "m1"),
        (900, {"ok": 1600, "outage": 350}, "m1"),
        (1800, {"ok": 5}, "m2"),
    ):
        told = replace(row, received=noon + later, generated=noon + later, machine_id=machine, seconds_by_state=seconds)
        server.say(INSERT + json.dumps(summary(replace(told, closed=(over, of_clock), incidents_by_cause={"x.y": 3 + later // 900}))))

    def asked(query: str) -> list[Any]:
        answer: list[Any] = json.loads(server.say(f"{query} FORMAT JSONCompact"))["data"]
        return [[int(each) if str(each).isdecimal() else each for each in line] for line in answer]

    found = "SELECT machine_id, paying, watched, incidents, isp FROM availability WHERE id = 'v' ORDER BY machine_id"
    assert asked(found) == [["m1", 600, 900, 1, "isp-a"], ["m2", 0, 0, 0, "isp-a"]]
    assert asked("SELECT began, seconds, step FROM incidents FINAL WHERE id = 'v'") == [[noon - 600, 300, "restart_router"]]
    assert asked("SELECT id, machine_ids FROM doubtful_identities WHERE id = 'v'") == [["v", 2]]


def test_a_wrong_password_and_an_unknown_database_are_said(server: Server) -> None:
    with pytest.raises(EngineFailed, match="user or password"):
        answered(ClickHouse(server.url, {"CLICKHOUSE_PASSWORD": "another"}), 0)
    with pytest.raises(EngineFailed, match=r"clickhouse\.sql"):
        answered(ClickHouse(server.url.replace("/posdiag", "/nothing"), {"CLICKHOUSE_PASSWORD": PASSWORD}), 0)


def test_files_of_a_store_are_read(server: Server, fleet: Made, tmp_path: Path) -> None:
    from agent.fleet.store.keep import keep

    keep(tmp_path, fleet.table, at=fleet.now, silent=fleet.silent)
    engine = server.engine()
    engine.source = f"file('{tmp_path / 'latest.parquet'}', Parquet)"

    assert answered(engine, fleet.now).found == judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now).found
