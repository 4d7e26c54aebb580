"""`posdiag fleet scan --html` and `--victims`: the page and the files beside it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from agent.contract.times import utc
from agent.fleet.commands.run import COULD_NOT, run
from agent.papers.plain import text_of
from tests.fleet.made.fleet import Made, made
from tests.fleet.made.written import summaries_of


@pytest.fixture(scope="module")
def fleet() -> Made:
    return made(3000, 5, faults=2)


@pytest.fixture
def scan(fleet: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    (tmp_path / "fleet.toml").write_text("")
    monkeypatch.setenv("POSDIAG_FLEET_CONFIG", str(tmp_path / "fleet.toml"))
    monkeypatch.chdir(tmp_path)
    Path("fleet.ndjson").write_bytes(b"".join(summaries_of(fleet)))
    return ["scan", "fleet.ndjson", "--now", utc(fleet.now), "--lang", "en"]


def said(page: bytes) -> str:
    return re.sub(r"\s+", " ", text_of(page).decode().replace("\xa0", " "))


def test_the_page_and_the_lines_say_the_same(fleet: Made, scan: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = run([*scan, "--html", "page.html"])
    lines, page = re.sub(r"\s+", " ", capsys.readouterr().out), said(Path("page.html").read_bytes())
    assert status == 2 and "2 shared faults" in lines and "2 faults: " in page
    for rates in re.findall(r"[\d,]+ of [\d,]+ on [^;]+; elsewhere (?:[\d.]+ %|[\d,]+ of [\d,]+|none of [\d,]+)", lines):
        assert rates in page
    assert f"{fleet.totals.cannot_pay:,} cannot pay" in page


def test_a_page_for_the_standard_output_is_all_that_comes_there(scan: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run([*scan, "--html", "-"]) == 2
    page = capsysbinary.readouterr().out
    assert page.startswith(b"<!DOCTYPE html>") and page.rstrip().endswith(b"</html>")
    assert run([*scan, "--html", "-", "--json"]) == COULD_NOT
    told = capsysbinary.readouterr()
    assert told.out == b"" and b"cannot both go to the standard output" in told.err


def test_the_files_hold_all_terminals_and_the_page_leads_to_them(fleet: Made, scan: list[str]) -> None:
    Path("web").mkdir()
    run([*scan, "--html", "web/index.html", "--victims", "lists & more"])
    page = Path("web/index.html").read_text("utf-8")
    links = re.findall(r'href="\.\./lists%20%26%20more/([\w.-]+)" download="([\w.-]+)">[^<]+</a> \(([\d,]+) terminals?\)', page)
    files = {file.name: list(csv.DictReader(file.read_text("utf-8-sig").splitlines())) for file in Path("lists & more").iterdir()}
    assert len(links) == 3 and {name for name, *_ in links} == set(files), "two faults, and the silent ones that none explains"
    for name, saved_as, count in links:
        assert saved_as == name and len(files[name]) == int(count.replace(",", ""))
    for injected in fleet.truth:
        assert any(all(row[name] == value for name, value in injected.where.items() for row in rows) for rows in files.values())
    assert "data:" not in page


def test_yesterday_stands_beside_today(fleet: Made, scan: list[str]) -> None:
    run([*scan, "--store", "store"])
    scan[scan.index("--now") + 1] = utc(fleet.now + 86400)
    run([*scan, "--store", "store", "--html", "page.html"])
    page = said(Path("page.html").read_bytes())
    assert re.search(r"Signed: against 20\d\d-\d\d-\d\d \d\d:\d\d .*\(24 h ago\)", page)
    assert "3,000 ±0 terminals" in page and f"{-fleet.totals.can_pay:,}".replace("-", "−") in page, "all are silent a day later"


def test_where_nothing_can_be_written_it_says_so(scan: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("no directory")
    for option, place in (("--html", "file/page.html"), ("--victims", "file/lists")):
        assert run([*scan, option, place]) == COULD_NOT
        assert "cannot write" in capsys.readouterr().err
