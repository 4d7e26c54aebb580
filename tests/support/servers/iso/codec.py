"""Requests decoded and replies encoded by iso8583sim. Two of its field definitions are replaced where UnionPay differs.

DE39 may hold letters. DE60 is BCD with a length in front, which the library has only as text: here it is one number of fixed
width that begins with its own length.
"""

from __future__ import annotations

from iso8583sim.core import types as definitions  # type: ignore[import-untyped]
from iso8583sim.core.types import FieldDefinition, FieldType, ISO8583Message  # type: ignore[import-untyped]
from iso8583sim.wire import Encoding, WireFormat, decode_message, encode_message  # type: ignore[import-untyped]

from probes.settings import Dialect

_ECHO_60 = 16  # digits: 0011, then 00, batch 6, 301, and one to fill the byte
_DEFINITIONS = {
    39: FieldDefinition(FieldType.ALPHANUMERIC, 2, "Response code"),
    60: FieldDefinition(FieldType.NUMERIC, _ECHO_60, "Reserved, with its length"),
}
definitions.ISO8583_FIELDS.update(_DEFINITIONS)
definitions.get_field_definition.cache_clear()

_FORMATS = {
    Dialect.UNIONPAY: WireFormat(mti=Encoding.BCD, length_prefix=Encoding.BCD, numeric=Encoding.BCD, bcd_odd_padding="right"),
    Dialect.ISO87_ASCII: WireFormat.ascii_hex(),
}


def decode(dialect: Dialect, body: bytes) -> dict[int, str]:
    """The message behind TPDU and header; 0 is its type. Raises the library's ParseError."""
    return dict(decode_message(body, _FORMATS[dialect]).fields)


def encode(dialect: Dialect, mti: str, fields: dict[int, str]) -> bytes:
    """Raises the library's BuildError for what may not stand in a field."""
    return bytes(encode_message(ISO8583Message(mti=mti, fields=dict(fields)), _FORMATS[dialect]))
