"""The wire format of SNTP (RFC 4330 section 4, RFC 5905 section 7.3): one question, one answer, 48 bytes each.

     0       1       2       3       4 .. 15     16 .. 23     24 .. 31   32 .. 39   40 .. 47
    | LI VN M| stratum| poll | prec. | delay,   | reference  | originate | receive  | transmit |
                                       disp., id  timestamp    (ours)

A timestamp is 32 bits of seconds since 1900 and 32 bits of fraction.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from probes.ground.text import escape

SIZE = 48
_SECONDS_1900_TO_1970 = 2_208_988_800
_CLIENT, _SERVER = 3, 4


class Times(Struct, frozen=True):
    """Unix time at which the server received the question and sent the answer."""

    received: float
    sent: float


class Useless(Struct, frozen=True):
    """A datagram that is the server's answer to our question, and tells no time."""

    why: str


def question(nonce: bytes) -> bytes:
    """A client's request of version 4. Its transmit timestamp is 8 random bytes: they prove that the answer is to it."""
    return struct.pack("!B39x8s", 4 << 3 | _CLIENT, nonce)


def answer(datagram: bytes, nonce: bytes) -> Times | Useless | None:
    """None for a datagram that does not answer this question: another's, or somebody guessing."""
    if len(datagram) < SIZE or datagram[24:32] != nonce:
        return None
    flags, stratum = datagram[0], datagram[1]
    leap, version, mode = flags >> 6, flags >> 3 & 7, flags & 7
    if mode != _SERVER or not 1 <= version <= 4:
        return Useless("the answer is not that of a time server")
    if stratum == 0:
        return Useless(f"the server asks to be left alone ({escape(datagram[12:16].decode('ascii', 'replace').rstrip(chr(0)))})")
    if leap == 3 or stratum > 15:
        return Useless("the server's own clock is not synchronised")
    received, sent = _unix(datagram[32:40]), _unix(datagram[40:48])
    if received is None or sent is None:
        return Useless("the server sent no time")
    return Times(received, sent)


def _unix(stamp: bytes) -> float | None:
    """RFC 4330 section 3: with the top bit set the time lies in 1968 to 2036, else in 2036 to 2104; all zero is no time."""
    seconds, fraction = int.from_bytes(stamp[:4]), int.from_bytes(stamp[4:])
    if seconds == 0 and fraction == 0:
        return None
    era = 0 if seconds & 0x8000_0000 else 1 << 32
    return float(seconds + era - _SECONDS_1900_TO_1970) + fraction / 2**32
