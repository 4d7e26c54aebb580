"""What a terminal sends and what people write, as what they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.guide.keys import Keys, asked_by
from agent.remedy.walk import Key


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        (b"n", [Key.NEXT]),
        (b"\n", [Key.NEXT]),
        (b"N", [Key.NEXT]),
        ("ｎ".encode(), [Key.NEXT]),
        (b"\x1b[C", [Key.NEXT]),
        (b"\x1bOC", [Key.NEXT]),
        (b"\x1b[D", [Key.BACK]),
        (b"\x7f", [Key.BACK]),
        (b"\x1b[1;5D", [Key.BACK]),
        (b"\x1b[3~", []),
        (b"\x1bn", [Key.NEXT]),
        (b"\x1b\x1b[C", [Key.NEXT]),
        (b"dycbq\x04", [Key.DID, Key.YES, Key.CALL, Key.BACK, Key.QUIT, Key.QUIT]),
        (b"\xff\x00\xfe", []),
    ],
)
def test_a_key_is_what_it_says(sent: bytes, asked: list[Key]) -> None:
    assert list(Keys().feed(sent)) == asked


@given(st.lists(st.sampled_from([b"n", b"\x1b[C", b"\x1b[D", b"\x1bOD", b"\x1b[1;2C", b"q", b"\x1b[24~", b"c"]), max_size=12), st.data())
def test_a_sequence_that_is_cut_in_two_is_the_same(sent: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(sent)
    keys, found, rest = Keys(), list[Key](), whole
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        found += keys.feed(rest[:size])
        rest = rest[size:]
    assert found == list(Keys().feed(whole))


@given(st.binary(max_size=200))
def test_whatever_comes_is_no_error(data: bytes) -> None:
    list(Keys().feed(data))
    asked_by(data.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("", Key.NEXT),
        ("next", Key.NEXT),
        (" N ", Key.NEXT),
        ("下一步", Key.NEXT),
        ("下一步。", Key.NEXT),
        ("back", Key.BACK),
        ("上一步", Key.BACK),
        ("Done it", Key.DID),
        ("做完了", Key.DID),
        ("yes", Key.YES),
        ("打给谁", Key.CALL),
        ("ｑ", Key.QUIT),
        ("what?", None),
    ],
)
def test_a_line_is_what_it_says(line: str, key: Key | None) -> None:
    assert asked_by(line) is key
