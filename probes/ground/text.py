"""Text from outside, made safe to print and to log: nothing in it can move a cursor, reorder a line or hide."""

from __future__ import annotations

import unicodedata

# Cc: C0, DEL, C1. Cf: bidirectional controls, zero-width and tag characters. Cs: lone surrogates. Zl, Zp: line and
# paragraph separators. Cn: no character yet, Co: private use, so nobody knows how they show.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"})
# Invisible although their category says letter or mark: fillers, joiners and variation selectors.
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
_INVISIBLE = frozenset((*_FILLERS, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))


def is_safe(character: str) -> bool:
    """Whether a single character shows as itself."""
    if "\x20" <= character <= "\x7e":
        return True
    return unicodedata.category(character) not in _UNSAFE and ord(character) not in _INVISIBLE


def _visible(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def escape(text: str, limit: int = 200) -> str:
    """The text on one line with what cannot be seen written as `\\xNN` or `\\uNNNN`, at most `limit` characters long.

    A text that is cut ends in an ellipsis. Escaping twice gives what escaping once gives.
    """
    parts: list[str] = []
    length = 0
    kept = 0  # how many parts fit beside an ellipsis
    for character in text:
        part = character if is_safe(character) else _visible(character)
        if length + len(part) > limit:
            return "".join(parts[:kept]) + "…"
        parts.append(part)
        length += len(part)
        if length < limit:
            kept = len(parts)
    return "".join(parts)
