"""Who has to act on a shared fault, and what comes first. Where many have it, the one who can end it is whoever answers for what they
share."""

from __future__ import annotations

from collections.abc import Mapping

from agent.contract.times import minute
from agent.diagnosis.causes import Cause, Owner
from agent.fleet.model.attributes import Family
from agent.remedy.catalogue import CatalogueError, StepTemplate, entry, menus
from agent.remedy.here import Platform
from agent.remedy.values import UNKNOWN, fill
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_SHOWN = 80  # characters of a value from outside
# by what they share, the first of the place's attributes that says something
_ANSWERS: Mapping[Family, Mapping[str, Owner]] = {
    Family.GATEWAY: {"isp": Owner.ISP, "config": Owner.TECHNICIAN, "host": Owner.ACQUIRER, "address": Owner.ACQUIRER},
    Family.INTERNET: {"isp": Owner.ISP, "operator": Owner.ISP, "region": Owner.ISP, "config": Owner.TECHNICIAN},
    Family.NAMES: {"isp": Owner.ISP, "resolver": Owner.TECHNICIAN},
    Family.DEVICE: {"version": Owner.VENDOR, "model": Owner.VENDOR, "firmware": Owner.VENDOR, "config": Owner.TECHNICIAN},
    Family.CONFIGURATION: {"config": Owner.TECHNICIAN, "version": Owner.VENDOR, "host": Owner.ACQUIRER},
    Family.SILENCE: {"isp": Owner.ISP, "region": Owner.ISP, "version": Owner.VENDOR},
}
# what the other side alone can know; where they share a line only, it is still theirs
_HOST_S_OWN = (Cause.GATEWAY_ERROR, Cause.GATEWAY_PROTOCOL_ERROR, Cause.GATEWAY_CERTIFICATE_EXPIRED)
# steps by which whoever looks after the fleet reaches the owner
_CALLS = {"isp": ("call_isp", "call_mobile_operator"), "acquirer": ("call_acquirer",), "vendor": ("call_provider",)}
_IN_THE_LIST = Bilingual("见名单", "as in the list")
# what all of them were given: taking it back from one of them is the shortest proof
_GIVEN = {
    "version": Bilingual(
        "停止继续分发这个版本；在一台出问题的终端上装回上一个版本，看是否恢复，再把结果告诉供应商",
        "Stop handing out this version; put the one before back on one failing terminal, see whether that ends it, and tell the vendor",
    ),
    "firmware": Bilingual(
        "停止继续分发这个固件；在一台出问题的终端上装回上一个固件，看是否恢复，再把结果告诉供应商",
        "Stop handing out this firmware; put the one before back on one failing terminal, see whether that ends it, and tell the vendor",
    ),
    "config": Bilingual(
        "停止继续分发这份配置；和上一份逐项比对，在一台出问题的终端上换回去，看是否恢复",
        "Stop handing out this configuration; compare it with the one before, and put that back on one failing terminal: does it help?",
    ),
}
_SILENT = {
    Owner.ISP: Bilingual(
        "打给运营商：报下面的地方和时间，问那里的线路是否中断、何时恢复",
        "Call the provider: name this place and time, and ask whether its lines there are down and when they are back",
    ),
    Owner.VENDOR: Bilingual(
        "停止继续分发这个版本；找一台没有消息的终端，在店里看服务是否还在运行（systemctl status posdiag）",
        "Stop handing out this version; look at one of the silent terminals in its shop: does the service run (systemctl status posdiag)?",
    ),
    Owner.TECHNICIAN: Bilingual(
        "打电话到店里：是否营业、有没有电、网络是否正常；再看那里的路由器",
        "Call the shop: is it open, is there power, does the network work? Then look at its router",
    ),
}
# The catalogue leads one shop from step to step. Of many shops whoever answers for what they share is called at once.
_OF_MANY = {
    Owner.ISP: Bilingual(
        "打给运营商：报故障、地方、开始时间和台数，问那里是否已经知道、何时恢复",
        "Call the provider: name the fault, the place, since when and how many, and ask whether it is known there and when it ends",
    ),
    Owner.ACQUIRER: Bilingual(
        "打给收单机构：报主机、故障、开始时间和台数，问何时恢复；有备用主机的先切过去",
        "Call the acquirer: name its host, fault, since when, how many; ask when it ends; switch to a backup host where there is one",
    ),
    Owner.VENDOR: Bilingual(
        "打给供应商：报型号、故障、开始时间和台数；先让一家店重启一台，看是否恢复",
        "Call the vendor: name the model, the fault, since when and how many; have one shop restart one terminal first: does it help?",
    ),
}
_SILENT_EVERYWHERE = Bilingual(
    "先看收集的这一边：接收的服务、它的网络、磁盘和证书；终端不会同一时刻全都没有消息",
    "Look at the collecting side first: the receiving service, its network, disk, certificate; terminals do not all fall silent at once",
)


