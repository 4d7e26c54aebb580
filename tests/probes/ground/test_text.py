"""Text from outside stays on one line, short and visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.ground.text import escape


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
