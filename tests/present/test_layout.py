"""Lines are never too wide, nothing is lost, and Chinese is broken where Chinese may be broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.present.layout import NOT_FIRST, NOT_LAST, clusters, shorten, width, wrap

TEXT = st.text(st.sampled_from("a1b2.:/-_网络中断请重启路由器，。（）“”！ ✓ée\u0301 𠮷🙂"), max_size=120)


def visible(text: str) -> str:
    return "".join(text.split())


@given(TEXT, st.integers(2, 60), st.sampled_from([1, 2]))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, columns: int, ambiguous: int) -> None:
    lines = wrap(text, columns, ambiguous=ambiguous)
    assert all(width(line, ambiguous) <= columns for line in lines)
    assert visible("".join(lines)) == visible(text)


@given(TEXT.filter(str.strip), st.integers(12, 60))
def test_every_line_of_a_hanging_indent_starts_with_it(text: str, columns: int) -> None:
    lines = wrap(text, columns, first="  1. ", rest="     ")
    assert lines[0].startswith("  1. ")
    assert all(line.startswith("     ") for line in lines[1:])
    assert all(width(line) <= columns for line in lines)
    assert visible("".join(lines)) == "1." + visible(text)


@given(st.text(st.sampled_from("网络中断，。（）“”！"), max_size=80), st.integers(12, 40))
def test_punctuation_stays_with_its_text(text: str, columns: int) -> None:
    for before, after in zip(lines := wrap(text, columns), lines[1:], strict=False):
        tail = before + after
        # only a run of punctuation as long as a line may be broken inside
        if not all(char in NOT_FIRST | NOT_LAST for char in tail[-columns // 2 :]) and width(before) < columns - 1 and after:
            assert after[0] not in NOT_FIRST or before[-1] in NOT_FIRST | NOT_LAST
    assert visible("".join(lines)) == visible(text)


@pytest.mark.parametrize("columns", range(24, 60))
def test_a_sentence_breaks_as_people_write(columns: int) -> None:
    text = "拔下路由器（192.168.1.1）的电源，等 10 秒再插上。如果指示灯“INTERNET”仍不亮，请拨打 400-000-0000，并说明：域名服务器不应答！"
    lines = wrap(text, columns)
    for line in lines[1:]:
        assert line[0] not in "，。）”！：", lines
    for line in lines[:-1]:
        assert line[-1] not in "（“", lines
    for whole in ("192.168.1.1", "INTERNET", "400-000-0000", "10"):
        assert any(whole in line for line in lines), lines


def test_a_word_longer_than_a_line_is_broken_and_an_empty_text_is_one_line() -> None:
    assert wrap("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert wrap("", 10) == [""]
    assert wrap("   ", 10, first="- ") == ["-"]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("网络", 4), ("e\u0301", 1), ("（", 2), ("🙂", 2), ("\u200b", 0), ("✓", 1)])
def test_the_width_of_characters(text: str, columns: int) -> None:
    assert width(text) == columns


def test_old_chinese_consoles_draw_ambiguous_characters_wide() -> None:
    assert width("─×√") == 3
    assert width("─×√", ambiguous=2) == 6


@given(TEXT, st.integers(0, 30))
def test_shortening_fits_and_keeps_what_fits(text: str, columns: int) -> None:
    short = shorten(text, columns)
    assert width(short) <= columns
    assert short == text or short == "" or text.startswith(short.removesuffix("…"))


@given(st.text(max_size=40))
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
