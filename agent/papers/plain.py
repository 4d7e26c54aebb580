"""A paper as plain text, for a mail or a form that takes no page: read from the page itself, so that both say the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "tr", "ol", "ul", "table", "section", "article", "div", "br"})
_LEFT_OUT = frozenset({"style", "title", "head", "svg"})
_BLANK, _BOX = "________", "□"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped = 0
        self._lists: list[int | None] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self._skipped += 1
        if tag in ("ol", "ul"):
            self._lists.append(0 if tag == "ol" else None)
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag in ("h1", "h2", "article", "section", "table") else "\n")
        if tag == "tr":
            self._cells = 0
        if tag in ("td", "th"):
            self.parts.append("  " if self._cells else "")
            self._cells += 1
        if tag == "li":
            self.parts.append(self._mark())
        kind = dict(attrs).get("class") or ""
        if kind == "blank":
            self.parts.append(_BLANK)
        if kind == "box":
            self.parts.append(_BOX)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self._skipped -= 1
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _mark(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "


def text_of(html: bytes) -> bytes:
    """UTF-8, its lines ending as Windows, too, knows them."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).replace("\u00a0", " ").split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    return text.replace("\n", "\r\n").encode()
