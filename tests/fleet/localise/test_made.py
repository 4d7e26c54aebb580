"""Made fleets are as they say, on paper too."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.contract.document import Status
from agent.contract.summary import SIZE_LIMIT
from agent.fleet.localise.located import answer_of
from agent.fleet.reading.scanned import scanned
from tests.fleet.made.__main__ import KINDS, write
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.people import at
from tests.fleet.made.written import document, summary


def few() -> Made:
    return made(400, 5, faults=2, missing=0.1)


def test_the_same_seed_makes_the_same_fleet_and_another_another() -> None:
    first, again, other = few(), few(), made(400, 6, faults=2)
    assert list(first.table.rows()) == list(again.table.rows())
    assert first.truth == again.truth
    assert first.truth != other.truth


def test_faults_are_where_they_are_said_to_be() -> None:
    fleet = made(20_000, 5, faults=4)
    assert len(fleet.truth) == 4
    for fault in fleet.truth:
        there = at(fleet.people, fault.where)
        assert 8 <= there.sum() <= 0.45 * 20_000


@pytest.mark.parametrize("kind", KINDS)
def test_files_lead_to_the_same_answer_as_the_table(tmp_path: Path, kind: str) -> None:
    fleet = few()
    write(fleet, kind, tmp_path / "made")
    read = scanned([str(tmp_path / "made")], now=fleet.now)
    assert read.quality.unreadable == 0
    assert read.totals == fleet.totals
    told = answer_of(read.table, read.totals, read.now, silent=read.silent)
    known = answer_of(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)
    if kind != "tree":  # where nobody knows when a line came in, the terminal's own time stands for it
        assert [fault.where for fault in told.faults] == [fault.where for fault in known.faults]
    else:
        assert told == known


def test_documents_are_whole_ones_and_as_large_as_real_ones() -> None:
    rows = list(few().table.rows())
    well = next(row for row in rows if not row.cause)
    ill = next(row for row in rows if row.cause)
    for row in (well, ill):
        msgspec.json.decode(document(row), type=Status)
        assert 5000 < len(document(row)) < 16_000
        assert len(summary(row)) <= SIZE_LIMIT + 1
