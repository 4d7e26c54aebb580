"""`posdiag fleet trends`, and `scan --from`: what a person and a program are told, and what is said where nothing can be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.contract.times import utc
from agent.fleet.commands.run import run
from agent.fleet.localise.answer import judged
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.store.keep import keep
from tests.fleet.made.fleet import made
from tests.fleet.made.history import Past, lived

HOSTILE = "2.0\x1b[31m; 'drop'"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None but the built-in ones."""
    (tmp_path / "fleet.toml").write_text("")
    monkeypatch.setenv("POSDIAG_FLEET_CONFIG", str(tmp_path / "fleet.toml"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("store")
    past = Past(
        terminals=60,
        days=16,
        seed=3,
        rate=lambda number, day: 1.0 if number % 2 and day >= 8 else 0.2,
        version=lambda number, day: HOSTILE if number % 2 and day >= 8 else "1.0",
    )
    lived(directory, past)
    return directory


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("more", [(), ("--by", "version"), ("--by", "version", "--compare", "2026-09-29"), ("--compare", "2026-09-29")])
def test_the_lines_fit(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int, language: str, more: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")

    assert run(["trends", "--store", str(store), "--lang", language, *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines and not any("\x1b" in line for line in lines)
    assert all(len(line) <= columns for line in lines)


def test_a_person_is_told_which_version_made_it_worse(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["trends", "--store", str(store), "--by", "version", "--compare", "2026-09-29", "--lang", "en"])
    told = capsys.readouterr().out.replace("\n", " ")

    assert "more incidents" in told.split("version 1.0")[0] and "drop" in told.split("version 1.0")[0]
    assert "more incidents" not in told.split("version 1.0")[1]


def test_what_the_days_count_is_what_is_compared(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The day itself aside."""
    run(["trends", "--store", str(store), "--json"])
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    run(["trends", "--store", str(store), "--compare", "2026-09-29", "--json"])
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    of_the_day = sum(each["cases"] for each in group["days"] if each["day"] == "2026-09-29")
    assert change["cases"]["before"] + change["cases"]["after"] + of_the_day == group["cases"]
    for more in ((), ("--compare", "2026-09-29"), ("--by", "version")):
        run(["trends", "--store", str(store), "--lang", "en", *more])
        told = " ".join(capsys.readouterr().out.split())
        assert "shared at one moment is one" in told
        if not more:
            assert f"{group['incidents']:,} incidents, which are {group['cases']:,} cases" in told


def test_a_program_is_told_the_same(store: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    run(["trends", "--store", str(store), "--by", "version", "--compare", "2026-09-29", "--json"])
    answer = json.loads(capsysbinary.readouterr().out)

    assert (answer["schema"], answer["by"], answer["compare"], answer["days"]) == ("posdiag.trends/1", "version", "2026-09-29", 16)
    assert {each["name"]: each["cases"]["verdict"] for each in answer["changes"]}[HOSTILE] == "more"


@pytest.mark.parametrize("more", [("--compare", "yesterday"), ("--by", "weather"), ("a word",), ("--compare", "2026-13-01")])
def test_what_is_not_understood_is_said(store: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    assert run(["trends", "--store", str(store), *more]) == 3
    assert capsys.readouterr().err


def test_without_a_history_it_is_said_how_to_come_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given in ((), ("--store", str(tmp_path / "none"))):
        assert run(["trends", "--lang", "en", *given]) == 3
        assert "--store" in capsys.readouterr().err


def test_a_store_of_one_scan_has_no_trend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived(tmp_path / "store", Past(terminals=3, days=0, seed=1, rate=lambda number, day: 0.0))

    assert run(["trends", "--store", str(tmp_path / "store"), "--lang", "en"]) == 3
    assert "No trend yet" in capsys.readouterr().out


def test_an_engine_is_asked_for_the_faults(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    fleet = made(3000, 5, faults=2)
    keep(tmp_path / "store", fleet.table, at=fleet.now, silent=fleet.silent)
    status = run(["scan", "--from", f"duckdb:{tmp_path / 'store'}", "--json", "--now", utc(fleet.now)])

    answer = json.loads(capsysbinary.readouterr().out)
    expected = judged(InMemory(fleet.table, fleet.now, fleet.silent), fleet.totals, fleet.now).answer
    assert [each["id"] for each in answer["faults"]] == [each.id for each in expected.faults]
    assert answer["totals"]["cannot_pay"] == expected.totals.cannot_pay
    assert status == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "duckdb:/nowhere/at all"), "/nowhere/at all"),
        (("--from", "clickhouse+https://a:secret@h/x"), "CLICKHOUSE_PASSWORD"),
        (("--from", "oracle:x"), "duckdb:PATH"),
        (("--from", "duckdb:x", "collected"), "not both"),
        (("--from", "duckdb:x", "--html", "page.html"), "--html"),
        ((), "SOURCE"),
    ],
)
def test_an_engine_that_cannot_be_asked_is_said(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert run(["scan", "--lang", "en", *words]) == 3
    told = capsys.readouterr().err.replace("\n", " ")
    assert said in told and "secret" not in told
