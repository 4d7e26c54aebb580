"""What is asked for behind `posdiag fleet`."""

from __future__ import annotations

import sys

from msgspec import Struct

from agent.commands.context import locale_language
from agent.present.page import Page, open_page


class Asked(Struct, frozen=True, kw_only=True):
    """`given`: the options, by name: a text, or true for a flag."""

    command: str
    words: tuple[str, ...] = ()
    given: dict[str, str | bool] = {}

    def text(self, option: str) -> str | None:
        value = self.given.get(option)
        return value if isinstance(value, str) else None

    def flag(self, option: str) -> bool:
        return bool(self.given.get(option))

    @property
    def language(self) -> str:
        return self.text("--lang") or locale_language()

    def page(self, *, errors: bool = False) -> Page:
        return open_page(sys.stderr if errors else sys.stdout, self.language, colour=not self.flag("--no-color"))
