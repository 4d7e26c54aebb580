"""The sheet that people's output is set on: its language, width, encoding and colours."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TextIO

from msgspec import Struct

from agent.present import encoding, layout
from agent.present.addressed import addressed
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape
from probes.ground.whole_number import whole_number

NARROWEST, WIDEST, READABLE = 40, 200, 100  # columns; running text is set no wider than READABLE
LONGEST = 2000  # characters of one text
COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "faint": "2"}


class Page(Struct, frozen=True, kw_only=True):
    """`language` is what will be shown: English where the encoding has no Chinese. `few_glyphs`: a console of Linux itself, whose font has
    256 or 512 characters, of the blocks only the shades and halves. `about`: the terminal beside this machine that all of it is about."""

    language: str = "zh"
    encoding: str = "utf-8"
    width: int = 80
    colour: bool = False
    few_glyphs: bool = False
    about: str = ""

    @property
    def ambiguous(self) -> int:
        return encoding.ambiguous_width(self.encoding)

    def say(self, zh: str, en: str) -> str:
        return self.fit(addressed(zh if self.language == "zh" else en, self.about))

    def words(self, text: Bilingual) -> str:
        return self.say(text.zh, text.en)

    def fit(self, text: str) -> str:
        """The text as it may be shown here: nothing in it can move the cursor, and every character can be encoded."""
        return encoding.stand_in(escape(text, LONGEST), self.encoding)

    def measure(self, text: str) -> int:
        return layout.width(text, self.ambiguous)

    def pad(self, text: str, columns: int) -> str:
        return layout.pad(text, columns, self.ambiguous)

    def shorten(self, text: str, columns: int) -> str:
        return layout.shorten(self.fit(text), columns, ellipsis=self.fit("…"), ambiguous=self.ambiguous)

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """Without `rest`, later lines hang under the text of the first."""
        first = self.fit(first)
        hanging = " " * self.measure(first) if rest is None else self.fit(rest)
        return layout.wrap(self.fit(text), min(self.width, READABLE), first=first, rest=hanging, ambiguous=self.ambiguous)

    def flow(self, items: Iterable[str], indent: str = "", *, between: str = " · ") -> list[str]:
        """Short items side by side, as many as a line holds; the separator stands only between two on one line."""
        room = min(self.width, READABLE)
        separator = self.fit(between)
        lines: list[str] = []
        for item in filter(None, items):
            longer = f"{lines[-1]}{separator}{self.fit(item)}" if lines else ""
            if longer and self.measure(longer) <= room:
                lines[-1] = longer
            else:
                lines += self.wrap(item, first=indent)
        return lines

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if self.colour and text and colour else text

    def paint_all(self, lines: list[str], colour: str) -> list[str]:
        return [self.paint(line, colour) for line in lines]


def open_page(
    stream: TextIO | None, language: str, *, colour: bool = True, about: str = "", environ: Mapping[str, str] = os.environ
) -> Page:
    """The page that `stream` offers; colour only on a terminal, and not where NO_COLOR or `--no-color` forbids it."""
    spoken = encoding.encoding_of(stream, environ)
    terminal = is_terminal(stream)
    return Page(
        language=language if encoding.shows_chinese(spoken) else "en",
        encoding=spoken,
        width=columns_of(stream, environ),
        colour=colour and terminal and not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb",
        few_glyphs=terminal and environ.get("TERM") == "linux",
        about=about,
    )


def is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def columns_of(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> int:
    found = whole_number(environ.get("COLUMNS", "")) or 0
    if not found and stream is not None and is_terminal(stream):
        try:
            found = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            found = 0
    return min(max(found or 80, NARROWEST), WIDEST)
