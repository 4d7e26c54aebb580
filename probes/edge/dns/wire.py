"""The little of the DNS wire format that a question and its addresses need (RFC 1035, RFC 3596). Every byte is hostile."""

from __future__ import annotations

import secrets
import struct
from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct

A, AAAA = 1, 28
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class DnsAnswer(Struct, frozen=True, kw_only=True):
    """`rcode` by name; `addresses` of the asked type; `ttl_s` the smallest among them; `truncated`: ask again over TCP."""

    rcode: str
    addresses: tuple[str, ...] = ()
    ttl_s: int = 0
    truncated: bool = False


class Malformed(Exception):
    """Bytes that are no answer to our question."""


_RECURSE, _UNCHECKED = 0x0100, 0x0010


def question(name: str, kind: int, *, unchecked: bool = False) -> bytes:
    """A recursive query. `unchecked`: a server that validates signatures shall leave that out (CD, RFC 4035 section 3.2.2). Raises
    ValueError for what cannot be a name."""
    labels = name.rstrip(".").encode("ascii").split(b".")
    if any(not 0 < len(label) < 64 for label in labels) or sum(map(len, labels)) + len(labels) > 254:
        raise ValueError(f"not a DNS name: {name!r}")
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return (
        struct.pack("!HHHHHH", secrets.randbits(16), _RECURSE | (_UNCHECKED if unchecked else 0), 1, 0, 0, 0)
        + encoded
        + struct.pack("!HH", kind, 1)
    )


def answer(data: bytes, asked: bytes) -> DnsAnswer:
    """Reads a reply to `asked`. Raises `Malformed` for anything that is not one."""
    if len(data) < 12:
        raise Malformed("shorter than a header")
    _, flags, questions, answers = struct.unpack_from("!HHHH", data)
    if data[:2] != asked[:2] or not flags & 0x8000:
        raise Malformed("not an answer to this question")
    rcode = RCODES.get(flags & 0x0F, f"RCODE{flags & 0x0F}")
    if questions == 1 and data[12 : len(asked)].lower() != asked[12:].lower():
        raise Malformed("answers another question")
    if questions == 0 and (flags & 0x0F):
        return DnsAnswer(rcode=rcode)
    if questions != 1:
        raise Malformed("question count")
    kind = struct.unpack_from("!H", asked, len(asked) - 4)[0]
    truncated = bool(flags & 0x0200)
    try:
        addresses, ttl = _records(data, len(asked), answers, kind)
    except Malformed:
        if not truncated:
            raise
        addresses, ttl = [], 0  # cut in the middle of a record, as the flag says
    return DnsAnswer(rcode=rcode, addresses=tuple(addresses), ttl_s=ttl, truncated=truncated)


def _records(data: bytes, offset: int, count: int, wanted: int) -> tuple[list[str], int]:
    """Addresses of the wanted type among the answers, whatever names a chain of aliases gave them."""
    found: list[str] = []
    ttls: list[int] = []
    for _ in range(min(count, 64)):
        offset = _after_name(data, offset)
        if offset + 10 > len(data):
            raise Malformed("record cut off")
        kind, _, ttl, length = struct.unpack_from("!HHIH", data, offset)
        offset += 10
        body = data[offset : offset + length]
        if len(body) < length:
            raise Malformed("record cut off")
        offset += length
        if kind == wanted == A and length == 4:
            found.append(str(IPv4Address(body)))
            ttls.append(ttl)
        elif kind == wanted == AAAA and length == 16:
            found.append(str(IPv6Address(body)))
            ttls.append(ttl)
    return found, min(ttls, default=0)


def _after_name(data: bytes, offset: int) -> int:
    while offset < len(data):
        length = data[offset]
        if length >= 0xC0:
            return offset + 2
        if length == 0:
            return offset + 1
        offset += length + 1
    raise Malformed("name cut off")
