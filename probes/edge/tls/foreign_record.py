"""An answer to our greeting that is a record of the same family, in a version that OpenSSL does not know: the host's own word that there is
no common one, and no sign of a port that is none of TLS.

TLCP is China's own (GB/T 38636-2020, before that GM/T 0024): laid out as TLS, with 1.1 for its version. SSL 2.0 has records of its own.
"""

from __future__ import annotations

_ALERT, _HANDSHAKE = 21, 22
_ALERT_LENGTH = 2  # bytes: level and number (RFC 8446 section 6); in the clear, as the first word is
_SHORTEST, _LONGEST = 4, 2**14  # bytes: of a handshake's message its head, of a record what it may hold (RFC 8446 section 5.1)
_HEAD = 5  # bytes
_TLCP = (1, 1)
_SSL2, _SSL2_ERROR, _SSL2_SERVER_HELLO = 0x80, 0, 4  # the bit of a record without padding, and two kinds of message
_SSL2_ERRORS = (1, 2, 4, 6)  # no cipher, no certificate, a bad one, one of an unsupported type
_SSL2_ERROR_LENGTH = 3  # bytes
_SSL2_SHORTEST = 11  # bytes: a server's greeting with nothing in its three fields


def version_of(head: bytes) -> str:
    """The version, in words, of an answer that begins with these bytes; empty where it is no such record, or one of SSL 3.0 and later."""
    if len(head) < _HEAD:
        return ""
    kind, major, minor, length = head[0], head[1], head[2], int.from_bytes(head[3:5], "big")
    fits = length == _ALERT_LENGTH if kind == _ALERT else kind == _HANDSHAKE and _SHORTEST <= length <= _LONGEST
    if fits and major in (1, 2, 4):
        return "TLCP 1.1" if (major, minor) == _TLCP else f"{major}.{minor}"
    return "SSL 2.0" if _of_ssl2(head) else ""


def _of_ssl2(head: bytes) -> bool:
    """Two bytes of length, of which the first bit is set, and the kind of message."""
    if not head[0] & _SSL2:
        return False
    length = int.from_bytes(head[:2], "big") & 0x7FFF
    if head[2] == _SSL2_ERROR:
        return length == _SSL2_ERROR_LENGTH and head[3] == 0 and head[4] in _SSL2_ERRORS
    # whether a session goes on, and the certificate's kind
    return head[2] == _SSL2_SERVER_HELLO and length >= _SSL2_SHORTEST and head[3] in (0, 1) and head[4] in (0, 1)
