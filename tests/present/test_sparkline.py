"""Sparklines: one column a value on every console, what was lost and what was not measured told apart, and nothing that stands out lost."""

from __future__ import annotations

import math

import pytest

from agent.present.page import Page
from agent.present.sparkline import LOST, folded, sparkline

UTF8, GBK, ASCII, LINUX = Page(), Page(encoding="gbk"), Page(language="en", encoding="ascii"), Page(few_glyphs=True)


def test_a_value_that_stays_lies_at_half_the_height_and_a_spike_stands_out() -> None:
    assert sparkline([20, 20, 21, 20], UTF8) == "▅▅▅▅"
    assert sparkline([20, 20, 200, 20], UTF8) == "▁▁█▁"


def test_lost_and_not_measured_are_two_things() -> None:
    assert sparkline([20, LOST, None, 20], UTF8) == "▅x ▅"
    assert sparkline([LOST, LOST], UTF8) == "xx"
    assert sparkline([None, None], UTF8) == "  "


@pytest.mark.parametrize("page", [UTF8, GBK, ASCII, LINUX])
def test_every_console_shows_one_column_a_value(page: Page) -> None:
    line = sparkline([0, 1, 5, 8, 3, LOST, None, 0.2], page)
    assert len(line) == page.measure(line) == 8
    line.encode(page.encoding)


def test_the_fonts_of_linux_s_own_console_have_no_small_blocks() -> None:
    assert sparkline([0, 1, 5, 8], LINUX).isascii() and not sparkline([0, 1, 5, 8], UTF8).isascii()


def test_of_values_that_are_none_there_is_none() -> None:
    assert sparkline([], UTF8) == ""
    assert sparkline([0, 0], UTF8) == "▁▁"
    assert sparkline([math.nan, -3, 1], UTF8) == " ▁█"
    assert sparkline([math.nan, -3, 1], ASCII, top=0) == " __"


def test_more_values_than_columns_leave_the_worst_of_each() -> None:
    assert folded([1, 9, 1, 1, LOST, 1, None, None, 2], 5) == [1, 9, LOST, 1, 2]
    assert folded([1, 2], 5) == [1, 2]
    assert folded([None, None], 1) == [None]
    assert folded([], 5) == folded([1], 0) == []
