"""What the daemon has to say to whoever watches it: each trouble once, and once more when it is over."""

from __future__ import annotations

import threading

from agent.outputs.error_stream import ErrorStream
from agent.present.journal import Level
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual


class Notifier:
    """By subject, such as a directory. The same kind of trouble is said again only after it was over, another one at once.

    Any thread may say something, and none waits for it to be written.
    """

    def __init__(self, language: Language, errors: ErrorStream) -> None:
        self._language, self._errors = language, errors
        self._lock = threading.Lock()
        self._open: dict[str, tuple[str, Bilingual]] = {}

    def trouble(self, subject: str, kind: str, text: Bilingual) -> None:
        with self._lock:
            known = self._open.get(subject)
            if known is not None and known[0] == kind:
                return
            self._open[subject] = kind, text
            self.say(text, Level.ERROR)

    def over(self, subject: str, text: Bilingual) -> None:
        """Nothing is said where there was no trouble."""
        with self._lock:
            if self._open.pop(subject, None) is not None:
                self.say(text, Level.NOTICE)

    def standing(self) -> str:
        """What is wrong at the moment, in the configured language; empty where nothing is."""
        with self._lock:
            return "; ".join(text.of(self._language) for _, text in self._open.values())

    def say(self, text: Bilingual, level: Level) -> None:
        """What has happened once, and is no trouble that stands."""
        self._errors.write([f"posdiag: {text.of(self._errors.language)}"], level)
