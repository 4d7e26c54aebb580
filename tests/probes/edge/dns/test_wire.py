"""DNS messages: every byte of a reply is hostile."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.edge.dns import wire
from probes.edge.dns.wire import AAAA, A, DnsAnswer, Malformed


def reply(asked: bytes, *records: bytes, rcode: int = 0, flags: int = 0x8180, count: int | None = None) -> bytes:
    number = len(records) if count is None else count
    return asked[:2] + struct.pack("!HHHHH", flags | rcode, 1, number, 0, 0) + asked[12:] + b"".join(records)


def record(kind: int, body: bytes, name: bytes = b"\xc0\x0c", ttl: int = 60) -> bytes:
    return name + struct.pack("!HHIH", kind, 1, ttl, len(body)) + body


ASKED = wire.question("www.one.example", A)


def test_an_address_behind_an_alias() -> None:
    alias = record(5, b"\x03abc\xc0\x10", ttl=300)
    found = wire.answer(reply(ASKED, alias, record(A, bytes([192, 0, 2, 7]), b"\x03abc\xc0\x10", 20)), ASKED)
    assert found == DnsAnswer(rcode="NOERROR", addresses=("192.0.2.7",), ttl_s=20)


def test_only_the_asked_kind_counts() -> None:
    assert wire.answer(reply(ASKED, record(AAAA, bytes(16))), ASKED).addresses == ()


@pytest.mark.parametrize(("rcode", "name"), [(2, "SERVFAIL"), (3, "NXDOMAIN"), (5, "REFUSED"), (9, "RCODE9")])
def test_answer_codes(rcode: int, name: str) -> None:
    assert wire.answer(reply(ASKED, rcode=rcode), ASKED).rcode == name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        ASKED,  # a question is no answer
        b"\0\0" + reply(ASKED)[2:],  # another number
        reply(wire.question("other.example", A)[:0] + ASKED[:2] + wire.question("other.example", A)[2:]),  # another name
        reply(ASKED, count=65535),
        reply(ASKED, record(A, b"\1\2\3\4"))[:-2],
        reply(ASKED, b"\x3f" + b"a" * 5),
    ],
    ids=["empty", "question", "number", "name", "65535 records", "cut off", "name cut off"],
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(Malformed):
        wire.answer(data, ASKED)


def test_a_pointer_to_itself_ends() -> None:
    offset = len(ASKED)
    itself = struct.pack("!H", 0xC000 | offset)
    assert wire.answer(reply(ASKED, record(A, bytes([192, 0, 2, 7]), itself)), ASKED).addresses == ("192.0.2.7",)


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".example", ".".join(["abcdefghi"] * 30), "日本.example"])
def test_what_cannot_be_asked(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.question(name, A)


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=120), st.booleans(), st.sampled_from([A, AAAA]))
def test_any_bytes_are_an_answer_or_malformed(data: bytes, headed: bool, kind: int) -> None:
    asked = wire.question("www.one.example", kind)
    try:
        found = wire.answer(reply(asked, data) if headed else data, asked)
    except Malformed:
        return
    assert len(found.addresses) <= 64
