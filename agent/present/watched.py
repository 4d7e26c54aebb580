"""After an incident: that it is watched, how often it came back, and what to do about one that keeps coming back."""

from __future__ import annotations

from agent.contract.document import Status, Watch
from agent.contract.history import PastIncident
from agent.diagnosis.causes import Owner
from agent.diagnosis.model import State
from agent.present import times
from agent.present.page import Page
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual

CHRONIC = 3  # of one chain: mending it once more is no answer any more
_ADVICE: dict[Owner, Bilingual] = {
    Owner.ISP: Bilingual("把这些时间报给网络运营商，说它总是中断", "tell the internet provider that it keeps failing, with these times"),
    Owner.ACQUIRER: Bilingual("把这些时间报给收单机构，说它总是出现", "tell the acquirer that it keeps failing, with these times"),
    Owner.VENDOR: Bilingual("把这些时间报给服务商，请他们更换或维修", "tell the service provider, with these times: repair or replace it"),
    Owner.MERCHANT: Bilingual("去问是谁停的、为什么又停", "ask who stopped it and why it was stopped again"),
}
_FIND_OUT = Bilingual(
    "不要只是再修一次：请技术人员查明原因（插头松动、线缆老化、设备损坏）",
    "have a technician find out why (a loose plug, a worn cable, a failing device) instead of mending it once more",
)


def lines(status: Status, page: Page) -> list[str]:
    """Nothing where something else is wrong by now."""
    watch = status.watch
    if watch is None:
        return []
    if status.cause is not None and status.cause == watch.cause:
        return [*_came_back(watch, page), *_chronic(watch, page)]
    return [*_watched(watch, page), *_chronic(watch, page)] if status.state is State.OK else []


def _came_back(watch: Watch, page: Page) -> list[str]:
    if not watch.recurred:
        return []
    since, often = times.brief(watch.since, page), _often(watch.recurred)
    return page.wrap(page.say(f"{since} 恢复以后，又出现了 {watch.recurred} 次。", f"Since it was well at {since}, it came back {often}."))


def _watched(watch: Watch, page: Page) -> list[str]:
    since, what = times.brief(watch.since, page), page.say("故障", "what was wrong")
    if watch.cause is not None:
        what = page.words(name_of(watch.cause))
    if not watch.recurred:
        return page.wrap(page.say(f"{since} 起观察“{what}”：没有再出现。", f"Watched since {since}: “{what}” did not come back."))
    often = _often(watch.recurred)
    return page.wrap(
        page.say(f"{since} 起观察“{what}”：又出现了 {watch.recurred} 次。", f"Watched since {since}: “{what}” came back {often}.")
    )


def _chronic(watch: Watch, page: Page) -> list[str]:
    if watch.recurred + 1 < CHRONIC:
        return []
    advice = _ADVICE.get(watch.cause.owner, _FIND_OUT) if watch.cause is not None else _FIND_OUT
    said = page.say(f"反复出现：{advice.zh}。时间见 posdiag history", f"It keeps coming back: {advice.en} (posdiag history)")
    return page.paint_all(page.wrap(said), "yellow")


def over(hours: float, recurred: int, page: Page) -> str:
    """What is told when the time is over."""
    span = times.span(hours * 3600, page)
    if not recurred:
        return page.say(f"观察了 {span}，没有再出现", f"watched for {span}: it did not come back")
    return page.say(f"观察了 {span}，又出现了 {recurred} 次", f"watched for {span}: it came back {_often(recurred)}")


def nth(incident: PastIncident, page: Page) -> str:
    """Which of its chain it is; empty for the first."""
    if incident.number < 2:
        return ""
    within = times.span(incident.within_s, page)
    return page.say(f"{within}里第 {incident.number} 次", f"{ordinal(incident.number)} time in {within}")


def _often(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def ordinal(number: int) -> str:
    """In English."""
    teens = 10 <= number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
