"""The inventory as a table of texts: in whatever encoding and with whatever separator a spreadsheet wrote it. A line that is no line of a
table, or no text, is none; the others are."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",;\t"
_LEGACY = "gb18030"  # of spreadsheets in Chinese; GBK and GB 2312 are parts of it

Cells = list[str] | None


def rows_of(content: bytes) -> Iterator[tuple[int, Cells]]:
    """Each with the number of the line that it ends on; None for one that cannot be read."""
    lines = list(_lines(content))
    head = lines[0] if lines else ""
    separator = max(_SEPARATORS, key=(head or "").count)
    if None not in lines:
        try:  # a cell may go over several lines
            reader = csv.reader(io.StringIO("\n".join(line for line in lines if line is not None)), delimiter=separator, strict=True)
            whole: list[tuple[int, Cells]] = [(reader.line_num, cells) for cells in reader]
        except csv.Error:
            pass
        else:
            yield from whole
            return
    for number, line in enumerate(lines, 1):  # each for itself, so that a quotation mark too many costs one line
        try:
            yield number, None if line is None else next(csv.reader([line], delimiter=separator, strict=True), [])
        except csv.Error:
            yield number, None


def _lines(content: bytes) -> Iterator[str | None]:
    """None for one that is no text."""
    if content.startswith(_UTF_16):
        yield from _split(content.decode("utf-16", "replace"))
        return
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        yield from _split(content.decode())
        return
    except UnicodeDecodeError:
        pass
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    foreign = [line for line in lines if not line.isascii()]
    plain = sum(_decoded(line, "utf-8") is not None for line in foreign)
    first, second = ("utf-8", _LEGACY) if 2 * plain > len(foreign) else (_LEGACY, "utf-8")  # what most lines are
    for line in lines:
        text = _decoded(line, first)
        yield _decoded(line, second) if text is None else text


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
