"""The journal: the verdict in one line for each confirmed change, with its mark. A terminal is not told: all of it stands in the log."""

from __future__ import annotations

from collections.abc import Sequence

from agent.outputs.change import Change
from agent.outputs.error_stream import ErrorStream
from agent.outputs.seam import Context, Output
from agent.present.headline import headline
from agent.present.verdicts import STATES
from agent.settings.model import Language, Settings


class Journal:
    name, slow = "journal", False  # standard error has a queue and a thread of its own

    def __init__(self, language: Language, errors: ErrorStream) -> None:
        self._language, self._errors = language, errors

    def change(self, change: Change) -> None:
        if self._errors.leads_to_journal:
            self._errors.write([headline(change.status, self._language)], STATES[change.status.state].level)


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [Journal(settings.terminal.language, context.errors)]
