"""A fault in words, in both languages: the same sentence in the table, on the page, and in alerts. What comes from terminals is made safe
for a screen here; who writes HTML or CSV makes it safe for that besides."""

from __future__ import annotations

from collections.abc import Mapping

from agent.diagnosis.causes import Cause, Owner
from agent.fleet.localise.unplaced import FEW, UNLABELLED
from agent.fleet.model.answer import Answer, Fault
from agent.fleet.model.attributes import LABEL, Family
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_SHOWN = 80  # characters of a value from outside
ATTRIBUTE: Mapping[str, Bilingual] = {
    "host": Bilingual("主机", "host"),
    "address": Bilingual("主机地址", "host address"),
    "isp": Bilingual("运营商", "provider"),
    "resolver": Bilingual("域名服务器", "resolver"),
    "region": Bilingual("地区", "region"),
    "store": Bilingual("门店", "store"),
    "version": Bilingual("版本", "version"),
    "config": Bilingual("配置", "configuration"),
    "model": Bilingual("型号", "model"),
    "firmware": Bilingual("固件", "firmware"),
    "uplink": Bilingual("上行方式", "uplink"),
    "operator": Bilingual("移动网络", "mobile network"),
}
FAMILY: Mapping[Family, Bilingual] = {
    Family.GATEWAY: Bilingual("收单主机", "acquirer's host"),
    Family.INTERNET: Bilingual("网络线路", "line"),
    Family.NAMES: Bilingual("域名解析", "name resolution"),
    Family.DEVICE: Bilingual("终端设备", "terminal"),
    Family.CONFIGURATION: Bilingual("配置", "configuration"),
    Family.SILENCE: Bilingual("没有消息", "silence"),
}
_MANY_SILENT, _LEAST_SILENT = 0.05, 3  # share of the terminals, and how many, from which silence is spoken of
_MANY_UNREAD = 0.05
_EVERYWHERE = Bilingual("整个机群", "the whole fleet")
_NO_PLACE = Bilingual("，没有哪处特别突出", ", no place stands out")
_UNPLACED: Mapping[str, Bilingual] = {
    FEW: Bilingual("，台数太少，说不出是不是集中在哪一处", "; they are too few to tell whether it is one place"),
    UNLABELLED: Bilingual(
        "，说不出是哪一处：这些终端没有可以区分的运营商、地区、门店等标签（写在终端的配置或清单里）",
        "; nobody can tell where: too little is known in which they differ (labels such as isp, region, store; or an inventory)",
    ),
}


def attribute(name: str) -> Bilingual:
    return ATTRIBUTE.get(name) or same(escape(name.removeprefix(LABEL), _SHOWN))


def place(where: Mapping[str, str]) -> Bilingual:
    """`provider isp-c, region south`."""
    if not where:
        return _EVERYWHERE
    parts = [(attribute(name), escape(value, _SHOWN)) for name, value in where.items()]
    return Bilingual("、".join(f"{name.zh} {value}" for name, value in parts), ", ".join(f"{name.en} {value}" for name, value in parts))


def alternatives(fault: Fault) -> Bilingual:
    """The place, and what cannot be told apart from it."""
    first, *others = [place(where) for where in fault.where]
    if not others:
        return first
    return Bilingual(
        f"{first.zh}（分不清还是{'、或'.join(each.zh for each in others)}）",
        f"{first.en} (cannot be told apart from {', or '.join(each.en for each in others)})",
    )


_OF_THE_HOST = frozenset(("host", "address"))
_NOT_REACHED = Bilingual("从那里连不上收单主机", "acquirer's host not reached from there")
# whose name stands in which attribute, where the place names them
_WHOSE: Mapping[Owner, tuple[str, ...]] = {
    Owner.ISP: ("isp", "operator"),
    Owner.ACQUIRER: ("host", "address"),
    Owner.VENDOR: ("model", "firmware", "version"),
}


def whom(fault: Fault) -> str:
    """Which of its kind has to act: "isp-c", where that is a provider; empty where the place does not say."""
    names = next((names for owner, names in _WHOSE.items() if owner.value == fault.owner), ())
    where = fault.where[0] if fault.where else {}
    return next((escape(where[name], _SHOWN) for name in names if name in where), "")


def title(fault: Fault) -> Bilingual:
    """What is wrong there: the cause that most have, in a few words. A host that is well for everybody else is not out of service."""
    leading = min(fault.causes, key=lambda code: (-fault.causes[code], code), default="")
    if not leading:
        return Bilingual("没有消息", "silent")
    try:
        cause = Cause.of(leading)
    except KeyError:
        return same(escape(leading, _SHOWN))
    where = fault.where[0] if fault.where else {}
    if cause is Cause.GATEWAY_DOWN and {*where} - _OF_THE_HOST:
        return _NOT_REACHED
    return name_of(cause)


def unexplained_silence(answer: Answer) -> Bilingual | None:
    """How many are silent and in no fault; None where they are few."""
    many = answer.totals.silent - sum(fault.failing for fault in answer.faults if fault.family == Family.SILENCE)
    if many < _MANY_SILENT * answer.totals.terminals or many < _LEAST_SILENT:
        return None
    if answer.hours_known:
        return Bilingual(f"{many:,} 台没有消息，不集中在一处", f"{many:,} are silent, and no place stands out among them")
    return Bilingual(
        f"{many:,} 台没有消息：还不知道门店几点开门，关门和断线分不清",
        f"{many:,} are silent: closed shops or dead lines, which cannot be told apart before the shops' hours are known",
    )


def unread(answer: Answer) -> Bilingual | None:
    """How much of what was collected the answer knows nothing of; None where it is little."""
    many, terminals = answer.totals.unreadable, answer.totals.terminals
    if not terminals or many < _MANY_UNREAD * (many + terminals) or many < _LEAST_SILENT:
        return None
    return Bilingual(
        f"收集来的有 {many:,} 份读不了：上面只说其余的",
        f"{many:,} of what was collected cannot be read: the answer is about the rest",
    )


def rates(fault: Fault) -> Bilingual:
    """`6,496 of 7,489 on provider isp-c, region south; elsewhere 0.8 %`."""
    there, some, of = place(fault.where[0]), f"{fault.failing:,}", f"{fault.of:,}"
    if not fault.where[0]:
        why = _UNPLACED.get(fault.unplaced or "", _NO_PLACE)
        return Bilingual(f"整个机群 {of} 台中有 {some} 台{why.zh}", f"{some} of {of} in the whole fleet{why.en}")
    rest = share(fault.elsewhere_failing, fault.elsewhere_of)
    return Bilingual(f"{there.zh} 的 {of} 台中有 {some} 台，其他地方 {rest.zh}", f"{some} of {of} on {there.en}; elsewhere {rest.en}")


def share(some: int, of: int) -> Bilingual:
    """A rate as people read it: in per cent; where there are hardly any, counted."""
    if not of:
        return Bilingual("没有别的终端", "there are no others")
    if not some:
        return Bilingual(f"{of:,} 台中没有", f"none of {of:,}")
    percent = 100 * some / of
    if percent < 0.1:
        return Bilingual(f"{of:,} 台中有 {some:,} 台", f"{some:,} of {of:,}")
    return same(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")
