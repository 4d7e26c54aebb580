"""Regions by providers: in each meeting of both the share of terminals that cannot pay or are silent, and the fault that most of them have.
Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from msgspec import Struct

from agent.fleet.page import words
from agent.fleet.page.view import CANNOT, NO_FAULT, SILENT, View
from agent.present.page import Page

ROWS, COLUMNS = "region", "isp"
MOST_ROWS, MOST_COLUMNS = 16, 9
LEVELS = (0.01, 0.03, 0.1, 0.3)  # shares from which a cell is darker
_FEW = 10  # terminals, below which a share says little
_CASES, _DOUBTFUL = 3, 1  # of fewer cases a cell is no darker than that
_WORTH_SAYING = 0.1  # share from which a cell says that most of them are silent
_NAME = 22
_REST = ""  # codes of values below the line stand under no name of their own


class Cell(Struct, frozen=True, kw_only=True):
    """`level`: how dark; `share` is empty where nobody is. `silent`: whether most of them are silent. `fault`: the number, from 1, of the
    one in a region or at a provider that most of them have; 0 for none."""

    share: str
    level: int
    said: str
    silent: bool = False
    fault: int = 0


class Grid(Struct, frozen=True, kw_only=True):
    """`rows`: a name with its cells; the last row and the last column are of all. `left`: rows that are not shown one by one. `silent`,
    `marked`, `few`: whether any cell says so."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    left: int
    silent: bool
    marked: bool
    few: bool


class _Count:
    __slots__ = ("bad", "faults", "of", "silent")

    def __init__(self) -> None:
        self.of = self.bad = self.silent = 0
        self.faults: Counter[int] = Counter()

    def add(self, standing: int, fault: int, number: int) -> None:
        self.of += number
        if standing in (CANNOT, SILENT):
            self.bad += number
            self.faults[fault] += number
            if standing == SILENT:
                self.silent += number


def grid_of(view: View, page: Page) -> Grid | None:
    """None where regions and providers are not known, or all the same."""
    table = view.table
    known = [table.attributes.get(name) for name in (ROWS, COLUMNS)]
    nothing = [0] * len(table)
    rows, columns = (each.codes if each is not None else nothing for each in known)
    counted = Counter(zip(rows, columns, view.standing, view.fault_of, strict=True))
    by_row, by_column = _sums(counted, 0), _sums(counted, 1)
    if len(by_row) * len(by_column) < 2 or not any((*by_row, *by_column)):
        return None
    places = [_places(sums, most) for sums, most in ((by_row, MOST_ROWS), (by_column, MOST_COLUMNS))]
    marked = {number for number, fault in enumerate(view.answer.faults) if fault.where and {ROWS, COLUMNS} & fault.where[0].keys()}
    cells: dict[tuple[int, int], _Count] = {}
    for (row, column, standing, fault), number in counted.items():
        at = places[0].get(row, -1), places[1].get(column, -1)
        for key in (at, (at[0], -2), (-2, at[1]), (-2, -2)):
            cells.setdefault(key, _Count()).add(standing, fault, number)
    shown = [_shown(place, sums) for place, sums in zip(places, (by_row, by_column), strict=True)]
    names = [
        [_name(code, each.values if each is not None else [""], page) for code in codes] for codes, each in zip(shown, known, strict=True)
    ]
    found = [[_cell(cells.get((row, column)), marked, page) for column in shown[1]] for row in shown[0]]
    every = [cell for line in found for cell in line]
    return Grid(
        columns=tuple(names[1]),
        rows=tuple((name, tuple(line)) for name, line in zip(names[0], found, strict=True)),
        left=max(0, len(by_row) - len(places[0])),
        silent=any(cell.silent for cell in every),
        marked=any(cell.fault for cell in every),
        few=any("/" in cell.share for cell in every),
    )


def _sums(counted: Counter[tuple[int, int, int, int]], axis: int) -> dict[int, int]:
    """By each value how many are not well."""
    found: dict[int, int] = {}
    for key, number in counted.items():
        found[key[axis]] = found.get(key[axis], 0) + (number if key[2] in (CANNOT, SILENT) else 0)
    return found


def _places(sums: dict[int, int], most: int) -> dict[int, int]:
    """The values that have a line of their own, those with most that are not well first, what is not known last."""
    ordered = sorted(sums, key=lambda code: (code == 0, -sums[code], code))
    return {code: code for code in (ordered if len(ordered) <= most else ordered[: most - 1])}


def _shown(places: dict[int, int], sums: dict[int, int]) -> list[int]:
    rest = [-1] if len(places) < len(sums) else []
    return [*places, *rest, -2]


def _name(code: int, values: list[str], page: Page) -> str:
    if code == -2:
        return page.say("合计", "all")
    if code == -1:
        return page.say("其他", "others")
    return words.value(values[code], page, _NAME) or page.say("未知", "not known")


def _cell(found: _Count | None, marked: Container[int], page: Page) -> Cell:
    if found is None or not found.of:
        return Cell(share="", level=0, said=page.say("没有终端", "no terminals"))
    share = found.bad / found.of
    fault, most = found.faults.most_common(1)[0] if found.faults else (NO_FAULT, 0)
    cannot = found.bad - found.silent
    return Cell(
        share=f"{found.bad}/{found.of}" if found.of < _FEW else words.percent(found.bad, found.of).replace("\N{NO-BREAK SPACE}", ""),
        level=min(sum(share >= limit for limit in LEVELS), _DOUBTFUL if found.bad < _CASES else len(LEVELS)),
        said=page.say(
            f"{words.count(found.of)} 台，不能收款 {words.count(cannot)}，没有消息 {words.count(found.silent)}",
            f"{words.count(found.of)} terminals, {words.count(cannot)} cannot pay, {words.count(found.silent)} silent",
        ),
        silent=share >= _WORTH_SAYING and found.silent * 2 > found.bad,
        fault=fault + 1 if fault in marked and most * 2 > found.bad else 0,
    )
