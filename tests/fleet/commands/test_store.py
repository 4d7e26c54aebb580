"""`show`, `retire`, `ack` and `pack`: what is asked of a scan that was kept, and noted of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard

from agent.contract.times import utc
from agent.fleet.commands.run import run
from agent.fleet.model.row import Row
from agent.fleet.reading.places import ACKNOWLEDGED, ANSWER
from agent.present import layout
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.written import document, summaries_of, write_tree


@pytest.fixture(scope="module")
def fleet() -> Made:
    return made(3000, 5, faults=2)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fleet.toml").write_text(f'store = "{tmp_path / "store"}"\nkeep_days = 36500\n')
    monkeypatch.setenv("POSDIAG_FLEET_CONFIG", str(tmp_path / "fleet.toml"))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")


@pytest.fixture
def collected(fleet: Made, tmp_path: Path) -> Path:
    path = tmp_path / "fleet.ndjson"
    path.write_bytes(b"".join(summaries_of(fleet)))
    return path


Captured = pytest.CaptureFixture[bytes]


def scanned(collected: Path, fleet: Made, out: Captured, later: int = 0) -> dict[str, object]:
    out.readouterr()
    run(["scan", str(collected), "--json", "--now", utc(fleet.now + later)])
    answer: dict[str, object] = json.loads(out.readouterr().out)
    return answer


def faults(answer: dict[str, object]) -> list[dict[str, object]]:
    found = answer["faults"]
    assert isinstance(found, list)
    return found


def test_a_fault_is_shown_with_who_has_it_and_who_has_not(collected: Path, fleet: Made, capsysbinary: Captured) -> None:
    fault = faults(scanned(collected, fleet, capsysbinary))[0]
    assert run(["show", str(fault["id"]), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert len(rows) == fault["failing"]
    assert run(["show", str(fault["id"])[:-2], "--lang", "en"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert "Well at the same place" in shown and f"Our number: {fault['id']}" in shown.replace("\n  ", " ")
    assert "\\x0a" not in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_shown_fits_a_narrow_screen(
    collected: Path, fleet: Made, capsysbinary: Captured, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    fault = faults(scanned(collected, fleet, capsysbinary))[0]
    monkeypatch.setenv("COLUMNS", "40")
    for word in (str(fault["id"]), fleet.table.ids[0]):
        assert run(["show", word, "--lang", language]) == 0
        lines = capsysbinary.readouterr().out.decode().splitlines()
        assert max(map(layout.width, lines)) <= 40


def test_a_terminal_is_shown_with_the_fault_that_it_is_part_of(collected: Path, fleet: Made, capsysbinary: Captured) -> None:
    fault = faults(scanned(collected, fleet, capsysbinary))[0]
    run(["show", str(fault["id"]), "--csv"])
    name = capsysbinary.readouterr().out.decode().splitlines()[1].partition(",")[0]
    assert run(["show", name, "--lang", "en"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert shown.startswith(name) and str(fault["id"]) in shown


def test_what_nobody_knows_is_said_with_what_there_is(collected: Path, fleet: Made, capsysbinary: Captured) -> None:
    fault = faults(scanned(collected, fleet, capsysbinary))[0]
    assert run(["show", "no\x1b[2Jthing", "--lang", "en"]) == 3
    said = capsysbinary.readouterr().err.decode()
    assert str(fault["id"]) in said and "\x1b" not in said


def test_a_retired_terminal_is_left_out_until_something_newer_comes_of_it(
    collected: Path, fleet: Made, capsysbinary: Captured, tmp_path: Path
) -> None:
    before = scanned(collected, fleet, capsysbinary)["totals"]
    name = fleet.table.ids[7]
    assert run(["retire", name]) == 0
    after = scanned(collected, fleet, capsysbinary, 60)["totals"]
    assert isinstance(before, dict) and isinstance(after, dict)
    assert after["terminals"] == before["terminals"] - 1
    newer = json.loads(document(fleet.table.row(7)))
    newer["sequence"] += 1
    newer["generated_at"] = newer["valid_until"] = "2097-01-01T00:00:00Z"
    (tmp_path / "newer.ndjson").write_text(json.dumps(newer))
    again = scanned(tmp_path / "newer.ndjson", fleet, capsysbinary, 70 * 366 * 86400)["totals"]
    assert isinstance(again, dict) and again["terminals"] == before["terminals"]


def test_a_terminal_that_nobody_knows_is_not_retired(collected: Path, fleet: Made, capsysbinary: Captured) -> None:
    scanned(collected, fleet, capsysbinary)
    assert run(["retire", fleet.table.ids[0], "T-unknown"]) == 3
    assert scanned(collected, fleet, capsysbinary)["totals"]["terminals"] == len(fleet.table)  # type: ignore[index]


def test_a_note_stands_with_its_fault_until_its_time(collected: Path, fleet: Made, capsysbinary: Captured, tmp_path: Path) -> None:
    name = str(faults(scanned(collected, fleet, capsysbinary))[0]["id"])
    assert run(["ack", name, "--note", "ticket 7 \x1b[31m", "--until", "2098-01-01"]) == 0
    assert b"\x1b" not in capsysbinary.readouterr().out
    noted = {str(fault["id"]): fault["acknowledged"] for fault in faults(scanned(collected, fleet, capsysbinary, 60))}
    assert noted[name] == "ticket 7 \x1b[31m" and [each for each in noted.values() if each] == [noted[name]]
    stored = json.loads((tmp_path / "store" / ACKNOWLEDGED).read_bytes())
    stored[name]["until"] = fleet.now + 100
    (tmp_path / "store" / ACKNOWLEDGED).write_text(json.dumps(stored))
    assert {fault["acknowledged"] for fault in faults(scanned(collected, fleet, capsysbinary, 120))} == {None}


def test_what_is_noted_again_keeps_what_is_not_said_anew(collected: Path, fleet: Made, capsysbinary: Captured) -> None:
    name = str(faults(scanned(collected, fleet, capsysbinary))[0]["id"])
    for words in (["--note", "ticket 7", "--until", "2098-01-01T12:00"], [], ["--until", "2099-01-01T12:00"]):
        assert run(["ack", name, *words]) == 0
    found = next(each for each in faults(scanned(collected, fleet, capsysbinary, 60)) if each["id"] == name)
    assert (found["acknowledged"], str(found["acknowledged_until"])[:4]) == ("ticket 7", "2099")
    run(["scan", str(collected), "--now", utc(fleet.now + 90), "--lang", "en"])
    assert b"taken on (until 2099-01-01 12:00 UTC): ticket 7" in capsysbinary.readouterr().out
    assert run(["ack", name, "--note", ""]) == 0
    found = next(each for each in faults(scanned(collected, fleet, capsysbinary, 120)) if each["id"] == name)
    assert found["acknowledged"] == ""


def test_the_beginning_of_several_ids_is_said_to_be_one(collected: Path, fleet: Made, capsysbinary: Captured, tmp_path: Path) -> None:
    scanned(collected, fleet, capsysbinary)
    stored = json.loads((tmp_path / "store" / ANSWER).read_bytes())
    stored["faults"] = [{**stored["faults"][0], "id": f"gateway-{number:08}"} for number in range(30)]
    (tmp_path / "store" / ANSWER).write_text(json.dumps(stored))
    assert run(["ack", "gateway-0000000", "--lang", "en"]) == 3
    said = capsysbinary.readouterr().err.decode()
    assert "is the beginning of several" in said and "gateway-00000003" in said and "gateway-00000011" not in said
    assert run(["ack", "gateway", "--lang", "zh"]) == 3
    assert "不只一个" in (said := capsysbinary.readouterr().err.decode()) and "另有 10 个" in said


def test_a_terminal_that_is_not_one_machine_says_so_in_words(capsysbinary: Captured, tmp_path: Path) -> None:
    rows = [
        Row(id=f"T-{number}", machine_id="m1", generated=NOW, valid_until=NOW + 180, received=NOW, state=0, can_pay=1)
        for number in range(9)
    ]
    other = Row(id="T-0", machine_id="m2", generated=NOW + 1, valid_until=NOW + 180, received=NOW, state=0, can_pay=1)
    (tmp_path / "fleet.ndjson").write_bytes(b"".join(document(row) + b"\n" for row in (*rows, other)))
    run(["scan", str(tmp_path / "fleet.ndjson"), "--now", utc(NOW + 5), "--lang", "en"])
    assert b"m1: T-1, T-2, T-3, \xe2\x80\xa6" in capsysbinary.readouterr().out, "there are more of them"
    run(["show", "T-0", "--lang", "zh"])
    assert "标识可疑：两台机器" in capsysbinary.readouterr().out.decode()
    run(["show", "T-1", "--lang", "en"])
    assert "its machine is also T-2, T-3, T-4, T-5, T-6…" in capsysbinary.readouterr().out.decode()
    assert run(["show", "T-1", "--json", "--lang", "en"]) == 3
    assert b"--json is for a fault" in capsysbinary.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ack", "x", "--until", "soon"], "--until needs a day or a time"),
        (["ack", "x", "--until", "2001-01-01"], "--until is over already"),
        (["ack", "x", "--note", "n" * 500], "at most 400"),
        (["show", "x"], "Scan with --store first"),
        (["retire", "x"], "Scan with --store first"),
        (["pack", ".", "--lang", "en"], "-o FILE.ndjson.zst"),
        (["pack", "nowhere", "-o", "out.zst"], "nowhere cannot be read"),
        (["pack", ".", "-o", "no/such/out.zst"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], said: str, tmp_path: Path, capsysbinary: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*words, "--lang", "en"]) == 3
    assert said in capsysbinary.readouterr().err.decode().replace("\n", " ")
    assert not list(tmp_path.glob("*.tmp")) and not list(tmp_path.glob(".*.tmp")) and not (tmp_path / "out.zst").exists()


@pytest.mark.parametrize("name", ["all.ndjson", "all.ndjson.gz", "all.ndjson.zst"])
def test_a_tree_is_packed_into_one_file_that_says_the_same(tmp_path: Path, name: str, capsysbinary: Captured) -> None:
    small = made(50, 3, faults=0)
    write_tree(small, tmp_path / "tree")
    (tmp_path / "tree" / "pretty.json").write_text(json.dumps(json.loads(document(small.table.row(0))), indent=2).replace("T-", "U-", 1))
    (tmp_path / "tree" / "broken.json").write_text("{")
    assert run(["pack", str(tmp_path / "tree"), "-o", str(tmp_path / name), "--lang", "en"]) == 0
    assert b"cut off" in capsysbinary.readouterr().err
    content = (tmp_path / name).read_bytes()
    if name.endswith("zst"):
        content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    lines = (gzip.decompress(content) if name.endswith("gz") else content).splitlines()
    assert len(lines) == 51 and all(json.loads(line)["schema"] == "posdiag.status/1" for line in lines)
    totals = [scanned(tmp_path / each, small, capsysbinary)["totals"] for each in ("tree", name)]
    assert isinstance(totals[0], dict) and isinstance(totals[1], dict)
    assert totals[0] | {"unreadable": 0} == totals[1]


def test_a_tree_packed_into_itself_does_not_double(tmp_path: Path, capsysbinary: Captured) -> None:
    tree = tmp_path / "tree"
    write_tree(made(20, 3, faults=0), tree)
    packed = tree / "all.ndjson"
    for sources, lines in (([tree], 20), ([tree], 20), ([tree, packed], 40)):
        assert run(["pack", *map(str, sources), "-o", str(packed), "--lang", "en"]) == 0
        assert len(packed.read_bytes().splitlines()) == lines
    assert b"40 documents" in capsysbinary.readouterr().err
