"""What a report draws: bars, days as a calendar, and lines with gaps where nobody watched. Each has words for what it shows; no colour is
the only mark of anything. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from agent.papers.drawing import TEXT, WIDTH, Drawing, measure

_LEFT, _RIGHT, _TOP, _FOOT = 62.0, 8.0, 28.0, 24.0  # around what is plotted
_LOW = 1.5  # height of a bar that is there, at least
_WEEK = 7
COMPACT = 62  # days, above which a calendar has small cells without numbers
_SERIES = ("first", "second")


class Bar(Struct, frozen=True, kw_only=True):
    """`parts`: heights from the bottom up, each with its class; `label`: below it, where there is room; `unknown`: the share of its time
    in which nobody watched; `note`: a figure above it."""

    label: str
    parts: tuple[tuple[str, float], ...]
    said: str
    unknown: float = 0.0
    note: str = ""


class Scale(Struct, frozen=True):
    """`ticks`: heights with what stands beside them, the last one the highest that is drawn."""

    ticks: tuple[tuple[float, str], ...]

    @property
    def top(self) -> float:
        return self.ticks[-1][0]


class Cell(Struct, frozen=True, kw_only=True):
    """A day: `mark` is its class, and how it is drawn; `note` stands in it, where there is room; `unknown`: the share of it in which nobody
    watched, a strip along its foot."""

    day: date
    mark: str
    said: str
    note: str = ""
    unknown: float = 0.0


class Series(Struct, frozen=True, kw_only=True):
    """Values of days, none where nothing is known."""

    name: str
    values: tuple[float | None, ...]


def bars(found: Sequence[Bar], scale: Scale, axis: str, *, label: str, name: str = "bars", height: float = 150.0) -> str:
    """`axis`: what stands above the scale."""
    drawing = Drawing(name, _TOP + height + _FOOT, label)
    _grid(drawing, scale, axis, height)
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(found))
    wide = min(step * 0.76, 46.0)
    free = 0.0
    for number, each in enumerate(found):
        middle = _LEFT + (number + 0.5) * step
        if each.unknown > 0:
            high = min(1.0, each.unknown) * height
            drawing.rect("unwatched", middle - step / 2, _TOP, step, high, each.said)
        bottom = _TOP + height
        for mark, value in each.parts:
            if value > 0:
                high = max(_LOW, min(value, scale.top) / scale.top * height)
                drawing.rect(mark, middle - wide / 2, bottom - high, wide, high, each.said)
                bottom -= high
        if each.note:
            drawing.text(middle, bottom - 3, each.note, anchor="middle")
        half = measure(each.label) / 2
        if each.label and middle - half >= free and middle + half <= WIDTH:
            drawing.text(middle, _TOP + height + TEXT + 4, each.label, anchor="middle")
            free = middle + half + 6
    return drawing.svg()


def calendar(cells: Sequence[Cell], weekdays: Sequence[str], *, label: str) -> str:
    """Weeks as rows with the days' numbers; of many days as narrow columns. `weekdays`: from Monday on, short."""
    if not cells:
        return ""
    return _columns(cells, weekdays, label) if len(cells) > COMPACT else _rows(cells, weekdays, label)


def lines(
    series: Sequence[Series], lost: Series | None, labels: Sequence[str], scales: tuple[Scale, Scale], axes: tuple[str, str], *, label: str
) -> str:
    """Times as lines, broken where nothing is known; below them as bars what is lost. `labels`: of the days."""
    high, low = 120.0, 40.0
    below = _TOP + high + 34.0
    drawing = Drawing("lines", (below + low if lost else _TOP + high) + _FOOT, label)
    _grid(drawing, scales[0], axes[0], high)
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    places = [_LEFT + (number + 0.5) * step for number in range(len(labels))]
    for mark, each in zip(_SERIES, series, strict=False):
        points = [
            None if value is None else (x, _TOP + high * (1 - max(0.0, min(value, scales[0].top)) / scales[0].top))
            for x, value in zip(places, each.values, strict=True)
        ]
        for run in _unbroken(points):
            if len(run) > 1:
                drawing.line(mark, *run)
            if len(run) == 1 or step > 10:
                for x, y in run:
                    _dot(drawing, mark, x, y)
    if lost:
        _grid(drawing, scales[1], axes[1], low, top=below)
        for x, value in zip(places, lost.values, strict=True):
            if value:
                tall = max(_LOW, low * min(value, scales[1].top) / scales[1].top)
                drawing.rect("lost", x - step * 0.38, below + low - tall, step * 0.76, tall)
    _days_below(drawing, labels, places, (below + low if lost else _TOP + high) + TEXT + 4)
    return drawing.svg()


def key(mark: str) -> str:
    """A sample of a mark, for a legend beside a picture."""
    return f'<svg class="key" viewBox="0 0 22 12" aria-hidden="true">{_sample(mark)}</svg>'


def scale_of(top: float, units: Sequence[tuple[float, str]], *, whole: bool = False, most: int = 4) -> Scale:
    """Two ticks or more, up to `most` above zero, that reach up to `top`: 1, 2 or 5 times a power of ten of the largest of the `units`
    (its size, and how it is written) that is not above it. `whole`: of what is counted."""
    size, written = next((each for each in reversed(units) if each[0] <= top), units[0])
    high = max(top / size, 1e-3)
    power = 10.0 ** math.floor(math.log10(high / most))
    step = next(each * power for each in (1, 2, 5, 10) if high / (each * power) <= most + 1e-9)
    step = max(1.0, step) if whole else step
    count = max(1, math.ceil(high / step - 1e-9))
    return Scale(tuple((number * step * size, f"{number * step:g}{written}" if number else "0") for number in range(count + 1)))