def owner_of(family: Family, where: Mapping[str, str], cause: str) -> str:
    """`cause`: the one that most of them have; empty for silence."""
    known = _known(cause)
    if known in _HOST_S_OWN:
        return str(known.owner.value)
    by = _ANSWERS[family]
    answers = next((by[attribute] for attribute in by if attribute in where), None)
    if answers is None:
        answers = known.owner if known is not None else Owner.TECHNICIAN
        if answers is Owner.CASHIER and "store" not in where:  # of many shops, no cashier's
            answers = Owner.TECHNICIAN
    return str(answers.value)


def step_of(family: Family, where: Mapping[str, str], cause: str, owner: str, began: int | None) -> Bilingual | None:
    """The first thing to do for whoever looks after the fleet: taking back what all of them were given; else calling the owner; in one
    shop, and where a technician has to look, what the catalogue has for them. None where it has no text."""
    if family is Family.SILENCE:
        return _SILENT.get(Owner(owner), _SILENT[Owner.TECHNICIAN]) if where else _SILENT_EVERYWHERE
    given = next((text for name, text in _GIVEN.items() if name in where), None)
    known = _known(cause)
    if given is not None:
        return given
    if "store" not in where and Owner(owner) in _OF_MANY:
        return _OF_MANY[Owner(owner)]
    if known is None:
        return None
    try:
        steps = [step for step in entry(known).steps if not (step.platform or step.sort) and _goes_with(step, where)]
    except CatalogueError:
        return None
    anyhow = [step for step in steps if not (step.only_if or step.only_failed or step.seen or step.place)]
    anyhow.sort(key=lambda step: bool(step.after))  # what rests on nothing done before
    wanted = (
        lambda step: step.id in _CALLS.get(owner, ()),
        lambda step: step.who.value == owner,
        lambda step: step.who is Owner.TECHNICIAN,
        lambda _: True,
    )
    chosen = next((step for fits in wanted for step in anyhow if fits(step)), None)
    return _filled(Bilingual(chosen.zh, chosen.en), where, began) if chosen is not None else None


def _goes_with(step: StepTemplate, where: Mapping[str, str]) -> bool:
    return not step.uplink or "uplink" not in where or where["uplink"] in [kind.value for kind in step.uplink]


def _filled(text: Bilingual, where: Mapping[str, str], began: int | None) -> Bilingual:
    """The catalogue speaks to one shop; of many, the list of them stands for its terminal."""
    known = {name: same(escape(where[name], _SHOWN)) for name in ("host", "address", "resolver") if name in where}
    if "address" in known:
        known.setdefault("host", known["address"])
    if began is not None:
        known["time"] = same(minute(began))
    here = {name: by[Platform.LINUX] for name, by in menus().items() if Platform.LINUX in by}
    return fill(text, {**UNKNOWN, **here, "terminal": _IN_THE_LIST, "serial_number": _IN_THE_LIST, **known})


def _known(cause: str) -> Cause | None:
    try:
        return Cause.of(cause)
    except KeyError:
        return None
