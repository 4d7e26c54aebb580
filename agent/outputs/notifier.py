"""What the daemon has to say to whoever watches it: each trouble once, and once more when it is over; for the journal, how grave it is."""

from __future__ import annotations

import sys

from agent.present.encoding import encoding_of, shows_chinese
from agent.present.journal import Level, leads_to_journal, marked
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual


class Notifier:
    """By subject, such as a directory. The same kind of trouble is said again only after it was over, another one at once."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._open: dict[str, str] = {}
        self._texts: dict[str, Bilingual] = {}

    def trouble(self, subject: str, kind: str, text: Bilingual) -> None:
        if self._open.get(subject) != kind:
            self._open[subject], self._texts[subject] = kind, text
            self._say(text, Level.ERROR)

    def over(self, subject: str, text: Bilingual) -> None:
        if self._open.pop(subject, None) is not None:
            self._texts.pop(subject, None)
            self._say(text, Level.NOTICE)

    def standing(self) -> str:
        """What is wrong at the moment, in the configured language; empty where nothing is."""
        return "; ".join(text.of(self._language) for text in tuple(self._texts.values()))

    def change(self, headline: str, level: Level) -> None:
        """A confirmed change. It stands in the log; the journal is told as well, a terminal is not."""
        if leads_to_journal(sys.stderr):
            self._write([headline], level)

    def _say(self, text: Bilingual, level: Level) -> None:
        zh = self._language is Language.ZH and sys.stderr is not None and shows_chinese(encoding_of(sys.stderr))
        self._write([f"posdiag: {text.zh if zh else text.en}"], level)

    def _write(self, lines: list[str], level: Level) -> None:
        """A standard error that is closed or full loses the sentence, nothing else."""
        if sys.stderr is None:
            return
        try:
            sys.stderr.write("".join(f"{line}\n" for line in marked(lines, level, sys.stderr)))
            sys.stderr.flush()
        except (OSError, ValueError):
            return
