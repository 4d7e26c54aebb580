"""What came from the terminal, and the replies that can be made of it."""

from __future__ import annotations

from dataclasses import dataclass

from probes.settings import Dialect, Framing
from tests.support.servers.iso import codec
from tests.support.servers.iso.frame import framed

_PREFIX = {Dialect.UNIONPAY: 11, Dialect.ISO87_ASCII: 0}  # TPDU and header
_ECHOED = {Dialect.UNIONPAY: (11, 41, 42, 60), Dialect.ISO87_ASCII: (7, 11, 41, 42, 70)}
_STAND_IN = "ZZ"  # for a response code that no library would write


@dataclass(frozen=True)
class Request:
    dialect: Dialect
    framing: Framing
    prefix: bytes
    fields: dict[int, str]

    @property
    def is_echo(self) -> bool:
        kind, fields = self.fields[0], self.fields
        if self.dialect is Dialect.UNIONPAY:
            return (
                kind == "0820" and set(fields) == {0, *_ECHOED[self.dialect]} and fields[60][:6] == "001100" and fields[60][12:15] == "301"
            )
        return kind == "0800" and {7, 11, 70} <= set(fields) <= {0, 1, *_ECHOED[self.dialect]} and fields[70] == "301"

    @property
    def reply_type(self) -> str:
        return "0830" if self.dialect is Dialect.UNIONPAY else "0810"

    def stranger(self) -> str:
        """A trace number that is not this one's."""
        return f"{(int(self.fields[11]) + 1) % 1_000_000:06d}"

    def reply(
        self,
        code: str | bytes | None = "00",
        *,
        mti: str = "",
        trace: str = "",
        requirement: str = "0",
        swapped: bool = True,
        more: dict[int, str] | None = None,
    ) -> bytes:
        """One whole reply with its length. `code`: None for none, bytes for what no library would write."""
        fields = {number: self.fields[number] for number in _ECHOED[self.dialect] if number in self.fields}
        fields |= {11: trace or self.fields[11]} | (more or {})
        if code is not None:
            fields[39] = code if isinstance(code, str) else _STAND_IN
        body = codec.encode(self.dialect, mti or self.reply_type, fields)
        if isinstance(code, bytes):
            body = body.replace(_STAND_IN.encode(), code, 1)
        return framed(self.framing, self._prefix(requirement, swapped) + body)

    def _prefix(self, requirement: str, swapped: bool) -> bytes:
        if not self.prefix:
            return b""
        tpdu, header = self.prefix[:5], self.prefix[5:].hex()
        addresses = tpdu[3:5] + tpdu[1:3] if swapped else tpdu[1:5]
        return tpdu[:1] + addresses + bytes.fromhex(header[:5] + requirement + header[6:])


def parse(dialect: Dialect, framing: Framing, message: bytes) -> Request:
    size = _PREFIX[dialect]
    return Request(dialect, framing, message[:size], codec.decode(dialect, message[size:]))
