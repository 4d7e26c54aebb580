"""What a terminal is sent shows what it is to show, as a console reads it, and is no more than differs."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from agent.present.layout import width
from agent.present.repaint import below, repaint

COLUMNS, ROWS = 20, 6
LINE = st.text(st.sampled_from("ab 网线，。·"), max_size=12).filter(lambda text: width(text) < COLUMNS)
SCREEN = st.lists(LINE, max_size=ROWS)


def shown(screen: pyte.Screen) -> list[str]:
    return [line.rstrip() for line in screen.display]


def plain(lines: list[str]) -> list[str]:
    screen = pyte.Screen(COLUMNS, ROWS)
    pyte.Stream(screen).feed("\r\n".join(lines))
    return shown(screen)


@given(st.lists(SCREEN, min_size=1, max_size=6))
def test_screen_after_screen_shows_what_it_is_to_show(screens: list[list[str]]) -> None:
    screen = pyte.Screen(COLUMNS, ROWS)
    stream, before = pyte.Stream(screen), None
    stream.feed("what stood there\r\n$ ")
    for lines in screens:
        stream.feed(repaint(before, lines))
        assert shown(screen) == plain(lines)
        before = lines
    stream.feed(below(screens[-1], ROWS) + "$")
    assert any(line.startswith("$") for line in shown(screen))


def test_nothing_new_is_nothing_sent() -> None:
    assert repaint(["one", "two"], ["one", "two"]) == ""


def test_a_time_that_goes_on_costs_a_few_bytes() -> None:
    before, after = (["Cannot take payments", "", f"Now: still no signal on the cable (looks by itself; 14:43:5{n})"] for n in (1, 2))
    assert len(repaint(before, after)) < 24


def test_a_line_that_gets_shorter_leaves_nothing_behind_and_colours_are_sent_whole() -> None:
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.Stream(screen)
    first, then = ["\x1b[1mlong and bold\x1b[0m", "second"], ["\x1b[1mshort\x1b[0m"]
    stream.feed(repaint(None, first) + repaint(first, then))
    assert shown(screen) == ["short", *[""] * (ROWS - 1)]
    assert screen.buffer[0][0].bold and not screen.buffer[0][8].bold
