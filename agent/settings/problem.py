"""What is wrong with a configuration file, in words for the person who edits it."""

from __future__ import annotations

import datetime
from typing import Any

from msgspec import Struct

from agent.settings.mask import mask_url
from probes.edge.text import escape

SHOWN = 60  # characters of what was found
_PRIVATE = frozenset({"merchant_id", "terminal_id", "proxy"})


class Problem(Struct, frozen=True):
    """One fault. `key` is dotted and counts from 0 (`gateway[0].port`); empty where the fault is the file itself."""

    file: str
    key: str
    expected: str
    found: str

    def sentence(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: expected {self.expected}, found {self.found}"


class SettingsError(Exception):
    """The configuration cannot be used; `problems` has every fault that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.sentence() for problem in problems))


def found(value: Any, key: str = "") -> str:
    """A value as the file may have written it, shortened; numbers that identify the merchant are not repeated."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float() if value and key.rsplit(".", 1)[-1] in _PRIVATE:
            return f"a text of {len(value)} characters" if isinstance(value, str) else "a number"
        case str():
            return f'"{escape(mask_url(value), SHOWN)}"' if value else "an empty text"
        case int() if value.bit_length() > 64:
            return "a number of more than 64 bits"
        case int() | float():
            return f"the number {value}"
        case dict():
            return "a table" if value else "an empty table"
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case datetime.datetime() | datetime.date() | datetime.time():
            return f"the time {value}"
    return escape(str(type(value).__name__), SHOWN)
