"""What the daemon has to say to whoever watches it: each trouble once, and once more when it is over."""

from __future__ import annotations

import sys

from agent.present.encoding import encoding_of, shows_chinese
from agent.settings.model import Language
from agent.status.document import Text


class Complaints:
    """By subject, such as a directory. The same kind of trouble is said again only after it was over, another one at once."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._open: dict[str, str] = {}

    def trouble(self, subject: str, kind: str, text: Text) -> None:
        if self._open.get(subject) != kind:
            self._open[subject] = kind
            self._say(text)

    def over(self, subject: str, text: Text) -> None:
        if self._open.pop(subject, None) is not None:
            self._say(text)

    def _say(self, text: Text) -> None:
        """A standard error that is closed or full loses the sentence, nothing else."""
        if sys.stderr is None:
            return
        zh = self._language is Language.ZH and shows_chinese(encoding_of(sys.stderr))
        try:
            sys.stderr.write(f"posdiag: {text.zh if zh else text.en}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            return
