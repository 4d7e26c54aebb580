"""How large a page of steps may be set so that it is one page of A4. Reckoned, for nobody measures the letters here: rather too small."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from agent.present.page import Page

_WIDTH_MM, _HEIGHT_MM = 178.0, 262.0
_PT_MM = 0.3528
_COLUMN = {"zh": 0.505, "en": 0.545}  # the mean width of a column, in ems
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
    Type("roomy", 13, 11, 12, 1.4, 4, 46),
    Type("ordinary", 12, 10, 11, 1.36, 3, 38),
    Type("small", 10.5, 9.5, 10.5, 1.33, 2, 34),
    Type("dense", 9, 8.5, 9, 1.3, 1.4, 28),
    Type("crowded", 7.5, 7.5, 7.5, 1.25, 0.8, 20),
)


class Amount(Struct, frozen=True):
    """The texts of a page: a step is its lines. `looks`: whether there are drawings."""

    own: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]
    rest: Sequence[str]
    looks: bool


def fitting(amount: Amount, page: Page) -> str:
    """The largest type that lets it stand on one page, by name; the smallest where none does."""
    return next((each.name for each in TYPES if _height(amount, each, page) <= _HEIGHT_MM), TYPES[-1].name)


def _height(amount: Amount, type_: Type, page: Page) -> float:
    steps = sum(_steps(found, size, type_, page) for found, size in ((amount.own, type_.own), (amount.others, type_.others)))
    rest = sum(_lines(text, type_.rest, _WIDTH_MM, page) for text in amount.rest) * type_.rest * type_.line * _PT_MM
    return steps + rest + (type_.drawing + 5 if amount.looks else 0) + _FIXED * type_.rest / 10.5


def _steps(found: Sequence[tuple[str, str]], size: float, type_: Type, page: Page) -> float:
    lines = sum(_lines(text, size, _WIDTH_MM - _INDENT_MM, page) for step in found for text in step if text)
    return lines * size * type_.line * _PT_MM + len(found) * type_.between + (_HEADING if found else 0)


def _lines(text: str, size: float, width: float, page: Page) -> int:
    room = width / (size * _PT_MM * _COLUMN.get(page.language, 0.6))
    return math.ceil(page.measure(text) / max(room, 1))


_HEADING = 8.5  # mm of a heading over steps
_FIXED = 38.0  # mm of the title, of the frame about the call, and of the foot
