"""The inventory fills in what terminals do not tell, says who never reported, and names every fault of its own with line and column."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading.flaws import Flaw, Quality
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


CHINESE = "终端编号,门店,运营商,联系人,停用日期\r\nT-1,城南一店,电信,王,\r\nT-2,城北,联通,李,2026/1/31\r\n"


@pytest.mark.parametrize(
    "content",
    [
        CHINESE.encode(),
        CHINESE.encode("utf-8-sig"),
        CHINESE.encode("gbk"),
        CHINESE.encode("gb18030"),
        CHINESE.replace(",", "\t").encode("utf-16"),  # a spreadsheet's "Unicode text"
        CHINESE.replace(",", ";").encode("utf-16"),
    ],
)
def test_a_table_of_a_spreadsheet_in_chinese_is_read(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, content)
    assert {name: (entry.store, entry.isp) for name, entry in found.entries.items()} == {
        "T-1": ("城南一店", "电信"),
        "T-2": ("城北", "联通"),
    }
    assert found.retired == {"T-2": 1769817600.0}
    assert found.flaws == ((Flaw.INVENTORY_COLUMN, "inventory.csv:1 联系人"),)


def test_of_a_wrong_line_the_right_counts_and_every_one_is_named(tmp_path: Path) -> None:
    lines = ["id,store,retired", ",A,", "T-1,A,", "T-1,B,", "T-2,B,perhaps", "T-3,C,,x", f"T-4,{'x' * 300},", '"T-5,D,', "T-6,E,no"]
    found = read(tmp_path, "\n".join(lines))
    assert found.flaws == (
        (Flaw.INVENTORY_LINE, "inventory.csv:2 id"),
        (Flaw.INVENTORY_TWICE, "inventory.csv:4 T-1"),
        (Flaw.INVENTORY_LINE, "inventory.csv:5 retired"),
        (Flaw.INVENTORY_LINE, "inventory.csv:6"),
        (Flaw.INVENTORY_LINE, "inventory.csv:7 store"),
        (Flaw.INVENTORY_LINE, "inventory.csv:8"),
    )
    assert {name: entry.store for name, entry in found.entries.items()} == {"T-1": "A", "T-2": "B", "T-3": "", "T-4": "", "T-6": "E"}
    quality = Quality()
    found.fill(Table([row("T-3")]), quality)  # it is in the inventory, whatever else its line says
    assert quality.counts == {Flaw.INVENTORY_LINE: 5, Flaw.INVENTORY_TWICE: 1}


@pytest.mark.parametrize("most", ["utf-8", "gbk"])
def test_a_line_in_another_encoding_is_read_all_the_same(tmp_path: Path, most: str) -> None:
    other = "gbk" if most == "utf-8" else "utf-8"
    lines = [*(f"T-{number},城南{number}店".encode(most) for number in range(9)), "T-9,联通大厦".encode(other), b"T-x,\xff\xff"]
    found = read(tmp_path, b"id,store\n" + b"\n".join(lines))
    assert [entry.store for entry in found.entries.values()] == [*(f"城南{number}店" for number in range(9)), "联通大厦"]
    assert found.flaws == ((Flaw.INVENTORY_LINE, "inventory.csv:12"),)


def test_a_cell_over_two_lines_is_one(tmp_path: Path) -> None:
    assert read(tmp_path, 'id,store\nT-1,"South\nGate"\nT-2,B').entries["T-1"].store == "South\nGate"


@pytest.mark.parametrize("text", ["", "\n\n", "store\nA\n", "门店,地区\nA,B\n", b"\xff\xff\xff"])
def test_without_the_ids_there_is_no_inventory(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "/dev/zero"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError):
        load(name)
