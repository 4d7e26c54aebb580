"""A screen as a picture (SVG): the terminal's text, each character in its own columns, whatever fonts the reader has. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from agent.present.layout import width

_COLUMN, _LINE, _MARGIN, _BAR = 8.4, 20, 16, 28  # pixels
_FONTS = (
    "'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,'Noto Sans Mono CJK SC','Noto Sans CJK SC','Source Han Sans SC',"
    "'WenQuanYi Zen Hei Mono','WenQuanYi Zen Hei','PingFang SC','Microsoft YaHei',monospace"
)
_WIDE = f' font-size="{2 * _COLUMN}"'
_INK, _PAPER, _FRAME, _RED, _FAINT = "#e6e6e6", "#1e2430", "#394254", "#ff7b72", "#9aa4b5"


def picture(lines: Sequence[str], title: str, columns: int) -> str:
    """`title` stands in the bar. The first line is the question with its answer."""
    across, down = 2 * _MARGIN + columns * _COLUMN, _BAR + 2 * _MARGIN + len(lines) * _LINE
    faint_from = max((number for number, line in enumerate(lines) if not line), default=len(lines))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:.0f}" height="{down}" viewBox="0 0 {across:.0f} {down}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/><path d="M0 {_BAR}H{across:.0f}" stroke="{_FRAME}"/>',
        *(f'<circle cx="{x}" cy="14" r="5" fill="{_FRAME}"/>' for x in (18, 36, 54)),
        f'<g font-family="{_FONTS}" font-size="14" fill="{_INK}" xml:space="preserve">',
    ]
    for number, line in enumerate(lines):
        look = f' fill="{_RED}" font-weight="bold"' if number == 0 else f' fill="{_FAINT}"' if number > faint_from else ""
        parts.append(f'<text y="{_BAR + _MARGIN + (number + 1) * _LINE - 6}"{look}>{"".join(_runs(line))}</text>')
    return "\n".join([*parts, "</g></svg>", ""])


def _runs(line: str) -> Iterator[str]:
    """Narrow characters and wide ones by turns, each run at its column. A wide letter is as wide as it is high: two columns."""
    at = 0
    for _, run in groupby(line, width):
        text = "".join(run)
        wide = width(text) > len(text)
        yield f'<tspan x="{_MARGIN + at * _COLUMN:.1f}"{_WIDE if wide else ""}>{escape(text)}</tspan>'
        at += width(text)
