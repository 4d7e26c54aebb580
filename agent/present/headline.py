"""The verdict in one line, for the log's entries, `systemctl status` and the journal."""

from __future__ import annotations

from agent.contract.document import Status
from agent.diagnosis.model import CanPay, State
from agent.present import asked
from agent.present.document import Document
from agent.present.page import Page
from agent.present.verdicts import ANSWERS, STATES
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape


def state_line(state: State, can_pay: CanPay, language: Language) -> str:
    return f"{STATES[state].brief.of(language)}{Bilingual('：', ': ').of(language)}{ANSWERS[can_pay].clause.of(language)}"


def headline(status: Status, language: Language, read_s: float | None = 0.0) -> str:
    """With the age of what the verdict rests on, where no host was asked now. `read_s`: how old the document is by now; None: stale."""
    age = "" if read_s is None else asked.in_short(Document(status), Page(language=language), read_s)
    line = state_line(status.state, status.can_pay, language) + age
    if status.cause is None:
        return line
    first = status.causes[0]
    more = (
        Bilingual(f"（另有 {len(status.causes) - 1} 项）", f" (and {len(status.causes) - 1} more)").of(language)
        if status.causes[1:]
        else ""
    )
    return f"{line} - {escape(first.code)} {escape(first.subject)}: {escape(first.summary.of(language), 300)}{more}"
