"""The courses as small pictures in one SVG: time against the fixed order's, by case, learnt and best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

_COLUMNS, _WIDE, _HIGH, _GAP, _TOP = 3, 230, 120, 34, 40
_GREY, _BLUE, _GREEN = "#888888", "#1f6fb2", "#2e8b57"
_LINE = 36  # characters of a title's line

Course = Sequence[tuple[float, float]]


def svg(pictures: Sequence[tuple[str, Course]]) -> str:
    """Each course has for each case the learnt order's time and the best one's, of the fixed order's time."""
    rows = math.ceil(len(pictures) / _COLUMNS)
    wide, high = _COLUMNS * (_WIDE + _GAP) + _GAP, rows * (_HIGH + _GAP + _TOP) + _GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
        f'<text x="{_GAP}" y="16" fill="{_BLUE}">— learnt order</text>'
        f'<text x="{_GAP + 110}" y="16" fill="{_GREEN}">- - best possible</text>'
        f'<text x="{_GAP + 230}" y="16" fill="{_GREY}">— fixed order = 1; mean time to repair by case</text>',
    ]
    for number, (title, course) in enumerate(pictures):
        row, column = divmod(number, _COLUMNS)
        lines += _picture(title, course, _GAP + column * (_WIDE + _GAP), _GAP + row * (_HIGH + _GAP + _TOP) + _TOP)
    return "\n".join([*lines, "</svg>", ""])


def _picture(title: str, course: Course, left: int, top: int) -> list[str]:
    lowest = min(0.9, math.floor(10 * min(value for pair in course for value in pair)) / 10)
    highest = 1.1

    def across(case: int) -> float:
        return left + _WIDE * math.log(case) / math.log(len(course))

    def down(value: float) -> float:
        return top + _HIGH * (highest - value) / (highest - lowest)

    def path(which: int) -> str:
        return " ".join(f"{across(case):.1f},{down(pair[which]):.1f}" for case, pair in enumerate(course, 1))

    lines = [
        f'<text x="{left}" y="{top - 6 - 13 * back}" font-weight="bold">{escape(text)}</text>'
        for back, text in enumerate(reversed(_in_lines(title)))
    ]
    lines.append(f'<rect x="{left}" y="{top}" width="{_WIDE}" height="{_HIGH}" fill="none" stroke="#cccccc"/>')
    for value in (lowest, 1.0):
        lines.append(f'<text x="{left - 4}" y="{down(value) + 4:.1f}" text-anchor="end" fill="{_GREY}">{value:.1f}</text>')
    for case in (1, 5, 20, 100):
        lines.append(f'<text x="{across(case):.1f}" y="{top + _HIGH + 13}" text-anchor="middle" fill="{_GREY}">{case}</text>')
    level = down(1.0)
    lines.append(f'<line x1="{left}" y1="{level:.1f}" x2="{left + _WIDE}" y2="{level:.1f}" stroke="{_GREY}"/>')
    lines.append(f'<polyline points="{path(1)}" fill="none" stroke="{_GREEN}" stroke-dasharray="5 4" stroke-width="1.5"/>')
    lines.append(f'<polyline points="{path(0)}" fill="none" stroke="{_BLUE}" stroke-width="2"/>')
    return lines


def _in_lines(title: str) -> list[str]:
    lines = [""]
    for word in title.split():
        if len(lines[-1]) + len(word) >= _LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
