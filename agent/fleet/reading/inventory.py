"""The inventory: what terminals there should be. A table in CSV, `id,serial_number,machine_id,store,region,isp,model,retired`, of which
only `id` must be there: it fills in what terminals do not tell of themselves, and says who never reported and who is gone."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping

from msgspec import Struct

from agent.contract.times import parse
from agent.fleet.model.table import Column, Table
from agent.fleet.reading.flaws import Flaw, Quality
from agent.settings.problem import Problem, SettingsError, found
from probes.ground.bilingual import Bilingual, same
from probes.ground.files import NotAFileError, read_small
from probes.ground.text import escape

_ID, _RETIRED = "id", "retired"
_IDENTITY = ("serial_number", "machine_id")
_ATTRIBUTES = ("store", "region", "isp", "model")
COLUMNS = (_ID, *_IDENTITY, *_ATTRIBUTES, _RETIRED)
_LARGEST = 1 << 30  # bytes
_MOST_FAULTS = 50
_TEXT = 200  # characters of a value
_YES, _NO = frozenset(("yes", "true", "1", "x", "是")), frozenset(("", "no", "false", "0", "否"))


class Entry(Struct, frozen=True, gc=False):
    serial_number: str = ""
    machine_id: str = ""
    store: str = ""
    region: str = ""
    isp: str = ""
    model: str = ""


class Inventory(Struct, frozen=True):
    """`retired`: with the moment up to which what came of them is of before that; infinite where the inventory says none."""

    entries: Mapping[str, Entry]
    retired: Mapping[str, float]

    def fill(self, table: Table, quality: Quality) -> list[int]:
        """What terminals do not tell of themselves; what they do tell stands. Numbers of the rows that were changed."""
        columns = {name: table.attributes.get(name) or Column(len(table)) for name in _ATTRIBUTES}
        changed = []
        for number, name in enumerate(table.ids):
            entry = self.entries.get(name)
            if entry is None:
                quality.note(Flaw.NOT_IN_INVENTORY, name)
                continue
            if (entry.serial_number and table.serial_numbers[number] and entry.serial_number != table.serial_numbers[number]) or (
                entry.machine_id and table.machine_ids[number] and entry.machine_id != table.machine_ids[number]
            ):
                quality.note(Flaw.NOT_AS_IN_INVENTORY, name)
            filled = False
            for attribute, column in columns.items():
                value = getattr(entry, attribute)
                if value and not column.codes[number]:
                    column.put(number, value)
                    filled = True
            if entry.serial_number and not table.serial_numbers[number]:
                table.serial_numbers[number] = entry.serial_number
                filled = True
            if filled:
                changed.append(number)
        table.attributes.update({name: column for name, column in columns.items() if len(column.values) > 1})
        return changed

    def missing(self, table: Table) -> tuple[str, ...]:
        return tuple(name for name in self.entries if name not in table.number_of and name not in self.retired)


def load(path: str) -> Inventory:
    """Raises `SettingsError` with every fault in it, each with its line and its column."""
    rows = list(_rows(path, _text(path)))
    if not rows:
        raise SettingsError(
            (_fault(path, 1, same(""), Bilingual("第一行是列名", "the names of the columns"), Bilingual("空文件", "nothing")),)
        )
    problems: list[Problem] = []
    places = _places(path, rows[0][1], problems)
    if problems:
        raise SettingsError(tuple(problems))
    entries: dict[str, Entry] = {}
    retired: dict[str, float] = {}
    lines: dict[str, int] = {}
    for line, cells in rows[1:]:
        if not any(cells):
            continue
        if len(problems) >= _MOST_FAULTS:
            break
        problems += _taken(path, line, cells, places, (entries, retired, lines))
    if problems:
        raise SettingsError(tuple(problems))
    return Inventory(entries, retired)


_Taken = tuple[dict[str, Entry], dict[str, float], dict[str, int]]


def _taken(path: str, line: int, cells: list[str], places: Mapping[str, int], into: _Taken) -> Iterator[Problem]:
    entries, retired, lines = into
    if len(cells) > len(places):
        words = Bilingual(f"{len(cells)} 列", f"{len(cells)} of them")
        yield _fault(path, line, same(""), Bilingual(f"最多 {len(places)} 列", f"at most {len(places)} columns"), words)
        return
    values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    for name, value in values.items():
        if len(value) > _TEXT:
            yield _fault(path, line, same(name), Bilingual(f"最多 {_TEXT} 个字符", f"at most {_TEXT} characters"), found(value))
    terminal = values[_ID]
    if not terminal:
        yield _fault(path, line, same(_ID), Bilingual("终端的标识", "the id of a terminal"), found(""))
        return
    if (first := lines.setdefault(terminal, line)) != line:
        words = Bilingual(f"{found(terminal).zh}，第 {first} 行已经有", f"{found(terminal).en}, as line {first} has")
        yield _fault(path, line, same(_ID), Bilingual("每台终端只写一次", "each terminal once"), words)
        return
    gone = _moment(values.get(_RETIRED, ""))
    if gone is None:
        wanted = Bilingual("yes、no 或日期（如 2027-01-31）", "yes, no or a day (such as 2027-01-31)")
        yield _fault(path, line, same(_RETIRED), wanted, found(values[_RETIRED]))
    elif gone:
        retired[terminal] = gone
    entries[terminal] = Entry(**{name: values.get(name, "") for name in (*_IDENTITY, *_ATTRIBUTES)})


def _moment(value: str) -> float | None:
    """0 where the terminal is not gone; None for what says neither."""
    word = value.lower()
    if word in _NO:
        return 0.0
    if word in _YES:
        return math.inf
    return parse(value if "T" in value or " " in value else f"{value}T00:00:00Z")


def _places(path: str, names: list[str], problems: list[Problem]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(each.strip().lower() for each in names):
        if name not in COLUMNS:
            wanted = Bilingual(f"这些列之一：{'、'.join(COLUMNS)}", f"one of the columns {', '.join(COLUMNS)}")
            problems.append(_fault(path, 1, Bilingual(f"第 {place + 1} 列", f"column {place + 1}"), wanted, found(name)))
        elif name in places:
            problems.append(_fault(path, 1, same(name), Bilingual("每列只写一次", "each column once"), found(name)))
        places[name] = place
    if _ID not in places and not problems:
        problems.append(_fault(path, 1, same(_ID), Bilingual("必须有 id 这一列", "the column id"), Bilingual("没有", "none")))
    return places


def _rows(path: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """With the number of the line that each ends on. A table that is separated by semicolons, as some spreadsheets write it, is one too."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        was = Bilingual(f"写法有误（{escape(str(error))}）", f"a fault of its writing ({escape(str(error))})")
        raise SettingsError((_fault(path, reader.line_num, same(""), same("CSV"), was),)) from None


def _text(path: str) -> str:
    wanted = Bilingual("能读取的文件", "a readable file")
    try:
        content = read_small(path, _LARGEST)
    except NotAFileError:
        raise SettingsError((_fault(path, 0, same(""), wanted, Bilingual("设备、管道或套接字", "a device, pipe or socket")),)) from None
    except (OSError, ValueError) as error:
        why = same(escape(getattr(error, "strerror", None) or str(error)))
        raise SettingsError((_fault(path, 0, same(""), wanted, why),)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        was = Bilingual(f"字节 0x{content[error.start]:02x}", f"the byte 0x{content[error.start]:02x}")
        raise SettingsError((_fault(path, line, same(""), Bilingual("UTF-8 编码的文字", "text in UTF-8"), was),)) from None


def _fault(path: str, line: int, column: Bilingual, expected: Bilingual, was: Bilingual) -> Problem:
    return Problem(escape(path), column, expected, was, line=line)
