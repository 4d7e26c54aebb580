"""The network-management echo of ISO 8583, and its reply: nothing else is ever sent, no sign-on, no financial message.

    unionpay     TPDU 5 bytes · header 6 bytes · MTI 2 (BCD) · bitmap 8 · fields 11 41 42 60    0820 → 0830, function 301
    iso87-ascii  MTI 4 · bitmaps 16 + 16 (hexadecimal) · fields 7 11 41 42 70                   0800 → 0810, function 301

Header digits: application class 2, version 2, terminal state 1, processing requirement 1, software version 6. The reply's TPDU
has destination and source swapped. Encoding by pyiso8583.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import iso8583
from iso8583 import specs
from msgspec import Struct

from probes.ground.text import escape
from probes.ground.whole_number import whole_number
from probes.settings import Dialect, GatewayIso8583

_FUNCTION = "301"  # echo test, in DE60 (unionpay) or DE70 (ISO 8583:1987)
_BATCH = "000001"
_REQUEST = {Dialect.UNIONPAY: "0820", Dialect.ISO87_ASCII: "0800"}
_REPLY = {Dialect.UNIONPAY: "0830", Dialect.ISO87_ASCII: "0810"}
_PREFIX = 11  # bytes of TPDU and header


class NotAReply(Exception):
    """Bytes that are no reply of this dialect; the text names field and position."""


class EchoReply(Struct, frozen=True, kw_only=True):
    """`ours`: it answers our trace number. `requirement`: the header's processing requirement (unionpay), 0 where none."""

    code: str
    ours: bool
    requirement: int = 0
    tpdu_swapped: bool = True
    host_time: str = ""  # DE13 and DE12 as MMDDhhmmss, the host's local time


def _field(data_enc: str, size: int, len_type: int = 0, nibbles: bool = False) -> dict[str, Any]:
    return {
        "data_enc": data_enc,
        "len_enc": "bcd",
        "len_type": len_type,
        "len_count": "nibbles" if nibbles else "bytes",
        "max_len": size,
        "desc": "",
    } | ({"right_pad": "0"} if nibbles and size % 2 else {})


def _number(size: int, len_type: int = 0) -> dict[str, Any]:
    return _field("b", size, len_type, nibbles=True)


def _text(size: int, len_type: int = 0) -> dict[str, Any]:
    return _field("latin-1", size, len_type)


def _unionpay() -> dict[str, Any]:
    """The fields that a reply to an echo may carry, and those that hosts add, as UnionPay's terminals encode them."""
    spec: dict[str, Any] = {"h": _field("b", _PREFIX), "t": _field("b", 2), "p": _field("b", 8), "1": _field("b", 8)}
    numbers = {2: (19, 1), 3: (6, 0), 4: (12, 0), 11: (6, 0), 12: (6, 0), 13: (4, 0), 14: (4, 0), 15: (4, 0), 22: (3, 0), 23: (3, 0)}
    numbers |= {25: (2, 0), 26: (2, 0), 32: (11, 1), 35: (37, 1), 48: (322, 2), 53: (16, 0), 60: (17, 2), 61: (29, 2)}
    texts = {37: (12, 0), 38: (6, 0), 39: (2, 0), 41: (8, 0), 42: (15, 0), 44: (25, 1), 49: (3, 0), 54: (20, 2)}
    texts |= {58: (100, 2), 62: (512, 2), 63: (163, 2)}
    spec |= {str(number): _number(*size) for number, size in numbers.items()}
    spec |= {str(number): _text(*size) for number, size in texts.items()}
    spec |= {"52": _field("b", 8), "55": _field("b", 255, 2), "64": _field("b", 8)}
    return dict.fromkeys(map(str, range(2, 129)), _text(255, 2)) | spec  # one for all the others: 0.1 MiB less


def _filled(spec: dict[str, Any], **filler: str) -> dict[str, Any]:
    """Hosts fill the odd digit of a number on either side, with 0 or F."""
    return {name: field | filler if field["len_count"] == "nibbles" else field for name, field in spec.items()}


_SPECS: dict[Dialect, dict[str, Any]] = {Dialect.UNIONPAY: _unionpay(), Dialect.ISO87_ASCII: specs.default_ascii}
_REPLY_SPECS: dict[Dialect, tuple[dict[str, Any], ...]] = {
    Dialect.UNIONPAY: tuple(_filled(_SPECS[Dialect.UNIONPAY], left_pad="0", right_pad=filler) for filler in "0F"),
    Dialect.ISO87_ASCII: (specs.default_ascii,),
}


def echo(settings: GatewayIso8583, trace: str, moment: datetime) -> bytes:
    """The echo request. `trace` is DE11, six digits; `moment` in UTC. Raises ValueError for numbers that do not fit their fields."""
    dialect = settings.dialect
    message = {"t": _REQUEST[dialect], "11": trace, "41": settings.terminal_id.ljust(8), "42": settings.merchant_id.ljust(15)}
    if dialect is Dialect.UNIONPAY:
        message |= {"h": settings.tpdu + settings.header, "60": "00" + _BATCH + _FUNCTION}
    else:
        message |= {"h": "", "7": moment.strftime("%m%d%H%M%S"), "70": _FUNCTION}
    raw, _ = iso8583.encode(message, _SPECS[dialect])
    return bytes(raw)


def _decoded(dialect: Dialect, data: bytes) -> dict[str, str]:
    reason = NotAReply("an empty message")
    for spec in _REPLY_SPECS[dialect]:
        try:
            return dict(iso8583.decode(data, spec)[0])
        except iso8583.DecodeError as error:
            reason = NotAReply(escape(f"{error.msg}, field {error.field}, position {error.pos}"))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            reason = NotAReply(escape(f"{type(error).__name__}: {error}"))
    raise reason


def _asks(kind: str) -> bool:
    """A host may send requests of its own over the same connection; the third digit of the type is even for them (ISO 8583 section 4.1)."""
    return len(kind) == 4 and kind.isdecimal() and kind[2] in "02468"


def read(settings: GatewayIso8583, data: bytes, trace: str) -> EchoReply:
    """One complete message as a reply. Raises `NotAReply` for every input that is none."""
    dialect = settings.dialect
    message = _decoded(dialect, data)
    kind = str(message.get("t", ""))
    if _asks(kind) and str(message.get("11", "")) != trace:
        return EchoReply(code="", ours=False)
    if kind != _REPLY[dialect]:
        raise NotAReply(f"message type {escape(kind, 8)} where {_REPLY[dialect]} answers")
    code = str(message.get("39", "")).strip()
    if len(code) != 2 or not (code.isascii() and code.isalnum()):
        raise NotAReply(f"no response code in field 39 (it holds {escape(code, 8)!r})")
    prefix = str(message.get("h", ""))
    requirement = prefix[15:16] if dialect is Dialect.UNIONPAY else ""
    swapped = prefix[2:10] == settings.tpdu[6:10] + settings.tpdu[2:6] if dialect is Dialect.UNIONPAY else True
    host_time = str(message.get("13", "")) + str(message.get("12", "")) if dialect is Dialect.UNIONPAY else ""
    return EchoReply(
        code=code,
        ours=str(message.get("11", "")) == trace,
        requirement=whole_number(requirement) or 0,
        tpdu_swapped=swapped,
        host_time=host_time if len(host_time) == 10 and host_time.isdigit() else "",
    )
