"""A fault in a line or two, for an alert."""

from __future__ import annotations

from agent.diagnosis.causes import Owner
from agent.fleet.localise import wording
from agent.fleet.model.answer import Fault
from agent.present.words import person
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_OTHERS = 3  # places that are named beside the first


def summary(fault: Fault) -> Bilingual:
    """What, where and how many: "host out of service: 6,496 of 7,489 on host gw-a; elsewhere 0.8 %; 6,100 cannot take payments"."""
    what, rates = wording.title(fault), wording.rates(fault) if fault.where else placed(fault)
    stopped = Bilingual("", "")
    if fault.cannot_pay:
        stopped = Bilingual(f"；{fault.cannot_pay:,} 台不能收款", f"; {fault.cannot_pay:,} cannot take payments")
    return Bilingual(f"{what.zh}：{rates.zh}{stopped.zh}", f"{what.en}: {rates.en}{stopped.en}")


def described(fault: Fault) -> Bilingual:
    """What else could be its place, who has to act, and whether somebody does."""
    zh, en = [], []
    others = [wording.place(where) for where in fault.where[1 : 1 + _OTHERS]]
    if others:
        zh.append(f"也可能是{'、或'.join(each.zh for each in others)}，分不清")
        en.append(f"It cannot be told apart from {', or '.join(each.en for each in others)}")
    if fault.masked:
        zh.append(f"另有 {fault.masked:,} 台被别的故障遮住，看不出来")
        en.append(f"{fault.masked:,} more cannot be judged, as another fault hides them")
    if fault.owner:
        who = person(_owner(fault.owner))
        name = wording.whom(fault)
        zh.append(f"由{who.zh}{name and f' {name} '}处理")
        en.append(f"To be ended by: {who.en} {name}".rstrip())
    if fault.acknowledged is not None:
        note = escape(fault.acknowledged)
        zh.append(f"已有人处理{f'：{note}' if note else ''}")
        en.append(f"Taken on{f': {note}' if note else ''}")
    return Bilingual("。".join(zh), ". ".join(en))


def placed(fault: Fault) -> Bilingual:
    return wording.place(fault.where[0]) if fault.where else Bilingual("哪里还不清楚", "nobody knows where")


def _owner(code: str) -> Owner:
    return next((each for each in Owner if each.value == code), Owner.foreign(escape(code, 80)))
