"""The verdict in one line, for the log's entries, `systemctl status` and the journal; and how grave it is."""

from __future__ import annotations

from agent.contract.document import Bilingual, Status
from agent.diagnosis.model import CanPay, State
from agent.present.journal import Level
from agent.settings.model import Language
from probes.ground.text import escape

STATES: dict[State, Bilingual] = {
    State.OK: Bilingual("正常", "ok"),
    State.DEGRADED: Bilingual("降级", "degraded"),
    State.OUTAGE: Bilingual("中断", "outage"),
    State.UNKNOWN: Bilingual("无法判断", "unknown"),
}
CAN_PAY: dict[CanPay, Bilingual] = {
    CanPay.YES: Bilingual("可以收款", "can take payments"),
    CanPay.NO: Bilingual("不能收款", "cannot take payments"),
    CanPay.UNKNOWN: Bilingual("无法判断能否收款", "cannot tell whether it can take payments"),
}
LEVELS: dict[State, Level] = {
    State.OK: Level.INFO,
    State.DEGRADED: Level.WARNING,
    State.UNKNOWN: Level.WARNING,
    State.OUTAGE: Level.ERROR,
}


def state_line(state: State, can_pay: CanPay, language: Language) -> str:
    return f"{STATES[state].of(language)}{Bilingual('：', ': ').of(language)}{CAN_PAY[can_pay].of(language)}"


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
