"""Text from outside, made safe to print and to log: nothing in it can move a cursor, reorder or overdraw a line, or hide."""

from __future__ import annotations

import unicodedata

# Cc: C0, DEL, C1. Cf: bidirectional controls, zero-width and tag characters. Cs: lone surrogates. Zl, Zp: line and
# paragraph separators. Cn: no character yet, Co: private use, so nobody knows how they show. Me: drawn around what stands before.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co", "Me"})
# Letters and figures that are written from right to left: what stands beside them changes places (UAX 9).
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})
_OVERLAY = 1  # a combining class: drawn through what stands before
_MOST_MARKS = 2  # on one letter, as in Vietnamese and Thai; more grow into the lines above and below
# Invisible although their category says letter or mark: fillers, joiners and variation selectors.
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
_WORDS = (0xFDFD,)  # a whole sentence drawn over a dozen columns
_HARMFUL = frozenset((*_FILLERS, *_WORDS, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))


def is_safe(character: str) -> bool:
    """Whether a single character shows as itself, and where it stands. Of marks over letters `is_legible` tells more."""
    if "\x20" <= character <= "\x7e":
        return True
    return (
        unicodedata.category(character) not in _UNSAFE
        and unicodedata.bidirectional(character) not in _FROM_THE_RIGHT
        and unicodedata.combining(character) != _OVERLAY
        and ord(character) not in _HARMFUL
    )


def is_legible(text: str) -> bool:
    """Whether nothing in it would be escaped."""
    return (text.isascii() and text.isprintable()) or _escaped(text) == [*text]


def _visible(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escaped(text: str) -> list[str]:
    """For each character what is shown. A mark stands on a letter or a figure, and not on too many others."""
    parts: list[str] = []
    marks = _MOST_MARKS  # so many stand on the last letter; before the first there is none
    for character in text:
        safe, kind = is_safe(character), unicodedata.category(character)
        if kind == "Mn" and safe:
            safe = marks < _MOST_MARKS
            marks += 1
        elif kind not in ("Mn", "Mc", "Me"):  # Mc: a vowel that takes a place of its own, and belongs to the letter
            marks = 0 if safe and character.isalnum() else _MOST_MARKS
        parts.append(character if safe else _visible(character))
    return parts


def legible(text: str) -> str:
    """As `escape`, but whole."""
    return text if text.isascii() and text.isprintable() else "".join(_escaped(text))


def escape(text: str, limit: int = 200) -> str:
    """The text on one line with what cannot be seen written as `\\xNN` or `\\uNNNN`, at most `limit` characters long.

    A text that is cut ends in an ellipsis. Escaping twice gives what escaping once gives.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    parts: list[str] = []
    length = 0
    kept = 0  # how many parts fit beside an ellipsis
    for part in _escaped(text[: limit + 1]):
        if length + len(part) > limit:
            return "".join(parts[:kept]) + "…"
        parts.append(part)
        length += len(part)
        if length < limit:
            kept = len(parts)
    return "".join(parts)
