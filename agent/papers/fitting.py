"""How large a page of steps may be set so that it is one page of A4. Reckoned, for nobody measures the letters here: rather too small."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

_WIDTH_MM, _HEIGHT_MM = 178.0, 262.0
_PT_MM = 0.3528
_INDENT_MM = 9.0


class Type(Struct, frozen=True):
    """As the style sheet has it: points of the steps, of the technician's steps and of the rest, the height of a line in ems, mm between
    two steps and of a drawing."""

    name: str
    own: float
    others: float
    rest: float
    line: float
    between: float
    drawing: float


TYPES = (
    Type("roomy", 13, 11, 12, 1.4, 2, 46),
    Type("ordinary", 12, 10, 11, 1.36, 1.5, 38),
    Type("small", 10.5, 9.5, 10.5, 1.33, 1, 34),
    Type("dense", 9, 8.5, 9, 1.3, 0.7, 28),
    Type("crowded", 7.5, 7.5, 7.5, 1.25, 0.4, 20),
)


class Amount(Struct, frozen=True):
    """The texts of a page: a step is its lines. `looks`: whether there are drawings."""

    own: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]
    rest: Sequence[str]
    looks: bool


def fitting(amount: Amount) -> str:
    """The largest type that lets it stand on one page, by name; the smallest where none does."""
    return next((each.name for each in TYPES if _height(amount, each) <= _HEIGHT_MM), TYPES[-1].name)


def _height(amount: Amount, type_: Type) -> float:
    steps = sum(_steps(found, size, type_) for found, size in ((amount.own, type_.own), (amount.others, type_.others)))
    rest = sum(_lines(text, type_.rest, _WIDTH_MM) for text in amount.rest) * type_.rest * type_.line * _PT_MM
    return steps + rest + (type_.drawing + 5 if amount.looks else 0) + _FIXED * type_.rest / 10.5


def _steps(found: Sequence[tuple[str, str]], size: float, type_: Type) -> float:
    lines = sum(_lines(text, size, _WIDTH_MM - _INDENT_MM) for step in found for text in step if text)
    return lines * size * type_.line * _PT_MM + len(found) * type_.between + (_HEADING if found else 0)


def _lines(text: str, size: float, width: float) -> int:
    """A word of letters begins on a new line where this one has no room for it; between others a line breaks anywhere."""
    room = width / (size * _PT_MM)
    lines, used = 1, 0.0
    for word in _WORD.findall(text):
        length = ems(word)
        if used and used + length > room:
            lines, used = lines + 1, 0.0
        used += length
        while used > room:
            lines, used = lines + 1, used - room
    return lines if text else 0


def ems(text: str) -> float:
    """How long it is in print, in widths of a Chinese character; rather too long."""
    return sum(map(_em, text))


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA" or char in _BROAD:
        return 1.0
    if char in _SLIM:
        return 0.4
    return 0.76 if char.isupper() else 0.63 if char.isascii() else 0.8


_WORD = re.compile(r"[!-~]+|.")
_BROAD, _SLIM = frozenset("MWmw@%"), frozenset(" iljtfrI.,:;'|()[]")
_HEADING = 8.5  # mm of a heading over steps
_FIXED = 40.0  # mm of the title, of the frame about the call, and of the foot
