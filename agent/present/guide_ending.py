"""The guide's last words, which stay on the screen, and what is to be kept of an incident. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.contract.document import Status
from agent.diagnosis.model import CanPay
from agent.present import brief, times
from agent.present.document import Document
from agent.present.guide_parts import Part, Said
from agent.present.page import Page
from agent.remedy.catalogue import name_of
from agent.remedy.route import lasting
from agent.remedy.walk import Helped, Phase, Walk


def ending(walk: Walk, page: Page, said: Said) -> Iterator[Part]:
    document = Document(walk.latest)
    if walk.phase is Phase.NOTHING:
        paying = walk.latest.can_pay is CanPay.YES
        fine = page.say("没有故障：这台终端能收款。", "Nothing is wrong: this terminal can take payments.")
        yield Part(page.paint_all(page.wrap(fine if paying else page.say("没有发现故障。", "Nothing was found wrong.")), "green"))
        yield Part(brief.others(document, page), 1)
        return
    if walk.phase is Phase.WELL:
        yield Part(page.paint_all(page.wrap(_again(walk, page)), "green"))
        yield Part([line for helped in walk.over for line in page.wrap(_by(helped, page))])
    else:
        wrong = page.say("、", ", ").join(page.words(name_of(each.code)) for each in lasting(walk.latest))
        yield Part(page.wrap(page.say(f"已离开，故障还在：{wrong}", f"Left. Still wrong: {wrong}")))
        yield Part([line for helped in walk.over for line in page.wrap(_by(helped, page))])
        yield Part(brief.call(document, page), 1)
        yield Part(brief.selling(walk.latest, page), 2)
    yield Part(kept(walk, page), 1)
    if said.trouble is not None:
        yield Part(page.paint_all(page.wrap(page.words(said.trouble)), "yellow"), 2)
    elif said.kept:
        noted = page.say("已记入故障记录：posdiag history", "This is on record: posdiag history")
        yield Part(page.paint_all(page.wrap(noted), "faint"), 2, close=True)
    if walk.phase is Phase.WELL:
        yield Part(brief.others(document, page), 3)


def _again(walk: Walk, page: Page) -> str:
    if walk.latest.can_pay is CanPay.YES:
        return page.say("好了：这台终端又能正常收款了。", "It works: this terminal can take payments.")
    return page.say("好了：没有发现故障了。", "It works: nothing is wrong any more.")


def _by(helped: Helped, page: Page) -> str:
    """What ended one fault."""
    name = page.words(name_of(helped.cause.code))
    if helped.step is None:
        return page.say(f"“{name}”自己恢复了，不是哪一步的作用。", f"“{name}” went by itself, by none of the steps.")
    text = page.words(helped.step.text).rstrip("。. ")
    return page.say(f"是第 {helped.number} 步起了作用：{text}。", f"It was step {helped.number}: {text}.")


def kept(walk: Walk, page: Page) -> list[str]:
    """The time, the incident and the short code, for the shop's own notes and for whoever is called."""
    cause = walk.over[0].cause if walk.over else walk.cause
    parts = [page.say(f"时间 {_time(walk.latest, page)}", f"time {_time(walk.latest, page)}")]
    incident = walk.incident
    if incident:
        parts.append(page.say(f"故障编号 {incident}", f"incident {incident}"))
    if cause is not None and cause.short:
        parts.append(page.say(f"短码 {cause.short}", f"short code {cause.short}"))
    return page.wrap(page.say("请记下：", "Keep: ") + page.say("，", ", ").join(parts), rest="  ")


def _time(status: Status, page: Page) -> str:
    return times.brief(status.generated_at, page)