def _grid(drawing: Drawing, scale: Scale, axis: str, height: float, top: float = _TOP) -> None:
    for value, said in scale.ticks:
        y = top + height * (1 - value / scale.top)
        drawing.line("grid", (_LEFT, y), (WIDTH - _RIGHT, y))
        drawing.text(_LEFT - 6, y + 4, said, anchor="end")
    drawing.text(2, top - 15, axis, name="axis")


def _days_below(drawing: Drawing, labels: Sequence[str], places: Sequence[float], y: float) -> None:
    free = 0.0
    for x, said in zip(places, labels, strict=True):
        half = measure(said) / 2
        if said and x - half >= free and x + half <= WIDTH:
            drawing.text(x, y, said, anchor="middle")
            free = x + half + 6


def _unbroken(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = []
    before: tuple[float, float] | None = None
    for point in points:
        if point is not None:
            if before is None:
                runs.append([])
            runs[-1].append(point)
        before = point
    return runs


def _dot(drawing: Drawing, mark: str, x: float, y: float) -> None:
    """A circle for the one, a square for the other."""
    if mark == "first":
        drawing.circle(mark, x, y, 2.6)
    else:
        drawing.rect(mark, x - 2.4, y - 2.4, 4.8, 4.8)


def _rows(cells: Sequence[Cell], weekdays: Sequence[str], label: str) -> str:
    begin = cells[0].day - timedelta(days=cells[0].day.weekday())
    weeks = (cells[-1].day - begin).days // _WEEK + 1
    left, high = 70.0, 34.0
    wide = (WIDTH - left - 2) / _WEEK
    drawing = Drawing("calendar", 20 + weeks * high + 2, label)
    for number, said in enumerate(weekdays):
        drawing.text(left + (number + 0.5) * wide, 12, said, anchor="middle")
    for each in cells:
        week, column = divmod((each.day - begin).days, _WEEK)
        x, y = left + column * wide, 20 + week * high
        _cell(drawing, each, x + 1, y + 1, wide - 2, high - 2)
        drawing.text(x + 7, y + 14, str(each.day.day), name=f"on-{each.mark}")
        if each.note:
            drawing.text(x + wide - 8, y + high - 9, each.note, name=f"on-{each.mark} strong", anchor="end")
        if each.day.day == 1 or (each is cells[0] and each.day.day < 25):
            drawing.text(left - 8, y + high / 2 + 4, f"{each.day:%Y-%m}", anchor="end")
    return drawing.svg()


def _columns(cells: Sequence[Cell], weekdays: Sequence[str], label: str) -> str:
    begin = cells[0].day - timedelta(days=cells[0].day.weekday())
    weeks = (cells[-1].day - begin).days // _WEEK + 1
    left = 40.0
    size = min((WIDTH - left - 2) / weeks, 20.0)
    drawing = Drawing("calendar", 18 + _WEEK * size + 2, label)
    for number, said in enumerate(weekdays):
        if number % 2 == 0:
            drawing.text(left - 6, 18 + (number + 0.5) * size + 4, said, anchor="end")
    free = left
    for each in cells:
        week, row = divmod((each.day - begin).days, _WEEK)
        x, y = left + week * size, 18 + row * size
        _cell(drawing, each, x + 0.5, y + 0.5, size - 1, size - 1)
        if (each.day.day == 1 or each is cells[0]) and x >= free and x + measure(f"{each.day:%Y-%m}") < WIDTH:
            drawing.text(x, 12, f"{each.day:%Y-%m}")
            free = x + measure(f"{each.day:%Y-%m}") + 8
    return drawing.svg()


def _cell(drawing: Drawing, cell: Cell, x: float, y: float, wide: float, high: float) -> None:
    drawing.rect(cell.mark, x, y, wide, high, cell.said)
    if cell.unknown > 0:
        strip = max(2.0, high / 8)
        drawing.rect("part", x, y + high - strip, wide * min(1.0, cell.unknown), strip, cell.said)
    middle, centre, arm = x + wide / 2, y + high / 2, min(4.5, high / 3.2)
    if cell.mark == "long":
        drawing.line("mark light", (middle - arm, centre - arm), (middle + arm, centre + arm))
        drawing.line("mark light", (middle + arm, centre - arm), (middle - arm, centre + arm))
    elif cell.mark == "short":
        drawing.line("mark", (middle, centre - arm), (middle, centre + arm * 0.4))
        drawing.line("mark", (middle, centre + arm), (middle, centre + arm + 0.5))
    elif cell.mark in ("unwatched", "planned"):
        drawing.line("mark faint", (middle - arm, centre), (middle + arm, centre))
        if cell.mark == "planned":
            drawing.line("mark faint", (middle - arm, centre + 4), (middle + arm, centre + 4))


def _sample(mark: str) -> str:
    if mark == "first":
        return '<path class="first" d="M1 6L21 6"/><circle class="first" cx="11" cy="6" r="2.6"/>'
    if mark == "second":
        return '<path class="second" d="M1 6L21 6"/><rect class="second" x="8.6" y="3.6" width="4.8" height="4.8"/>'
    if mark == "part":
        return '<rect class="closed" x="1" y="1" width="20" height="10"/><rect class="part" x="1" y="8" width="12" height="3"/>'
    return f'<rect class="{mark}" x="1" y="1" width="20" height="10"/>' + {
        "long": '<path class="mark light" d="M8 3L14 9"/><path class="mark light" d="M14 3L8 9"/>',
        "short": '<path class="mark" d="M11 2.5L11 7"/><path class="mark" d="M11 9L11 9.5"/>',
        "unwatched": '<path class="mark faint" d="M8 6L14 6"/>',
        "planned": '<path class="mark faint" d="M8 4L14 4"/><path class="mark faint" d="M8 8L14 8"/>',
    }.get(mark, "")
