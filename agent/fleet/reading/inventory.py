"""The inventory: what terminals there should be. A table in CSV, `id,serial_number,machine_id,store,region,isp,model,retired`, of which
only `id` must be there: it fills in what terminals do not tell of themselves, and says who never reported and who is gone. Columns may be
called in Chinese, and lie in any order among others."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from agent.contract.times import parse
from agent.fleet.model.table import Column, Table
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.inventory_text import rows_of
from agent.present.output import why_not
from agent.settings.problem import Problem, SettingsError
from probes.ground.bilingual import Bilingual, same
from probes.ground.files import NotAFileError, read_small
from probes.ground.text import escape

_ID, _RETIRED = "id", "retired"
_IDENTITY = ("serial_number", "machine_id")
_ATTRIBUTES = ("store", "region", "isp", "model")
COLUMNS = (_ID, *_IDENTITY, *_ATTRIBUTES, _RETIRED)
_LARGEST = 1 << 30  # bytes
_TEXT = 200  # characters of a value
_YES = frozenset(("yes", "y", "true", "1", "x", "是", "已停用", "停用", "报废", "已报废", "撤机"))
_NO = frozenset(("", "no", "n", "false", "0", "-", "否", "在用", "使用中", "正常"))
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")  # as spreadsheets write one
_CALLED: dict[str, str] = {  # by other names that a column has, without spaces
    called: column
    for column, names in {
        "id": ("terminalid", "terminal", "终端号", "终端编号", "终端标识", "终端id", "终端", "编号", "设备编号"),
        "serial_number": ("serialnumber", "serialno", "serial", "sn", "序列号", "机身号", "机身序列号", "设备序列号"),
        "machine_id": ("machineid", "机器标识", "机器码", "机器id"),
        "store": ("shop", "storename", "门店", "门店名称", "店铺", "店铺名称", "网点"),
        "region": ("area", "地区", "区域", "大区", "片区"),
        "isp": ("provider", "运营商", "网络运营商", "宽带运营商", "宽带"),
        "model": ("devicemodel", "型号", "终端型号", "设备型号", "机型"),
        "retired": ("停用", "已停用", "停用日期", "报废", "撤机", "撤机日期"),
    }.items()
    for called in names
}


class Entry(Struct, frozen=True, gc=False):
    serial_number: str = ""
    machine_id: str = ""
    store: str = ""
    region: str = ""
    isp: str = ""
    model: str = ""


class Inventory(Struct, frozen=True):
    """`retired`: with the moment up to which what came of them is of before that; infinite where the inventory says none. `flaws`: what
    of the inventory itself could not be used, each with its place."""

    entries: Mapping[str, Entry]
    retired: Mapping[str, float]
    flaws: tuple[tuple[Flaw, str], ...] = ()

    def fill(self, table: Table, quality: Quality) -> list[int]:
        """What terminals do not tell of themselves; what they do tell stands. Numbers of the rows that were changed."""
        for flaw, where in self.flaws:
            quality.note(flaw, where)
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
    """Of a line in which something is wrong, what is right counts. Raises `SettingsError` where nothing can be told of any terminal."""
    rows = rows_of(_content(path))
    _, names = next(((line, cells) for line, cells in rows if cells is not None and any(cells)), (1, None))
    if names is None:
        raise SettingsError(
            (_fault(path, 1, same(""), Bilingual("第一行是列名", "the names of the columns"), Bilingual("空文件", "nothing")),)
        )
    taking = _Taking(path)
    places = taking.places(names)
    if _ID not in places:
        was = Bilingual(f"这些列：{_shown(names)}", f"the columns {_shown(names)}")
        raise SettingsError((_fault(path, 1, same(_ID), Bilingual("id 或“终端号”这一列", "the column id"), was),))
    for line, cells in rows:
        if cells is None:
            taking.flaws.append((Flaw.INVENTORY_LINE, taking.at(line)))
        elif any(cells):
            taking.take(line, cells, places, len(names))
    return Inventory(taking.entries, taking.retired, tuple(taking.flaws))


class _Taking:
    """One line after the other."""

    def __init__(self, path: str) -> None:
        self.entries: dict[str, Entry] = {}
        self.retired: dict[str, float] = {}
        self.flaws: list[tuple[Flaw, str]] = []
        self._name = Path(path).name

    def at(self, line: int, column: str = "") -> str:
        return f"{self._name}:{line} {column}".rstrip()

    def places(self, names: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for place, name in enumerate(names):
            known = known_column(name)
            if known is None or known in found:
                if name.strip():
                    self.flaws.append((Flaw.INVENTORY_COLUMN, self.at(1, name.strip())))
            else:
                found[known] = place
        return found

    def take(self, line: int, cells: list[str], places: Mapping[str, int], wide: int) -> None:
        values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        terminal = values[_ID]
        if not terminal or len(terminal) > _TEXT:
            self.flaws.append((Flaw.INVENTORY_LINE, self.at(line, _ID)))
            return
        if terminal in self.entries:
            self.flaws.append((Flaw.INVENTORY_TWICE, self.at(line, terminal)))
            return
        if any(cell.strip() for cell in cells[wide:]):  # nobody knows which cell is which
            self.flaws.append((Flaw.INVENTORY_LINE, self.at(line)))
            self.entries[terminal] = Entry()
            return
        for name, value in values.items():
            if len(value) > _TEXT:
                self.flaws.append((Flaw.INVENTORY_LINE, self.at(line, name)))
                values[name] = ""
        gone = _moment(values.get(_RETIRED, ""))
        if gone is None:
            self.flaws.append((Flaw.INVENTORY_LINE, self.at(line, _RETIRED)))
        elif gone:
            self.retired[terminal] = gone
        self.entries[terminal] = Entry(**{name: values.get(name, "") for name in (*_IDENTITY, *_ATTRIBUTES)})


def known_column(name: str) -> str | None:
    """What a column that is called so is; None for what is not known."""
    word = "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
    return word if word in COLUMNS else _CALLED.get(word.replace("_", ""))


def _shown(names: Sequence[str]) -> str:
    return escape(", ".join(name.strip() for name in names), 120)


def _moment(value: str) -> float | None:
    """0 where the terminal is not gone; None for what says neither."""
    word = value.lower()
    if word in _NO:
        return 0.0
    if word in _YES:
        return math.inf
    day = _DAY.fullmatch(value)
    if day is None:
        return parse(value)
    year, month, number = map(int, day.groups())
    return parse(f"{year:04}-{month:02}-{number:02}T00:00:00Z")


def _content(path: str) -> bytes:
    wanted = Bilingual("能读取的文件", "a readable file")
    try:
        return read_small(path, _LARGEST)
    except NotAFileError:
        raise SettingsError((_fault(path, 0, same(""), wanted, Bilingual("设备、管道或套接字", "a device, pipe or socket")),)) from None
    except OSError as error:
        raise SettingsError((_fault(path, 0, same(""), wanted, why_not(error)),)) from None
    except ValueError as error:
        raise SettingsError((_fault(path, 0, same(""), wanted, same(escape(str(error)))),)) from None


def _fault(path: str, line: int, column: Bilingual, expected: Bilingual, was: Bilingual) -> Problem:
    return Problem(escape(path), column, expected, was, line=line)
