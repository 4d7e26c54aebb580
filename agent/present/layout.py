"""Setting Chinese and English text in columns: the width of what a terminal shows, and where a line may end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

NOT_FIRST = frozenset("，。、；：！？）】》」』〉〕］｝”’…%％‰℃°·,.;:!?)]}>~～—")
NOT_LAST = frozenset("（【《「『〈〔［｛“‘([{<￥¥$#")


def cells(char: str, ambiguous: int = 1) -> int:
    """Columns that one character takes: 0 for combining and format characters, 2 for wide ones.

    `ambiguous`: columns of the characters whose width Unicode leaves open (consoles of the old Chinese encodings take 2).
    """
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    kind = unicodedata.east_asian_width(char)
    if kind in "WF":
        return 2
    return ambiguous if kind == "A" else 1


def width(text: str, ambiguous: int = 1) -> int:
    return sum(cells(char, ambiguous) for char in text)


def clusters(text: str) -> Iterator[str]:
    """Characters, each with the zero-width ones that follow it."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or cells(text[end]):
            yield text[start:end]
            start = end


def _wide(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF"


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbours neither of which is a space."""
    if after[0] in NOT_FIRST or before[0] in NOT_LAST:
        return False
    return _wide(before) or _wide(after)


def _units(text: str) -> Iterator[tuple[bool, list[str]]]:
    """What stays together on a line, and whether a space stands before it."""
    space, unit = False, list[str]()
    for cluster in clusters(text):
        if cluster[0].isspace():
            if unit:
                yield space, unit
            space, unit = True, []
            if len(cluster) > 1:  # marks on a space keep their place
                unit = [cluster[1:]]
        elif unit and _may_break(unit[-1], cluster):
            yield space, unit
            space, unit = False, [cluster]
        else:
            unit.append(cluster)
    if unit:
        yield space, unit


def wrap(text: str, columns: int, *, first: str = "", rest: str = "", ambiguous: int = 1) -> list[str]:
    """Lines no wider than `columns`. `first` and `rest` open the first line and the others (a hanging indent).

    Breaks at spaces and between Chinese characters, before no closing and after no opening punctuation, and inside a word
    or a number only where it is longer than a line. Runs of white space count as one space.
    """
    lines: list[str] = []
    head, line = first, ""
    used, bare = width(first, ambiguous), True

    def end_line() -> None:
        nonlocal head, line, used, bare
        lines.append((head + line).rstrip())
        head, line, used, bare = rest, "", width(rest, ambiguous), True

    for space, unit in _units(text):
        gap = 1 if space and not bare else 0
        size = sum(width(cluster, ambiguous) for cluster in unit)
        if not bare and used + gap + size > columns:
            end_line()
            gap = 0
        line, used, bare = line + " " * gap, used + gap, False
        for cluster in unit:
            step = width(cluster, ambiguous)
            if line and used + step > columns:
                end_line()
            line, used, bare = line + cluster, used + step, False
    if line or not lines:
        end_line()
    return lines


def shorten(text: str, columns: int, *, ellipsis: str = "…", ambiguous: int = 1) -> str:
    """The text if it fits, else as much of its beginning as fits with the ellipsis."""
    if width(text, ambiguous) <= columns:
        return text
    room = columns - width(ellipsis, ambiguous)
    if room < 0:
        return ""
    kept, used = [], 0
    for cluster in clusters(text):
        used += width(cluster, ambiguous)
        if used > room:
            break
        kept.append(cluster)
    return "".join(kept) + ellipsis


def pad(text: str, columns: int, ambiguous: int = 1) -> str:
    return text + " " * max(0, columns - width(text, ambiguous))
