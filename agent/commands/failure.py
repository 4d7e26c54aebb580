"""A command that cannot do what was asked, or was asked in words that cannot be understood, with the sentence that says why."""

from __future__ import annotations

from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_SHOWN = 60  # characters of a name that is not known


class CommandFailed(Exception):
    """It ends with 3, and nothing was written."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Bilingual(zh, en)
        super().__init__(en)


class WrongOption(Exception):
    """The command line cannot be understood; `text` says why."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Bilingual(zh, en)
        super().__init__(en)


def no_incident(name: str) -> CommandFailed:
    """The record has none of that name."""
    shown = escape(name, _SHOWN)
    return CommandFailed(
        f"记录里没有“{shown}”这次故障。全部故障：posdiag history",
        f"There is no incident “{shown}” in the record. All of them: posdiag history",
    )
