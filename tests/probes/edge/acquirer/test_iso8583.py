"""The echo and its reply, byte for byte, and against a library that is not the one in use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.edge.acquirer import framing, iso8583
from probes.edge.acquirer.iso8583 import EchoReply, NotAReply
from probes.ground.text import is_safe
from probes.settings import Dialect, Framing, GatewayIso8583
from tests.support.servers.iso.request import parse

NUMBERS: dict[str, Any] = {"terminal_id": "00000001", "merchant_id": "123456789012345"}
UNIONPAY = GatewayIso8583(tpdu="6000030000", header="603100311000", **NUMBERS)
ASCII = GatewayIso8583(dialect=Dialect.ISO87_ASCII, framing=Framing.ASCII_4, **NUMBERS)
# an echo as it was recorded: trace number 000002, terminal 00000001, merchant 123456789012345, DE60 00 000001 301
ECHO = "0037600003000060310031100008200020000000c0001000000230303030303030313132333435363738393031323334350011000000013010"
# its reply: 0830, fields 11 12 13 39 41 42 60
REPLY = "600000000360310031100008300038000002c000100000021011120102303030303030303030313132333435363738393031323334350011000000013010"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ECHO_ASCII = b"08008220000000C000000400000000000000010203040500000200000001123456789012345301"
REPLY_ASCII = b"08108220000002C00000040000000000000001020304050000020000000001123456789012345301"

terminals = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", max_size=8)
merchants = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", max_size=15)
traces = st.integers(1, 999_999).map(lambda number: f"{number:06d}")
digits = st.integers(0, 10**10 - 1).map(lambda number: f"{number:010d}")
settings_of = {
    Dialect.UNIONPAY: st.builds(GatewayIso8583, terminal_id=terminals, merchant_id=merchants, tpdu=digits),
    Dialect.ISO87_ASCII: st.builds(
        GatewayIso8583, dialect=st.just(Dialect.ISO87_ASCII), framing=st.just(Framing.ASCII_4), terminal_id=terminals, merchant_id=merchants
    ),
}
any_settings = st.sampled_from(Dialect).flatmap(lambda dialect: settings_of[dialect])


def test_the_unionpay_echo_is_the_recorded_one() -> None:
    assert framing.wrap(Framing.BYTES_2, iso8583.echo(UNIONPAY, "000002", MOMENT)).hex() == ECHO


def test_the_ascii_echo_is_the_one_of_the_standard() -> None:
    assert iso8583.echo(ASCII, "000002", MOMENT) == ECHO_ASCII


def test_the_reply_to_the_recorded_echo_is_read() -> None:
    assert iso8583.read(UNIONPAY, bytes.fromhex(REPLY), "000002") == EchoReply(code="00", ours=True, host_time="0102101112")
    assert iso8583.read(ASCII, REPLY_ASCII, "000002") == EchoReply(code="00", ours=True)


def test_a_request_is_no_reply() -> None:
    with pytest.raises(NotAReply, match="0820"):
        iso8583.read(UNIONPAY, bytes.fromhex(ECHO)[2:], "000002")
    with pytest.raises(NotAReply, match="0800"):
        iso8583.read(ASCII, ECHO_ASCII, "000002")


@given(any_settings, traces)
def test_another_library_reads_every_echo_as_an_echo(settings: GatewayIso8583, trace: str) -> None:
    request = parse(settings.dialect, settings.framing, iso8583.echo(settings, trace, MOMENT))
    assert request.is_echo
    assert request.fields[11] == trace
    assert request.fields[41].rstrip() == settings.terminal_id
    assert request.fields[42].rstrip() == settings.merchant_id
    assert request.prefix.hex() == (settings.tpdu + settings.header if settings.dialect is Dialect.UNIONPAY else "")


codes = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)


@given(any_settings, traces, codes, st.integers(0, 7), st.booleans(), st.booleans())
def test_what_another_library_writes_is_read(
    settings: GatewayIso8583, trace: str, code: str, requirement: int, swapped: bool, ours: bool
) -> None:
    request = parse(settings.dialect, settings.framing, iso8583.echo(settings, trace, MOMENT))
    wire = request.reply(code, trace=trace if ours else request.stranger(), requirement=str(requirement), swapped=swapped)
    [message], rest = framing.split(settings.framing, wire)
    assert not rest
    read = iso8583.read(settings, message, trace)
    symmetric = settings.tpdu[2:6] == settings.tpdu[6:10]
    if settings.dialect is Dialect.UNIONPAY:
        assert read == EchoReply(code=code, ours=ours, requirement=requirement, tpdu_swapped=swapped or symmetric)
    else:
        assert read == EchoReply(code=code, ours=ours)


@given(st.sampled_from(Dialect), st.dictionaries(st.sampled_from([12, 13, 32, 37, 62, 63]), st.just(""), min_size=1), st.integers(1, 11))
def test_fields_that_a_host_adds_do_not_matter(dialect: Dialect, chosen: dict[int, str], width: int) -> None:
    settings = UNIONPAY if dialect is Dialect.UNIONPAY else ASCII
    values = {12: "101112", 13: "0102", 32: "98765432109"[:width], 37: "000000123456", 62: "note " * width, 63: "001"}
    request = parse(dialect, settings.framing, iso8583.echo(settings, "000123", MOMENT))
    [message], _ = framing.split(settings.framing, request.reply("A0", more={number: values[number] for number in chosen}))
    read = iso8583.read(settings, message, "000123")
    assert (read.code, read.ours) == ("A0", True)


@pytest.mark.parametrize(
    "field_32",
    ["05" "123450", "05" "12345f", "05" "012345", "05" "12345F", "06" "123456"],
    ids=["0 behind", "f behind", "0 in front", "F behind", "even"],
)  # fmt: skip
def test_an_odd_digit_may_be_filled_on_either_side(field_32: str) -> None:
    message = "600000000360310031100008300020000102c00010000002" + field_32 + "3030" + "30" * 23 + "0011000000013010"
    assert iso8583.read(UNIONPAY, bytes.fromhex(message), "000002").code == "00"


def test_a_reply_that_is_cut_names_the_field() -> None:
    with pytest.raises(NotAReply, match="field 42"):
        iso8583.read(UNIONPAY, bytes.fromhex(REPLY)[:-12], "000002")


@pytest.mark.parametrize("code", ["\x1b[", "\n0", "  ", "0 ", "\xff\xff", "\x9b0"], ids=ascii)
def test_a_response_code_is_two_letters_or_digits(code: str) -> None:
    field = code.encode("latin-1")
    with pytest.raises(NotAReply) as error:
        iso8583.read(UNIONPAY, bytes.fromhex(REPLY).replace(b"\x01\x0200", b"\x01\x02" + field, 1), "000002")
    assert all(is_safe(character) for character in str(error.value))


@given(any_settings, st.binary(max_size=400))
def test_any_bytes_are_a_reply_or_none(settings: GatewayIso8583, data: bytes) -> None:
    _reply_or_none(settings, data)


@given(st.sampled_from([UNIONPAY, ASCII]), st.data())
def test_a_damaged_reply_is_a_reply_or_none(settings: GatewayIso8583, data: st.DataObject) -> None:
    wire = bytearray(bytes.fromhex(REPLY) if settings is UNIONPAY else REPLY_ASCII)
    for position, byte in data.draw(st.lists(st.tuples(st.integers(0, len(wire) - 1), st.integers(0, 255)), min_size=1, max_size=8)):
        wire[position] = byte
    _reply_or_none(settings, bytes(wire[: data.draw(st.integers(0, len(wire)))]))
    _reply_or_none(settings, bytes(wire))


def _reply_or_none(settings: GatewayIso8583, data: bytes) -> None:
    try:
        reply = iso8583.read(settings, data, "000002")
    except NotAReply as error:
        assert all(is_safe(character) for character in str(error))
        return
    assert len(reply.code) == 2
    assert reply.code.isalnum()
    assert reply.code.isascii()
    assert 0 <= reply.requirement <= 9
    assert reply.host_time == "" or (len(reply.host_time) == 10 and reply.host_time.isdigit())
