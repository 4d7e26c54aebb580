"""`posdiag fleet scan`: the table for people, the answer for programs, and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.contract.times import utc
from agent.fleet.commands.run import run
from agent.fleet.model.row import Row
from agent.fleet.reading.places import ANSWER, TERMINALS
from agent.present import layout
from tests.fleet.made.fleet import NOW, Made, made
from tests.fleet.made.written import document, summaries_of, write_tree


@pytest.fixture(scope="module")
def fleet() -> Made:
    return made(3000, 5, faults=2)


@pytest.fixture
def collected(fleet: Made, tmp_path: Path) -> Path:
    path = tmp_path / "fleet.ndjson"
    path.write_bytes(b"".join(summaries_of(fleet)))
    return path


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None but the built-in ones."""
    (tmp_path / "fleet.toml").write_text("")
    monkeypatch.setenv("POSDIAG_FLEET_CONFIG", str(tmp_path / "fleet.toml"))


def as_of(fleet: Made) -> tuple[str, str]:
    return "--now", utc(fleet.now)


def test_the_answer_for_programs(fleet: Made, collected: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    status = run(["scan", str(collected), "--json", *as_of(fleet)])
    answer = json.loads(capsysbinary.readouterr().out)
    assert (answer["schema"], answer["generated_at"]) == ("posdiag.fleet/1", utc(fleet.now))
    assert {name: answer["totals"][name] for name in ("terminals", "can_pay", "cannot_pay", "silent")} == {
        name: getattr(fleet.totals, name) for name in ("terminals", "can_pay", "cannot_pay", "silent")
    }
    assert {tuple(sorted(fault["where"][0].items())) for fault in answer["faults"]} == {
        tuple(sorted(each.where.items())) for each in fleet.truth
    }
    assert status == (2 if any(fault["cannot_pay"] for fault in answer["faults"]) else 1)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [40, 80])
def test_the_table_fits(
    fleet: Made, collected: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    run(["scan", str(collected), "--lang", language, *as_of(fleet)])
    shown = capsys.readouterr().out
    assert max(map(layout.width, shown.splitlines())) <= columns
    assert ("3,000 terminals" if language == "en" else "3,000 台终端") in shown
    for fault in fleet.truth:
        assert all(value in shown for value in fault.where.values())


def test_a_tree_gives_what_its_lines_give(fleet: Made, collected: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    tree = tmp_path / "tree"
    write_tree(fleet, tree)
    answers = []
    for source in (collected, tree):
        run(["scan", str(source), "--json", *as_of(fleet)])
        answers.append(json.loads(capsysbinary.readouterr().out))
    assert answers[0] == answers[1]


def test_faults_keep_their_ids_in_a_store_and_yesterday_is_shown(
    fleet: Made, collected: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    store = tmp_path / "store"
    ids = []
    for later in (0, 600, 86400):
        run(["scan", str(collected), "--json", "--store", str(store), "--now", utc(fleet.now + later)])
        ids.append([fault["id"] for fault in json.loads(capsysbinary.readouterr().out)["faults"]])
    assert ids[0] and ids[0] == ids[1]
    assert (store / TERMINALS).is_file() and json.loads((store / ANSWER).read_bytes())["schema"] == "posdiag.fleet/1"
    run(["scan", str(collected), "--store", str(store), "--now", utc(fleet.now + 86400), "--lang", "en"])
    assert f"(09-21 14:23: {fleet.totals.can_pay:,})".encode() in capsysbinary.readouterr().out


@pytest.mark.parametrize("content", [b"", b"{}", b"[]\n", None])
def test_nothing_that_can_be_told_is_no_all_clear(content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    if content is not None:
        (tree / "status.json").write_bytes(content)
    assert run(["scan", str(tree), "--lang", "en"]) == 3
    written = capsys.readouterr()
    assert "No fault" not in written.out and "Nothing was read" in written.err and "source without any status document" in written.out
    assert run(["pack", str(tree), "-o", str(tmp_path / "packed.ndjson"), "--lang", "en"]) == 3
    assert "Nothing was read" in capsys.readouterr().err and not (tmp_path / "packed.ndjson").exists()


def test_what_a_store_remembers_is_no_news(collected: Path, fleet: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--store", str(tmp_path / "store"), "--lang", "en", *as_of(fleet)]
    (tmp_path / "empty").mkdir()
    run(["scan", str(collected), *options])
    assert "Nothing was read" not in capsys.readouterr().err
    assert run(["scan", str(tmp_path / "empty"), *options]) == 3
    written = capsys.readouterr()
    assert "Nothing was read" in written.err and "3,000 terminals" in written.out
    assert run(["scan", str(collected), str(tmp_path / "empty"), *options]) == 2
    assert f"1 source without any status document ({str(tmp_path)[:20]}" in " ".join(capsys.readouterr().out.split())


def test_a_store_that_cannot_be_written_is_said_below_the_answer(
    fleet: Made, collected: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store").write_bytes(b"")
    assert run(["scan", str(collected), "--store", str(tmp_path / "store"), "--lang", "en", *as_of(fleet)]) == 3
    written = capsys.readouterr()
    assert "3,000 terminals" in written.out and "The answer above holds" in " ".join(written.err.split())


def test_a_wrong_line_of_the_inventory_costs_no_scan(
    fleet: Made, collected: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "清单.csv").write_bytes("终端号,门店\nT-missing,南店\n,北店\n".encode("gbk"))
    assert run(["scan", str(collected), "--inventory", str(tmp_path / "清单.csv"), "--lang", "zh", *as_of(fleet)]) == 2
    shown = capsys.readouterr().out
    assert "1  清单里有错的行（对的部分照用）（清单.csv:3 id）" in shown and "T-missing" in shown
    (tmp_path / "清单.csv").write_text("门店\n南店\n")
    assert run(["scan", str(collected), "--inventory", str(tmp_path / "清单.csv"), "--lang", "zh"]) == 3
    assert "终端清单用不了" in capsys.readouterr().err


def test_whose_service_was_stopped_has_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Row(id=f"T-{number}", generated=NOW, valid_until=NOW + 180, received=NOW, state=0, can_pay=1, stopped=number < 4)
        for number in range(10)
    ]
    (tmp_path / "fleet.ndjson").write_bytes(b"".join(document(row) + b"\n" for row in rows))
    asked = ["scan", str(tmp_path / "fleet.ndjson"), "--now", utc(NOW + 5)]
    run([*asked, "--lang", "en"])
    assert "(service stopped: 4)" in capsys.readouterr().out
    run([*asked, "--lang", "zh", "--html", str(tmp_path / "fleet.html")])
    assert "（其中服务已停 4）" in capsys.readouterr().out
    assert "4 台的 posdiag 服务已停：能不能收款没有人知道" in (tmp_path / "fleet.html").read_text()
    run([*asked, "--json"])
    assert json.loads(capsys.readouterr().out)["totals"]["stopped"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "nowhere"], "nowhere cannot be read"),
        (["scan", "-", "-"], "- can be given once only"),
        (["scan", ".", "--now", "yesterday"], "--now needs a time"),
        (["scan", ".", "--config", "nowhere.toml"], "nowhere.toml"),
        (["scan", ".", "--inventory", "nowhere.csv"], "nowhere.csv"),
        (["scan"], "needs SOURCE"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*words, "--lang", "en"]) == 3
    written = capsys.readouterr()
    assert said in written.err and "Traceback" not in written.err and not written.out
