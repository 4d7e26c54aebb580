"""After an incident: that it is watched, how often it came back, and what to do about one that keeps coming back."""

from __future__ import annotations

from agent.contract.document import Status, Watch
from agent.contract.history import PastIncident
from agent.diagnosis.causes import Cause, Owner
from agent.diagnosis.model import State
from agent.present import times
from agent.present.page import Page
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual

CHRONIC = 3  # of one chain: mending it once more is no answer any more
_ADVICE: dict[Owner, Bilingual] = {
    Owner.ISP: Bilingual("把这些时间报给网络运营商，说线路总是中断", "tell the internet provider that it keeps failing, and when"),
    Owner.ACQUIRER: Bilingual("把这些时间报给收单机构，说它总是出现", "tell the acquirer that it keeps failing, and when"),
    Owner.VENDOR: Bilingual(
        "把这些时间报给服务商，请他们更换或维修", "have the service provider repair or replace it, and tell when it failed"
    ),
    Owner.MERCHANT: Bilingual("去问是谁停的、为什么又停", "ask who stopped it and why it was stopped again"),
}
_FIND_OUT = Bilingual("请技术人员查明原因，不要只是再修一次", "have a technician find out why instead of mending it once more")
# what comes again and again by its nature
_USUAL = {Cause.PAPER_OUT, Cause.PAPER_LOW, Cause.COVER_OPEN, Cause.CHARGER_UNPLUGGED, Cause.BATTERY_LOW, Cause.SIGN_IN_REQUIRED}


def lines(status: Status, page: Page) -> list[str]:
    """Nothing where something else is wrong by now."""
    watch = status.watch
    if watch is None:
        return []
    if status.cause is not None and status.cause == watch.cause:
        return _came_back(watch, page)
    return _watched(watch, page) if status.state is State.OK else []


def _came_back(watch: Watch, page: Page) -> list[str]:
    if not watch.recurred:
        return []
    since, advice = times.brief(watch.since, page), _advice(watch)
    said = page.say(f"{since} 恢复以后又出现了 {watch.recurred} 次", f"It came back {_often(watch.recurred)} since {since}")
    return page.paint_all(page.wrap(said + _told(advice, page)), "yellow" if advice else "faint")


def _watched(watch: Watch, page: Page) -> list[str]:
    since, what = times.brief(watch.since, page), page.say("故障", "what was wrong")
    if watch.cause is not None:
        what = page.words(name_of(watch.cause))
    if not watch.recurred:
        return page.wrap(page.say(f"{since} 起观察“{what}”：没有再出现。", f"Watched since {since}: “{what}” did not come back."))
    often, advice = _often(watch.recurred), _advice(watch)
    said = page.say(f"{since} 起观察“{what}”：又出现了 {watch.recurred} 次", f"Watched since {since}: “{what}” came back {often}")
    return page.paint_all(page.wrap(said + _told(advice, page)), "yellow")


def _told(advice: Bilingual | None, page: Page) -> str:
    if advice is None:
        return page.say("。", ".")
    return page.say(f"。{advice.zh}。时间见 posdiag history", f": {advice.en} (posdiag history)")


def _advice(watch: Watch) -> Bilingual | None:
    if watch.recurred + 1 < CHRONIC or watch.cause in _USUAL:
        return None
    return _FIND_OUT if watch.cause is None else _ADVICE.get(watch.cause.owner, _FIND_OUT)


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
