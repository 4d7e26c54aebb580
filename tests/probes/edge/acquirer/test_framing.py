"""Messages on the wire: every framing there and back, and any bytes at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.edge.acquirer.framing import LARGEST, FramingError, split, wrap
from probes.settings import Framing
from tests.support.servers.iso.frame import framed

FRAMINGS = st.sampled_from(Framing)
MESSAGES = st.lists(st.binary(max_size=300), max_size=6)

KNOWN = {
    Framing.BYTES_2: b"\x00\x37",
    Framing.BCD_2: b"\x00\x55",
    Framing.ASCII_4: b"0055",
    Framing.HEX_4: b"0037",
}


@pytest.mark.parametrize("framing", Framing)
def test_a_message_of_55_bytes_has_the_length_that_the_framing_writes(framing: Framing) -> None:
    message = b"x" * 55
    assert wrap(framing, message) == KNOWN[framing] + message
    assert split(framing, KNOWN[framing] + message) == ([message], b"")


@given(FRAMINGS, MESSAGES, st.binary(max_size=1))
def test_what_is_wrapped_comes_out_again_and_keep_alives_do_not(framing: Framing, messages: list[bytes], rest: bytes) -> None:
    wire = b"".join(wrap(framing, message) for message in messages)
    assert split(framing, wire + rest) == ([message for message in messages if message], rest)


@given(FRAMINGS, st.binary(max_size=LARGEST))
def test_it_is_the_framing_that_the_other_side_writes(framing: Framing, message: bytes) -> None:
    assert wrap(framing, message).lower() == framed(framing, message).lower()
    assert split(framing, framed(framing, message)) == ([message] if message else [], b"")


@given(FRAMINGS, MESSAGES, st.data())
def test_it_does_not_matter_where_the_bytes_are_cut(framing: Framing, messages: list[bytes], data: st.DataObject) -> None:
    wire = b"".join(wrap(framing, message) for message in messages)
    got: list[bytes] = []
    rest = b""
    while wire:
        size = data.draw(st.integers(1, len(wire)))
        more, rest = split(framing, rest + wire[:size])
        got += more
        wire = wire[size:]
    assert (got, rest) == ([message for message in messages if message], b"")


@given(FRAMINGS, st.binary(max_size=600))
def test_any_bytes_are_messages_with_a_rest_or_no_framing(framing: Framing, data: bytes) -> None:
    try:
        messages, rest = split(framing, data)
    except FramingError as error:
        assert str(error).isprintable()
        return
    assert all(messages)
    assert data.endswith(rest)
    assert sum(map(len, messages)) + len(rest) <= len(data)


@pytest.mark.parametrize(
    ("framing", "head"),
    [
        (Framing.BYTES_2, b"\xff\xff"),
        (Framing.BCD_2, b"\x99\x99"),
        (Framing.ASCII_4, b"9999"),
        (Framing.HEX_4, b"FFFF"),
        (Framing.BCD_2, b"\x00\x3a"),
        (Framing.ASCII_4, b"003A"),
        (Framing.ASCII_4, b"+037"),
        (Framing.ASCII_4, b"\xb2\xb2\xb2\xb2"),
        (Framing.HEX_4, b"0x37"),
        (Framing.HEX_4, b"HTTP"),
    ],
)
def test_what_is_no_length_is_refused_with_its_bytes(framing: Framing, head: bytes) -> None:
    with pytest.raises(FramingError, match=head.hex()):
        split(framing, head)


@pytest.mark.parametrize("framing", Framing)
def test_a_message_ahead_of_garbage_is_not_lost_to_it(framing: Framing) -> None:
    garbage = b"\xff\xff\xff\xff"
    assert split(framing, wrap(framing, b"reply") + garbage) == ([b"reply"], garbage)
    with pytest.raises(FramingError):
        split(framing, garbage)
