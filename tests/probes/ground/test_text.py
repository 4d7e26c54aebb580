"""Text from outside stays on one line, short and visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.ground.text import escape, is_legible, is_safe, legible


@given(st.text(), st.integers(1, 60))
def test_escaped_text_is_one_line_short_and_stays_as_it_is(text: str, limit: int) -> None:
    once = escape(text, limit)
    assert len(once) <= limit
    assert escape(once, limit) == once
    assert len(once.splitlines()) <= 1
    once.encode("utf-8")


@pytest.mark.parametrize("code", [0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0x9B, 0xAD])
def test_controls_of_one_byte_are_made_visible(code: int) -> None:
    assert escape(f"a{chr(code)}b") == f"a\\x{code:02x}b"


@pytest.mark.parametrize(
    "code", [0x61C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xFEFF]
)
def test_marks_that_hide_or_reorder_are_made_visible(code: int) -> None:
    assert escape(f"a{chr(code)}b") == f"a\\u{code:04x}b"


def test_what_people_write_stays() -> None:
    assert escape("收银台 1（é ñ）\\ 'x' \"y\" 100 %") == "收银台 1（é ñ）\\ 'x' \"y\" 100 %"
    assert escape("\x1b" * 3, 10) == "\\x1b\\x1b…"


@pytest.mark.parametrize("code", [0x5D0, 0x627, 0x661, 0x7CA, 0xFB1D, 0xFDFD, 0x1E900])
def test_letters_and_figures_from_right_to_left_move_nothing(code: int) -> None:
    """A name of them would change places with the numbers and signs beside it."""
    assert chr(code) not in escape(f"eth{chr(code)}0: 10.0.0.1")
    assert not is_safe(chr(code))


@pytest.mark.parametrize("mark", ["\u0301", "\u0e49", "\u064b", "\u0f71", "\u20dd", "\u0338", "\u0489"])
def test_marks_are_not_stacked_and_overdraw_nothing(mark: str) -> None:
    shown = escape("a" + mark * 40, 1000)
    assert shown.count(mark) <= 2
    assert escape(f"x: {mark}{mark}y").count(mark) == 0  # a mark without a letter stands on what is ours


def test_marks_that_people_write_stay() -> None:
    for text in ("Cafe\u0301", "Vie\u0302\u0323t", "ที่นี่", "हिंदी", "naïve 한국어 Ω", "か\u3099"):
        assert escape(text) == text and is_legible(text)


@given(st.text())
def test_a_whole_text_is_legible_once_escaped(text: str) -> None:
    whole = legible(text)
    assert is_legible(whole) and legible(whole) == whole
    assert is_legible(text) is (whole == text)
    assert escape(text, 10 * len(text) + 1) == whole
