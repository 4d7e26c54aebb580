"""What a report draws: heights in proportion, gaps where nothing is known, marks besides colours, and texts that stay texts."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from agent.papers.plots import Bar, Cell, Scale, Series, bars, calendar, key, lines, scale_of
from tests.support.documented import ROOT

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TIMES = ((60, " min"), (3600, " h"))
HOSTILE = '<script>alert(1)</script>"\u202e\x1b[31m'
MARKS = ("well", "short", "long", "closed", "planned", "unwatched")


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def of(svg: str, tag: str, name: str) -> list[ElementTree.Element]:
    return [each for each in drawn(svg).iter(tag) if each.get("class") == name]


def heights(svg: str, name: str) -> list[float]:
    return [float(each.get("height", "")) for each in of(svg, "rect", name)]


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in drawn(svg).iter("text")]


def bar(value: float, **more: object) -> Bar:
    known = {"label": "", "parts": (("stopped", value),), "said": ""}
    return Bar(**(known | more))  # type: ignore[arg-type]


def cells(count: int, first: datetime.date = datetime.date(2026, 1, 1), mark: str = "well") -> list[Cell]:
    return [Cell(day=first + datetime.timedelta(days=n), mark=mark, said=f"day {n}") for n in range(count)]


@pytest.mark.parametrize(
    ("top", "units", "more", "wanted"),
    [
        (60, TIMES, {}, ["0", "0.5 min", "1 min"]),
        (2400, TIMES, {}, ["0", "10 min", "20 min", "30 min", "40 min"]),
        (7200, TIMES, {}, ["0", "0.5 h", "1 h", "1.5 h", "2 h"]),
        (86400, TIMES, {}, ["0", "10 h", "20 h", "30 h"]),
        (1, ((1, ""),), {"whole": True}, ["0", "1"]),
        (7, ((1, ""),), {"whole": True}, ["0", "2", "4", "6", "8"]),
        (1000, ((1, ""),), {"whole": True}, ["0", "500", "1000"]),
        (5, ((1, "%"),), {"most": 2}, ["0", "5%"]),
        (100, ((1, "%"),), {"most": 2}, ["0", "50%", "100%"]),
    ],
)
def test_a_scale_reaches_its_highest_value_in_few_round_steps(
    top: float, units: tuple[tuple[float, str], ...], more: dict[str, int], wanted: list[str]
) -> None:
    scale = scale_of(top, units, **more)  # type: ignore[arg-type]
    assert [said for _, said in scale.ticks] == wanted and scale.top >= top


@pytest.mark.parametrize("top", [0, 1e-9, 0.3, 1, 3, 59, 61, 3599, 1e6, 1e9])
def test_no_value_is_too_small_or_too_large_for_a_scale(top: float) -> None:
    scale = scale_of(top, TIMES)
    assert scale.top >= top and 2 <= len(scale.ticks) <= 5


def test_bars_are_as_high_as_what_they_stand_for() -> None:
    svg = bars([bar(100), bar(50), bar(0), bar(1e-6)], Scale(((0, "0"), (100, "100"))), "axis", label="l", height=150)
    assert heights(svg, "stopped") == [150.0, 75.0, 1.5], "none for nothing, and a little for a little"
    stacked = bars([bar(0, parts=(("stopped", 40.0), ("impaired", 20.0)))], Scale(((0, "0"), (100, "100"))), "a", label="l", height=100)
    [low], [high] = of(stacked, "rect", "stopped"), of(stacked, "rect", "impaired")
    assert float(high.get("y", "")) + float(high.get("height", "")) == float(low.get("y", ""))


def test_what_nobody_watched_is_drawn_and_is_no_bar() -> None:
    svg = bars(
        [bar(0, unknown=1.0, said="not watched"), bar(50, unknown=0.25)], Scale(((0, "0"), (100, "100"))), "axis", label="l", height=100
    )
    assert heights(svg, "unwatched") == [100.0, 25.0] and heights(svg, "stopped") == [50.0]
    assert "not watched" in [each.text for each in drawn(svg).iter("title")]


@pytest.mark.parametrize("count", [1, 24, 31, 400])
def test_labels_neither_overlap_nor_stand_outside(count: int) -> None:
    svg = bars([bar(1, label="2026-01-31") for _ in range(count)], Scale(((0, "0"), (1, "1"))), "axis", label="l")
    places = [float(each.get("x", "")) for each in drawn(svg).iter("text") if each.text == "2026-01-31"]
    assert places and all(later - earlier > 66 for earlier, later in pairwise(places))
    assert places[0] >= 33 and places[-1] <= 720 - 33


def test_a_calendar_has_each_day_under_its_weekday() -> None:
    svg = calendar(cells(31), WEEKDAYS, label="l")
    days = of(svg, "rect", "well")
    assert len(days) == 31
    columns = {round(float(each.get("x", ""))) for each in days}
    assert len(columns) == 7
    thursday = sorted(columns)[3]
    assert round(float(days[0].get("x", ""))) == thursday, "the first of January 2026"
    assert {str(n) for n in range(1, 32)} <= set(texts(svg)) and "2026-01" in texts(svg)


def test_of_a_day_that_was_watched_in_part_a_strip_says_how_much_was_not() -> None:
    half = [Cell(day=datetime.date(2026, 1, 1), mark="well", said="", unknown=0.5)]
    [whole], [strip] = of(calendar(half, WEEKDAYS, label="l"), "rect", "well"), of(calendar(half, WEEKDAYS, label="l"), "rect", "part")
    assert float(strip.get("width", "")) == pytest.approx(float(whole.get("width", "")) / 2, abs=0.1)
    assert not of(calendar(cells(3), WEEKDAYS, label="l"), "rect", "part")


def test_of_many_days_a_calendar_is_narrow_and_names_its_months_once() -> None:
    svg = calendar(cells(400), WEEKDAYS, label="l")
    assert len(of(svg, "rect", "well")) == 400 and len(svg) < 60_000
    months = [each for each in texts(svg) if re.fullmatch(r"\d{4}-\d\d", each)]
    assert len(months) == len(set(months)) >= 6
    assert calendar([], WEEKDAYS, label="l") == ""


@pytest.mark.parametrize("count", [1, 100])
def test_no_colour_is_the_only_mark_of_a_day(count: int) -> None:
    """Beside the colour each has a mark of its own; what is well has none, and what is closed only an edge."""
    shapes = {
        mark: tuple(each.get("d", "") for each in drawn(calendar(cells(count, mark=mark), WEEKDAYS, label="l")).iter("path"))
        for mark in MARKS
    }
    assert shapes["well"] == shapes["closed"] == ()
    assert len(set(shapes.values())) == len(MARKS) - 1
    assert ".key .closed { fill: #fff; stroke:" in (ROOT / "config/papers/style.css").read_text()


def test_lines_break_where_nothing_is_known() -> None:
    scales = Scale(((0, "0"), (100, "100"))), Scale(((0, "0"), (10, "10%")))
    fast = Series(name="p50", values=(10.0, 20.0, None, 30.0, None, None, 40.0, 50.0))
    lost = Series(name="lost", values=(0.0, 5.0, None, 10.0, None, None, 0.0, 0.0))
    svg = lines((fast, fast), lost, [""] * 8, scales, ("ms", "%"), label="l")
    assert [each.get("d", "").count("L") for each in of(svg, "path", "first")] == [1, 1], "two runs of two, and one alone"
    assert len(of(svg, "circle", "first")) == 5 == len(of(svg, "rect", "second"))
    assert heights(svg, "lost") == [20.0, 40.0]
    nothing = lines((Series(name="p50", values=(None, None)),), None, ["", ""], scales, ("ms", "%"), label="l")
    assert not of(nothing, "path", "first") and not of(nothing, "circle", "first")


def test_a_single_day_between_gaps_is_seen_among_hundreds() -> None:
    values: list[float | None] = [None] * 400
    values[200] = 5.0
    scale = Scale(((0, "0"), (10, "10")))
    svg = lines((Series(name="p50", values=tuple(values)),), None, [""] * 400, (scale, scale), ("ms", "%"), label="l")
    assert len(of(svg, "circle", "first")) == 1


def test_no_text_gets_out_of_a_picture() -> None:
    scale = Scale(((0, HOSTILE), (1, HOSTILE)))
    for svg in (
        bars([bar(1, label=HOSTILE, said=HOSTILE, note=HOSTILE)], scale, HOSTILE, label=HOSTILE),
        calendar([Cell(day=datetime.date(2026, 1, 1), mark="long", said=HOSTILE, note=HOSTILE)], [HOSTILE] * 7, label=HOSTILE),
        lines((Series(name=HOSTILE, values=(1.0,)),), None, [HOSTILE], (scale, scale), (HOSTILE, HOSTILE), label=HOSTILE),
    ):
        assert drawn(svg) is not None
        assert not re.search("<script|\u202e|\x1b|style=", svg)


def test_every_class_that_is_drawn_stands_in_the_stylesheet() -> None:
    style = (ROOT / "config/papers/style.css").read_text()
    for mark in (*MARKS, "stopped", "impaired", "first", "second", "lost"):
        assert f".{mark}" in style and drawn(key(mark)) is not None
