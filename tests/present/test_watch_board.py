"""The picture of `posdiag watch` on every console: it fits, in both languages, what is wrong is not left out, and only changes are sent."""

from __future__ import annotations

import os
import pty

import pytest
from msgspec.structs import replace

from agent.diagnosis.model import CanPay
from agent.present.document import Document
from agent.present.live_screen import Cell, LiveScreen, Row
from agent.present.page import Page
from agent.present.recent import Recent
from agent.present.sparkline import LOST
from agent.present.watch_board import Told, board
from agent.present.watch_rows import Watched, watched
from probes.model import Outcome
from tests.screens.shown import SCREENS, document


def told(name: str, page: Page) -> Told:
    status = document(name)
    return Told(
        status=status,
        rows=tuple(watched(Document(status), page)),
        ages={"gateway:acquirer-a": 42.0},
        since="08:00:00",
        clock="08:00:42",
        again=True,
        remark="posdiag",
        changes=tuple(f"08:00:{each:02} something rather long that became quite another thing" for each in range(30)),
        now_s=1000.0,
    )


def measure(row: Row, page: Page) -> int:
    return max((cell.at + page.measure(page.fit(cell.text)) for cell in row), default=0)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii"])
@pytest.mark.parametrize("columns, rows", [(40, 20), (80, 24), (132, 50)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_fits(name: str, encoding: str, columns: int, rows: int, language: str) -> None:
    page = Page(language=language if encoding != "ascii" else "en", encoding=encoding, width=columns - 1)
    picture = board(told(name, page), Recent(), page, columns, rows)
    assert len(picture) <= rows
    texts = [cell.text for row in picture for cell in row]
    shown = " ".join(texts)
    failed = [each.name for each in watched(Document(document(name)), page) if each.outcome is Outcome.FAIL]
    assert set(failed) <= set(texts), "what failed is there"
    assert ("Ctrl-C" in shown) and ("08:00:42" in shown)
    for row in picture:
        assert all(one.at + (one.width or page.measure(one.text)) <= columns for one in row)


def test_in_a_window_that_is_too_small_what_is_well_goes_first_and_that_is_said() -> None:
    page = Page(language="en", width=39)
    well = tuple(Watched(key=f"k{each}", name=f"host {each}", outcome=Outcome.PASS, ids=()) for each in range(30))
    bad = Watched(key="bad", name="the bad one", outcome=Outcome.FAIL, ids=(), why="no answer")
    picture = board(replace(told("cable", page), rows=(*well, bad)), Recent(), page, 40, 20)
    shown = [cell.text for row in picture for cell in row]
    assert "the bad one" in shown and "host 0" in shown and len(picture) <= 20
    assert any("more, for which there is no room" in text for text in shown)


def test_before_the_first_verdict_it_says_that_it_looks() -> None:
    page = Page(language="en", width=79)
    shown = [cell.text for row in board(Told(status=None, clock="08:00:00"), Recent(), page, 80, 24) for cell in row]
    assert "Looking…" in shown


def test_a_router_that_nothing_leads_to_any_more_keeps_its_place() -> None:
    page = Page(language="en", width=79)
    before = watched(Document(document("names")), page)
    assert any(row.key.startswith("router:") for row in before)
    status = document("cable")
    status = replace(status, checks=tuple(check for check in status.checks if not check.id.startswith("router:")))
    rows = watched(Document(status), page, before)
    router = next(row for row in rows if row.key.startswith("router:"))
    assert router.outcome is Outcome.SKIP
    assert [row.key.partition(":")[0] for row in rows][:2] == ["link", "router"]
    assert status.can_pay is CanPay.NO


def test_the_last_minutes_move_with_time_and_not_with_looks() -> None:
    recent = Recent()
    for number, value in enumerate((5.0, 5.0, None, 7.0)):
        recent.add("k", str(number), value, 1000.0 + 20 * number)
        recent.add("k", str(number), 99.0, 1001.0 + 20 * number)
    assert recent.row("k", 1060.0, 4, 80.0) == [5.0, 5.0, LOST, 7.0]
    assert recent.row("k", 1079.0, 4, 80.0) == recent.row("k", 1060.0, 4, 80.0)
    assert recent.row("k", 1080.0, 4, 80.0) == [5.0, LOST, 7.0, 7.0], "a value stands until the next one is due"
    assert recent.row("k", 1120.0, 4, 80.0) == [7.0, 7.0, None, None]
    assert recent.row("none", 1000.0, 3, 80.0) == [None] * 3
    recent.forget(set())
    assert recent.row("k", 1060.0, 4, 80.0) == [None] * 4


def test_only_the_cells_that_changed_are_sent() -> None:
    page = Page(language="en")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream, LiveScreen(stream, environ={}) as picture:
        first: list[Row] = [(Cell(0, "08:00:00", 10), Cell(10, "title")), (Cell(0, "line"),)]
        picture.show(first, page)
        assert os.read(master, 4096).startswith(b"\x1b[H\x1b[J")
        picture.show([(Cell(0, "08:00:01", 10), Cell(10, "title")), (Cell(0, "line"),)], page)
        assert os.read(master, 4096) == b"\x1b[1;1H08:00:01  \x1b[2;1H"
        picture.show([(Cell(0, "08:00:01", 10), Cell(10, "title")), (Cell(0, "li"),)], page)
        assert os.read(master, 4096) == b"\x1b[2;1Hli\x1b[K\x1b[2;1H"
        picture.show([(Cell(0, "08:00:01", 10), Cell(10, "title"))], page)
        assert os.read(master, 4096) == b"\x1b[2;1H\x1b[K\x1b[1;1H"
    os.close(master)
