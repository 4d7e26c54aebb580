"""The journal: one entry for each confirmed change, with fields to search by. A terminal is not told: all of it stands in the log."""

from __future__ import annotations

from collections.abc import Sequence

from agent.contract.document import Status
from agent.outputs import native_journal
from agent.outputs.change import Change
from agent.outputs.error_stream import ErrorStream
from agent.outputs.seam import Context, Output
from agent.present import logfmt
from agent.present.headline import headline
from agent.present.journal import Level
from agent.present.verdicts import STATES
from agent.settings.model import Language, Settings

_IDENTIFIER = "posdiag"  # as the journal calls what the unit writes to standard error


class Journal:
    name, slow = "journal", False  # a datagram waits for nobody, and standard error has a queue and a thread of its own

    def __init__(self, language: Language, errors: ErrorStream) -> None:
        self._language, self._errors = language, errors

    def change(self, change: Change) -> None:
        """With its fields where the journal takes it so, else as a line of standard error, which leads there too."""
        if not self._errors.leads_to_journal:
            return
        line, level = logfmt.line(change.status, headline(change.status, self._language)), STATES[change.status.state].level
        if not native_journal.send(_fields(change.status, line, level)):
            self._errors.write([line], level)


def _fields(status: Status, line: str, level: Level) -> list[tuple[str, str]]:
    own = [(f"POSDIAG_{name.upper()}", value) for name, value in logfmt.head(status)]
    return [("MESSAGE", line), ("PRIORITY", str(level.value)), ("SYSLOG_IDENTIFIER", _IDENTIFIER), *own]


def make(settings: Settings, context: Context) -> Sequence[Output]:
    return [Journal(settings.terminal.language, context.errors)]
