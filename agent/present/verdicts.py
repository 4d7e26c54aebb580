"""Words for a state and for the answer to "can it take payments?": in a line of the log, and on the screen."""

from __future__ import annotations

from msgspec import Struct

from agent.diagnosis.model import CanPay, State
from agent.present.journal import Level
from probes.ground.bilingual import Bilingual


class StateWords(Struct, frozen=True):
    """`brief` stands in a line of the log, `told` in a sentence to a person."""

    brief: Bilingual
    told: Bilingual
    level: Level


class AnswerWords(Struct, frozen=True):
    """`clause` stands in a line of the log, `word` after the question."""

    clause: Bilingual
    word: Bilingual
    colour: str


_OK, _OUTAGE, _CANNOT_TELL = Bilingual("正常", "ok"), Bilingual("中断", "outage"), "无法判断"

STATES: dict[State, StateWords] = {
    State.OK: StateWords(_OK, _OK, Level.INFO),
    State.DEGRADED: StateWords(Bilingual("降级", "degraded"), Bilingual("能用但有问题", "degraded"), Level.WARNING),
    State.OUTAGE: StateWords(_OUTAGE, _OUTAGE, Level.ERROR),
    State.UNKNOWN: StateWords(Bilingual(_CANNOT_TELL, "unknown"), Bilingual(_CANNOT_TELL, "cannot tell"), Level.WARNING),
}
ANSWERS: dict[CanPay, AnswerWords] = {
    CanPay.YES: AnswerWords(Bilingual("可以收款", "can take payments"), Bilingual("能", "YES"), "green"),
    CanPay.NO: AnswerWords(Bilingual("不能收款", "cannot take payments"), Bilingual("不能", "NO"), "red"),
    CanPay.UNKNOWN: AnswerWords(
        Bilingual("无法判断能否收款", "cannot tell whether it can take payments"), Bilingual(_CANNOT_TELL, "CANNOT TELL"), "yellow"
    ),
}
