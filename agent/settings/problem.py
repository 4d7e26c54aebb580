"""What is wrong with a configuration file, in words for the person who edits it."""

from __future__ import annotations

import datetime
from typing import Any

from msgspec import Struct

from agent.settings.mask import NUMBERS
from agent.settings.permission import ALLOWED
from probes.ground.bilingual import Bilingual, same
from probes.ground.masking import SECRET_NAME, mask_numbers, mask_value
from probes.ground.text import escape

SHOWN = 60  # characters of what was found
_PRIVATE = NUMBERS | {"proxy", "settings", "hash"}  # in the place of a token's hash may stand the token


class Problem(Struct, frozen=True):
    """One fault. `place` is a dotted key that counts from 0 (`gateway[0].port`), or a place in the text; empty for the whole file.

    `line`: its number, 0 where it is not known. `named`: the key as people look for it (`gateway "acquirer-a" port`). `cure`: what to
    write instead, where that can be told.
    """

    file: str
    place: Bilingual
    expected: Bilingual
    found: Bilingual
    line: int = 0
    named: Bilingual | None = None
    cure: Bilingual | None = None

    @property
    def key(self) -> str:
        return self.place.en

    @property
    def denied(self) -> bool:
        """It is not wrong: this user may not read it."""
        return self.expected == ALLOWED

    def sentence(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: expected {self.expected.en}, found {self.found.en}"


class SettingsError(Exception):
    """The configuration cannot be used; `problems` has every fault that was found. `language`: the one that the file asks for, if any."""

    def __init__(self, problems: tuple[Problem, ...], language: str = "") -> None:
        self.problems = problems
        self.language = language
        super().__init__("\n".join(problem.sentence() for problem in problems))

    @property
    def denied(self) -> bool:
        """Nothing is wrong but that this user may not read all of it."""
        return all(problem.denied for problem in self.problems)


NOTHING = Bilingual("没有填写", "nothing")


def found(value: Any, key: str = "") -> Bilingual:
    """A value as the file may have written it, masked and then shortened; of what is private at its right place only the kind."""
    match value:
        case bool():
            return same("true" if value else "false")
        case str() if value and (_private(key) or (key.endswith(_FILES_OF_SECRETS) and not value.startswith("/"))):
            return Bilingual(f"{len(value)} 个字符的文字", f"a text of {len(value)} characters")
        case int() | float() if value and _private(key):
            return Bilingual("一个数字", "a number")
        case str():
            shown = mask_value(value, pattern=key == "process")
            return same(f'"{escape(shown, SHOWN)}"') if value else Bilingual("空白", "an empty text")
        case int() if value.bit_length() > 64:
            return Bilingual("超过 64 位二进制的数", "a number of more than 64 bits")
        case int() | float():
            shown = mask_numbers(str(value))
            return Bilingual(f"数字 {shown}", f"the number {shown}")
        case dict():
            return Bilingual("一个表", "a table") if value else Bilingual("一个空表", "an empty table")
        case list():
            return Bilingual(f"{len(value)} 项的列表", f"a list of {len(value)}") if value else Bilingual("空列表", "an empty list")
        case datetime.datetime() | datetime.time():
            return Bilingual(f"时间 {value}", f"the time {value}")
        case datetime.date():
            return Bilingual(f"日期 {value}", f"the day {value}")
    return same(escape(str(type(value).__name__), SHOWN))


_FILES_OF_SECRETS = ("token_file", "password_file")  # where there is no path, it may be the secret itself


def _private(key: str) -> bool:
    name = key.rsplit(".", 1)[-1].split("[", 1)[0]
    return name in _PRIVATE or bool(SECRET_NAME.search(name))
