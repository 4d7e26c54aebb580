"""A command that cannot do what was asked, or was asked in words that cannot be understood, with the sentence that says why."""

from __future__ import annotations

from probes.ground.bilingual import Bilingual


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
