"""A fault in a line or two, for an alert."""

from __future__ import annotations

from agent.diagnosis.causes import Cause, Owner
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import LABEL
from agent.present.words import person
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_ATTRIBUTES = {
    "host": Bilingual("收单主机", "host"),
    "address": Bilingual("主机地址", "address"),
    "isp": Bilingual("网络运营商", "internet provider"),
    "resolver": Bilingual("域名服务器", "name server"),
    "region": Bilingual("地区", "region"),
    "store": Bilingual("门店", "store"),
    "version": Bilingual("posdiag 版本", "posdiag version"),
    "config": Bilingual("配置", "configuration"),
    "model": Bilingual("机型", "model"),
    "firmware": Bilingual("固件", "firmware"),
    "uplink": Bilingual("上网方式", "uplink"),
    "operator": Bilingual("移动网络", "mobile network"),
}
_SILENT = Bilingual("终端没有消息", "terminals are silent")
_SHOWN = 80  # characters of a value


def summary(fault: Fault) -> Bilingual:
    """What, where and how many: "host does not answer, host gw-a: 6,496 of 7,489 terminals, 6,100 cannot take payments"."""
    what, where = _what(fault), placed(fault)
    stopped = Bilingual("", "")
    if fault.cannot_pay:
        stopped = Bilingual(f"，其中 {fault.cannot_pay} 台不能收款", f", {fault.cannot_pay:,} cannot take payments")
    return Bilingual(
        f"{what.zh}（{where.zh}）：{fault.of} 台中的 {fault.failing} 台{stopped.zh}",
        f"{what.en} ({where.en}): {fault.failing:,} of {fault.of:,} terminals{stopped.en}",
    )


def described(fault: Fault) -> Bilingual:
    """How it is elsewhere, what else could be its place, and who has to act."""
    share = fault.elsewhere_failing / fault.elsewhere_of if fault.elsewhere_of else 0.0
    zh = [f"别处 {fault.elsewhere_of} 台中有 {fault.elsewhere_failing} 台（{share:.1%}）"]
    en = [f"Elsewhere {fault.elsewhere_failing:,} of {fault.elsewhere_of:,} ({share:.1%})"]
    others = [_place(where) for where in fault.where[1:4]]
    if others:
        zh.append(f"也可能是：{'、'.join(each.zh for each in others)}，分不出来")
        en.append(f"It cannot be told apart from {', '.join(each.en for each in others)}")
    if fault.owner:
        who = person(_owner(fault.owner))
        zh.append(f"由{who.zh}处理")
        en.append(f"To be ended by: {who.en}")
    if fault.acknowledged:
        note = escape(fault.acknowledged)
        zh.append(f"已有人处理：{note}")
        en.append(f"Taken on: {note}")
    return Bilingual("。".join(zh) + "。", ". ".join(en) + ".")


def placed(fault: Fault) -> Bilingual:
    return _place(fault.where[0]) if fault.where else Bilingual("哪里还不清楚", "nobody knows where")


def _place(where: dict[str, str]) -> Bilingual:
    found = [(_attribute(name), escape(value, _SHOWN)) for name, value in where.items()]
    return Bilingual("，".join(f"{name.zh} {value}" for name, value in found), ", ".join(f"{name.en} {value}" for name, value in found))


def _attribute(name: str) -> Bilingual:
    return _ATTRIBUTES.get(name) or same(escape(name.removeprefix(LABEL), _SHOWN))


def _what(fault: Fault) -> Bilingual:
    """The most frequent cause."""
    code = max(fault.causes, key=lambda each: fault.causes[each], default="")
    try:
        return name_of(Cause.of(code))
    except KeyError:
        return _SILENT if fault.family == "silence" else same(escape(code or fault.family, _SHOWN))


def _owner(code: str) -> Owner:
    return next((each for each in Owner if each.value == code), Owner.foreign(escape(code, _SHOWN)))
