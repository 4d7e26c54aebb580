"""What a store is for: only what changed is read again, what is known stays known, and no damage to it ends a scan."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from agent.contract.times import parse
from agent.fleet.model.table import Table
from agent.fleet.reading import kept
from agent.fleet.reading.identity import Doubt
from agent.fleet.reading.inventory import load
from agent.fleet.reading.places import ACKNOWLEDGED, ANSWER, ANSWERS, HOURS, RETIRED, TERMINALS
from agent.fleet.reading.scanned import gathered, judged
from agent.fleet.settings.model import FleetSettings
from agent.fleet.survey.memory import Memory
from agent.fleet.survey.survey import Asked, Survey, recalled, surveyed
from agent.storage.atomic import StoreError, Trouble
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.written import document, summaries_of, write_tree


@pytest.fixture(scope="module")
def fleet() -> Made:
    return made(400, 11, faults=1)


@pytest.fixture
def tree(fleet: Made, tmp_path: Path) -> Path:
    write_tree(fleet, tmp_path / "tree")
    return tmp_path / "tree"


def look(source: Path, later: int = 0, **more: object) -> Survey:
    store = source.parent / "store"
    return surveyed(Asked(sources=[str(source)], now=NOW + later, store=store, history=False, **more))  # type: ignore[arg-type]


def reread(source: Path) -> int:
    return gathered([str(source)], now=NOW, known=kept.read(source.parent / "store")).reread


def plain(table: Table) -> list[dict[str, object]]:
    return sorted((msgspec.to_builtins(row) for row in table.rows()), key=lambda each: str(each["id"]))


def change(tree: Path, name: str, at: int, **values: object) -> None:
    path = tree / name / "status.json"
    path.write_bytes(json.dumps({**json.loads(path.read_bytes()), **values}).encode())
    os.utime(path, (at, at))


def test_only_what_changed_is_read_again_and_all_is_as_if_it_had_been(tree: Path, fleet: Made) -> None:
    first = look(tree)
    assert reread(tree) == 0
    name = fleet.table.ids[3]
    change(
        tree,
        name,
        NOW + 30,
        sequence=9_999_999,
        state="outage",
        can_pay="no",
        cause="system.disk_full",
        causes=[{"code": "system.disk_full"}],
    )
    (tree / "new.json").write_bytes(document(fleet.table.row(4)).replace(fleet.table.ids[4].encode(), b"T-new"))
    assert reread(tree) == 2
    second = look(tree, 60)
    assert len(second.scanned.table) == len(first.scanned.table) + 1
    assert second.scanned.touched == tuple(sorted((second.scanned.table.number_of[name], second.scanned.table.number_of["T-new"])))
    fresh = gathered([str(tree)], now=NOW + 60).table
    assert plain(second.scanned.table) == plain(fresh)


def test_what_is_wrong_with_a_file_is_told_again_while_that_is_as_it_was(tree: Path) -> None:
    (tree / "broken.json").write_bytes(b"{")
    (tree / "lines.ndjson").write_bytes(b"nothing\n" * 30)
    counts = look(tree).answer.quality
    assert counts == {"truncated": 1, "damaged": 30} and reread(tree) == 0
    assert look(tree, 1).answer.quality == counts
    (tree / "broken.json").unlink()
    assert look(tree, 2).answer.quality == {"damaged": 30}


def test_a_terminal_whose_file_is_gone_is_known_until_it_is_retired_or_too_old(tree: Path, fleet: Made) -> None:
    look(tree)
    name = fleet.table.ids[0]
    (tree / name / "status.json").unlink()
    later = look(tree, 40_000)
    number = later.scanned.table.number_of[name]
    assert later.scanned.silent[number]
    Memory(tree.parent / "store").keep_retired({name: NOW + 40_000.0})
    assert name not in look(tree, 40_060).scanned.table.number_of
    assert len(look(tree, 3 * 86400, settings=FleetSettings(keep_days=1)).scanned.table) == 0


@pytest.mark.parametrize("damage", [b"", b"nothing", b"\x82\xa7version\xa1x", "half", "version"])
def test_a_damaged_state_is_said_and_everything_is_read_anew(tree: Path, damage: bytes | str) -> None:
    first = look(tree)
    state = tree.parent / "store" / TERMINALS
    whole = state.read_bytes()
    if isinstance(damage, str):
        damage = whole[: len(whole) // 2] if damage == "half" else whole.replace(b"terminals/1", b"terminals/9")
    state.write_bytes(damage)
    second = look(tree, 1)
    assert second.answer.quality == {"state_damaged": 1} and second.scanned.touched is None
    assert plain(second.scanned.table) == plain(first.scanned.table)
    assert look(tree, 2).answer.quality == {}


@pytest.mark.parametrize("flip", range(0, 2000, 97))
def test_no_flipped_bit_of_a_state_ends_a_scan(tree: Path, flip: int) -> None:
    look(tree)
    state = tree.parent / "store" / TERMINALS
    content = bytearray(state.read_bytes())
    content[flip * len(content) // 2000] ^= 0x20
    state.write_bytes(content)
    assert len(look(tree, 1).scanned.table) >= 400


@pytest.mark.parametrize("name", [ANSWER, ACKNOWLEDGED, RETIRED, HOURS])
def test_a_damaged_file_beside_it_is_said_and_is_as_none(tree: Path, name: str) -> None:
    look(tree)
    (tree.parent / "store" / name).write_bytes(b"{")
    assert look(tree, 3700).answer.quality == {"state_damaged": 1}


def test_yesterday_is_the_last_answer_of_an_earlier_day(tree: Path) -> None:
    today, later = look(tree), look(tree, 600)
    assert today.before is None and later.before is None
    tomorrow = look(tree, 86400)
    assert tomorrow.before is not None and parse(tomorrow.before.generated_at) == NOW + 600
    assert len(list((tree.parent / "store" / ANSWERS).iterdir())) == 2


def test_what_was_found_can_be_recalled_without_the_sources(tree: Path) -> None:
    found = look(tree)
    memory = Memory(tree.parent / "store")
    again = recalled(memory, NOW, FleetSettings())
    assert again.answer == found.answer
    assert [again.located.failing(fault.id) for fault in found.answer.faults] == [
        found.located.failing(fault.id) for fault in found.answer.faults
    ]


def test_a_clone_is_seen_from_scan_to_scan(tree: Path, fleet: Made) -> None:
    name = fleet.table.ids[5]
    for number, boot in enumerate(("boot-1", "boot-2", "boot-1")):
        at = NOW + 60 * number
        stamp = f"2026-09-21T14:{20 + number}:00Z"
        change(tree, name, at, boot_id=boot, sequence=number + 1, generated_at=stamp)
        found = look(tree, 60 * number)
    assert found.scanned.doubts == {name: (Doubt.BOOT_IDS,)} and found.answer.totals.duplicate_ids == 1
    assert look(tree, 200).answer.totals.duplicate_ids == 1


def test_a_document_that_is_copied_again_and_again_is_no_sign_of_life(tree: Path, fleet: Made) -> None:
    look(tree)
    name = fleet.table.ids[9]
    for later in (3600, 7200):
        (at, path) = (NOW + later, tree / name / "status.json")
        os.utime(path, (at, at))
        found = look(tree, later)
    number = found.scanned.table.number_of[name]
    assert found.scanned.silent[number] and found.scanned.table.received[number] == fleet.table.received[9]


def test_receipts_and_the_documents_own_times_may_take_turns(tree: Path, fleet: Made) -> None:
    look(tree)
    then = look(tree, 60, as_of=True)
    assert list(then.scanned.table.received) == list(then.scanned.table.generated)
    again = look(tree, 120)
    assert list(again.scanned.table.received) == list(gathered([str(tree)], now=NOW + 120).table.received)


def test_lines_are_kept_as_trees_are(fleet: Made, tmp_path: Path) -> None:
    path = tmp_path / "fleet.ndjson"
    path.write_bytes(b"".join(summaries_of(fleet)))
    first = look(path)
    assert reread(path) == 0
    assert look(path, 1).answer.totals == first.answer.totals


def test_a_store_that_cannot_be_written_keeps_nobody_from_the_answer(tree: Path) -> None:
    (tree.parent / "store").write_bytes(b"")
    found = look(tree)
    assert found.unkept is not None and found.unkept.trouble is Trouble.NO_DIRECTORY
    (tree.parent / "store").unlink()
    assert msgspec.structs.replace(found.answer, quality={}) == msgspec.structs.replace(look(tree).answer, quality={})


def test_a_full_disk_costs_what_was_new_and_no_names(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = look(tree)

    def full(path: Path, *_: object, **__: object) -> None:
        raise StoreError(Trouble.DISK_FULL, path, "full")

    with monkeypatch.context() as disk:
        disk.setattr("agent.storage.atomic.write", full)
        found = look(tree, 60)
        assert found.unkept is not None and found.unkept.trouble is Trouble.DISK_FULL
        assert [fault.id for fault in found.answer.faults] == [fault.id for fault in first.answer.faults] != []
    assert look(tree, 120).unkept is None


def test_flaws_are_counted_once_however_often_what_was_read_is_judged(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("id\nT-unheard-of\n")
    read, inventory = gathered([str(tree)], now=NOW), load(str(tmp_path / "inventory.csv"))
    assert judged(read, NOW, inventory=inventory).counts == judged(read, NOW, inventory=inventory).counts != {}


def test_the_inventory_is_not_mistaken_for_what_a_terminal_said(tree: Path, fleet: Made, tmp_path: Path) -> None:
    name = fleet.table.ids[0]
    change(tree, name, NOW, terminal={**json.loads((tree / name / "status.json").read_bytes())["terminal"], "store": "", "labels": {}})
    path = tmp_path / "inventory.csv"
    path.write_text(f"id,store,isp\n{name},S-7,isp-z\n")
    found = look(tree, inventory=load(str(path)))
    assert found.scanned.table.attributes["isp"][found.scanned.table.number_of[name]] == "isp-z"
    without = look(tree, 1)
    assert "isp-z" not in {without.scanned.table.attributes["isp"][without.scanned.table.number_of[name]]}
