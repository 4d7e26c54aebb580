"""The inventory fills in what terminals do not tell, says who never reported, and names every fault of its own with line and column."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading.flaws import Quality
from agent.fleet.reading.inventory import Inventory, load
from agent.settings.problem import SettingsError

TEXT = """id,serial_number,machine_id,store,region,isp,model,retired
T-1,S1,,North 1,north,isp-a,P1,
T-2,S2,m2,North 2,north,isp-b,P1,no
T-3,,,"South, 1",south,,,yes
T-4,,,,,,,2026-01-31
T-5,,,,,,,
"""


def written(folder: Path, text: str | bytes) -> str:
    path = folder / "inventory.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def read(folder: Path, text: str | bytes = TEXT) -> Inventory:
    return load(written(folder, text))


def row(name: str, received: int = 1_000, **more: object) -> Row:
    return Row(id=name, generated=received, valid_until=received, received=received, state=0, can_pay=1, **more)  # type: ignore[arg-type]


def test_gaps_are_filled_and_what_a_terminal_tells_stands(tmp_path: Path) -> None:
    table = Table([row("T-1", attributes={"isp": "isp-z"}), row("T-2", serial_number="other", machine_id="m2"), row("T-9")])
    quality = Quality()
    assert read(tmp_path).fill(table, quality) == [0, 1]
    assert table.row(0).attributes == {"store": "North 1", "region": "north", "isp": "isp-z", "model": "P1"}
    assert (table.row(0).serial_number, table.row(1).serial_number) == ("S1", "other")
    assert {flaw.value: count for flaw, count in quality.counts.items()} == {"not_in_inventory": 1, "not_as_in_inventory": 1}


def test_who_never_reported_and_who_is_gone(tmp_path: Path) -> None:
    inventory = read(tmp_path)
    assert inventory.missing(Table([row("T-1")])) == ("T-2", "T-5")
    assert inventory.retired == {"T-3": math.inf, "T-4": 1769817600.0}


@pytest.mark.parametrize(
    "text",
    [
        "id;store\nT-1;A\n",  # as some spreadsheets write it
        "\ufeffID,Store\r\nT-1,A\r\n\r\n",
        "store,id\nA,T-1\n,\n",
        "id,store\nT-1,A",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    assert {name: entry.store for name, entry in read(tmp_path, text).entries.items()} == {"T-1": "A"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [(1, "")]),
        ("id,shop\nT-1,A\n", [(1, "column 2")]),
        ("store\nA\n", [(1, "id")]),
        ("id,id\nT-1,T-1\n", [(1, "id")]),
        (
            "id,store,retired\n,A,\nT-1,A,\nT-1,B,perhaps\nT-2,B,perhaps\nT-3,C,,x\nT-4," + "x" * 300 + ",\n",
            [(2, "id"), (4, "id"), (5, "retired"), (6, ""), (7, "store")],
        ),
        ('id\n"T-1\n', [(2, "")]),
        (b"id\nT-1\nT-\xff\n", [(3, "")]),
    ],
)
def test_every_fault_is_told_with_its_line_and_column(tmp_path: Path, text: str | bytes, places: list[tuple[int, str]]) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)
    assert [(problem.line, problem.place.en) for problem in raised.value.problems] == places


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "/dev/zero"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError):
        load(name)
