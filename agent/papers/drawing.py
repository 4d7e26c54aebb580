"""Small pictures of our own as inline SVG, for pages that may load nothing: what is drawn stands in classes of the stylesheet, and what it
says in words beside it. Pure."""

from __future__ import annotations

from html import escape as escape_markup

from agent.present.layout import width
from probes.ground.text import escape

WIDTH = 720.0  # units of a picture's width; a page shows it at about that many pixels
TEXT = 12.0  # height of its letters
_COLUMN = 6.6  # units of a letter that is one column wide
_LONGEST = 200


def measure(text: str) -> float:
    """About how wide a text is."""
    return width(text) * _COLUMN


class Drawing:
    """`label`: what it shows, for those who cannot see it. A picture of `height`, from its left upper corner."""

    def __init__(self, name: str, height: float, label: str) -> None:
        head = f'<svg class="plot {name}" viewBox="0 0 {_number(WIDTH)} {_number(height)}" role="img" aria-label="{_text(label)}">'
        self._parts = [head]

    def rect(self, name: str, x: float, y: float, wide: float, high: float, said: str = "") -> None:
        box = f'x="{_number(x)}" y="{_number(y)}" width="{_number(max(0.0, wide))}" height="{_number(max(0.0, high))}"'
        self._put(f'rect class="{name}" {box}', said)

    def circle(self, name: str, x: float, y: float, radius: float, said: str = "") -> None:
        self._put(f'circle class="{name}" cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"', said)

    def line(self, name: str, *points: tuple[float, float]) -> None:
        joined = "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self._put(f'path class="{name}" d="M{joined}"')

    def text(self, x: float, y: float, text: str, *, name: str = "", anchor: str = "start") -> None:
        """`y`: of the line that the letters stand on."""
        named = f' class="{name}"' if name else ""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(f'<text{named} x="{_number(x)}" y="{_number(y)}"{where}>{_text(text)}</text>')

    def svg(self) -> str:
        return "\n".join([*self._parts, "</svg>"])

    def _put(self, tag: str, said: str = "") -> None:
        end = f"><title>{_text(said)}</title></{tag.split(' ', 1)[0]}>" if said else "/>"
        self._parts.append(f"<{tag}{end}")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape_markup(escape(text, _LONGEST))
