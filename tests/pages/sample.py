"""A page to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

STORE = "老王面馆 南门店"


class Sample(Struct, frozen=True, kw_only=True):
    """`made`: the page of what is `given`, in these languages. `sheets`: the fewest and the most pages of A4 in one language."""

    paper: str
    state: str
    given: Any
    made: Callable[[Any, Sequence[str]], bytes]
    sheets: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.paper}-{self.state}"

    def page(self, *languages: str) -> bytes:
        return self.made(self.given, languages)
