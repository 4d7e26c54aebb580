"""The verdict in one line, for the log's entries, `systemctl status` and the journal."""

from __future__ import annotations

from agent.contract.document import Status
from agent.diagnosis.model import CanPay, State
from agent.present.verdicts import ANSWERS, STATES
from agent.settings.model import Language
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape


def state_line(state: State, can_pay: CanPay, language: Language) -> str:
    return f"{STATES[state].brief.of(language)}{Bilingual('：', ': ').of(language)}{ANSWERS[can_pay].clause.of(language)}"


def headline(status: Status, language: Language) -> str:
    line = state_line(status.state, status.can_pay, language)
    if status.cause is None:
        return line
    first = status.causes[0]
    more = (
        Bilingual(f"（另有 {len(status.causes) - 1} 项）", f" (and {len(status.causes) - 1} more)").of(language)
        if status.causes[1:]
        else ""
    )
    return f"{line} - {escape(first.code)} {escape(first.subject)}: {escape(first.summary.of(language), 300)}{more}"
