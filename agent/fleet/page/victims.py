"""The terminals of a fault as links to comma-separated values that lie in the page itself, as far as there is room. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from msgspec import Struct

from agent.contract import times
from agent.fleet.page.view import View
from agent.present.history_csv import cell

ROOM = 560_000  # characters of links in one page
MORE = ("id", "store", "since")
_HEAD = 120  # characters of a link beside its lines
_LEAST = 20  # characters of a line with more than an id, at least
_QUOTED = re.compile(r'[",\r\n]')
_MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8
_KEPT = ",.:;!*()"  # characters that a link may have as they are


class Link(Struct, frozen=True, kw_only=True):
    """`shown`: how many of them it holds, of how many. Nothing of `href` needs to be escaped."""

    href: str
    name: str
    shown: int
    of: int


def links(of: Sequence[tuple[str, Sequence[int]]], view: View, room: int = ROOM) -> list[Link | None]:
    """For each name and its rows: all ids where there is room for them, the smallest first, and then as many as there is with more of
    each. None for no rows."""
    found: list[Link | None] = [None] * len(of)
    order = sorted((number for number, (_, rows) in enumerate(of) if rows), key=lambda number: len(of[number][1]))
    for done, number in enumerate(order):
        link = _link(*of[number], view, ("id",), room // (len(order) - done))
        room -= len(link.href)
        found[number] = link if link.shown else None
    for number in order:
        short = found[number]
        if short is None or short.shown < short.of or _LEAST * short.of > room + len(short.href):
            continue
        link = _link(*of[number], view, MORE, room + len(short.href))
        if link.shown == link.of:
            room += len(short.href) - len(link.href)
            found[number] = link
    return found


def file_name(fault_id: str) -> str:
    """Of a fault's file: nothing in it leaves the folder or means something to a shell."""
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "_" for each in fault_id)[:60]
    return f"{kept or 'fault'}.csv"


def of_ids(name: str, ids: Sequence[str], room: int = ROOM // 8) -> Link | None:
    """Of terminals that the table does not have."""
    link = _packed_lines(name, (f"{_field(each)}\n" for each in ids), ("id",), room, len(ids))
    return link if link.shown else None


def _link(name: str, rows: Sequence[int], view: View, columns: Sequence[str], room: int) -> Link:
    return _packed_lines(name, _lines(rows, view, columns), columns, room, len(rows))


def _packed_lines(name: str, found: Iterable[str], columns: Sequence[str], room: int, of: int) -> Link:
    lines, left = [], room - _HEAD
    for line in found:
        left -= _size(line)
        if left < 0:
            break
        lines.append(line)
    text = "".join([_MARK, ",".join(columns), "\n", *lines])
    return Link(href="data:text/csv;charset=utf-8" + _packed(text), name=name, shown=len(lines), of=of)


def _lines(rows: Sequence[int], view: View, columns: Sequence[str]) -> Iterator[str]:
    table, stores = view.table, view.table.attributes.get("store")
    for row in rows:
        name = _field(table.ids[row])
        if len(columns) == 1:
            yield f"{name}\n"
        else:
            yield f"{name},{_field(stores[row]) if stores is not None else ''},{_moment(table.since[row])}\n"


def _field(text: str) -> str:
    """Of a line: no formula, and in quotes where it needs them."""
    safe = str(cell(text))
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe


def _size(line: str) -> int:
    """Of a line as base64 at most."""
    return -(-len(line.encode("utf-8", "backslashreplace")) * 4 // 3)


def _packed(text: str) -> str:
    """Base64, or the text itself where that is shorter."""
    data = text.encode("utf-8", "backslashreplace")
    packed = ";base64," + base64.b64encode(data).decode()
    written = "," + quote(data, safe=_KEPT)
    return min(packed, written, key=len)


def _moment(seconds: int) -> str:
    return times.utc(seconds)[:16] + "Z" if seconds > 0 else ""
