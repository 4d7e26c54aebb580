"""The guide's screen: one step, large and short, with what is seen then, what the look shows, and the keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.model import CanPay
from agent.present import brief, times
from agent.present.document import Document
from agent.present.guide_ending import ending, kept
from agent.present.guide_parts import Part, Said, fitted
from agent.present.guide_words import now_shown
from agent.present.learned import in_one_clause
from agent.present.page import Page
from agent.present.verdicts import ANSWERS
from agent.present.words import expected, person
from agent.remedy.catalogue import name_of
from agent.remedy.route import lasting
from agent.remedy.walk import Key, Phase, Walk
from probes.ground.bilingual import Bilingual

KEYS: dict[Key, tuple[str, Bilingual]] = {
    Key.NEXT: ("n", Bilingual("下一步", "next step")),
    Key.DID: ("d", Bilingual("做完了", "done it")),
    Key.BACK: ("b", Bilingual("上一步", "back")),
    Key.YES: ("y", Bilingual("是", "yes")),
    Key.CALL: ("c", Bilingual("打给谁", "call")),
    Key.QUIT: ("q", Bilingual("离开", "leave")),
}
_NO_HELP = Bilingual("没有用，下一步", "no help, next step")


def screen(walk: Walk, page: Page, height: int, said: Said) -> list[str]:
    return fitted(list(parts_of(walk, page, said)), height)


def parts_of(walk: Walk, page: Page, said: Said) -> Iterator[Part]:
    match walk.phase:
        case Phase.WELL | Phase.NOTHING | Phase.LEFT:
            yield from ending(walk, page, said)
            return
        case Phase.CALL | Phase.FAILED:
            yield from _for_help(walk, page)
        case Phase.WAS:
            yield from _was_it(walk, page)
        case Phase.ASK:
            yield from _ask(walk, page)
        case _:
            yield from _step(walk, page, said)
    if said.trouble is not None:
        yield Part(page.paint_all(page.wrap(page.words(said.trouble)), "yellow"), 2)
    yield Part(page.flow([_keyed(key, walk, page) for key in keys_of(walk)], between="   "))


def keys_of(walk: Walk) -> list[Key]:
    match walk.phase:
        case Phase.ASK:
            return [Key.YES, Key.NEXT, Key.BACK, Key.CALL, Key.QUIT]
        case Phase.CALL:
            return [Key.BACK, Key.QUIT]
        case Phase.FAILED:
            return [Key.BACK, Key.QUIT] if walk.step else [Key.QUIT]
        case Phase.WAS:
            return [Key.YES, Key.NEXT]
    return [
        *([] if walk.done else [Key.DID]),
        Key.NEXT,
        *([Key.BACK] if len(walk.trail) > 1 and walk.step is not walk.trail[0] else []),
        Key.CALL,
        Key.QUIT,
    ]


def _keyed(key: Key, walk: Walk, page: Page) -> str:
    letter, words = KEYS[key]
    if key is Key.NEXT and walk.phase is Phase.WAS:
        words = Bilingual("不是或不知道", "no, or I cannot tell")
    elif key is Key.NEXT and walk.phase is Phase.ASK:
        words = Bilingual("不做，下一步", "leave it out")
    elif key is Key.NEXT and walk.done:
        words = _NO_HELP
    elif key is Key.YES and walk.phase is Phase.ASK:
        words = Bilingual("现在做", "do it now")
    return f"[{letter}] {page.words(words)}"


def head(walk: Walk, page: Page) -> list[str]:
    """Whether there are payments, and the fault in a few words."""
    answer, cause = ANSWERS[walk.latest.can_pay], walk.cause
    name = page.words(name_of(cause.code)) if cause else ""
    if walk.latest.can_pay is CanPay.YES:
        return page.paint_all(page.wrap(page.say(f"能收款，但有故障：{name}", f"Payments work, but: {name}")), "yellow")
    clause = page.say(answer.clause.zh, answer.clause.en[:1].upper() + answer.clause.en[1:])
    return page.paint_all(page.wrap(f"{clause}{page.say('：', ': ')}{name}" if name else clause), answer.colour)


def _step(walk: Walk, page: Page, said: Said) -> Iterator[Part]:
    step = walk.step
    if step is None:
        return
    yield Part(head(walk, page), 3)
    yield Part([page.paint(line, "bold") for line in page.wrap(_where(walk, page))], 0, close=page.width < brief.LIST_FROM)
    yield Part(page.paint_all(page.wrap(page.words(step.text) + page.say("。", "."), first="  "), "bold"))
    if page.words(step.expect):
        yield Part(page.wrap(page.words(expected(step.expect)), first="  "), 1)
    if step.record is not None:
        yield Part(page.paint_all(page.wrap(page.words(in_one_clause(step.record)), first="  "), "faint"), 4)
    yield Part(state(walk, page, said))


def _where(walk: Walk, page: Page) -> str:
    """Which step of how many, of which fault of how many, and for whom."""
    number, of = walk.place
    where = page.say(f"第 {number} 步，共 {of} 步", f"Step {number} of {of}")
    more = len(lasting(walk.status))
    if more > 1 and walk.cause is not None:
        fault = lasting(walk.status).index(walk.cause) + 1
        where += page.say(f"（第 {fault} 个故障，共 {more} 个）", f" (fault {fault} of {more})")
    who = person(walk.step.who) if walk.step else Bilingual("", "")
    return where + page.say(f"【{who.zh}】", f" [{who.en}]")


def state(walk: Walk, page: Page, said: Said) -> list[str]:
    """What the last look showed, and that there will be another one."""
    seen = now_shown(walk, page)
    if walk.sure:
        return page.paint_all(page.wrap(_first(seen, page) + page.say("。正在全部检查一遍……", ". Looking at everything now ...")), "green")
    if not seen:
        return page.wrap(page.say("正在看……", "Looking ..."))
    at = times.of_day(walk.check.observed_at, page) if walk.check else ""
    if walk.but and walk.good:
        text = page.say(f"{seen}，但故障还在。请继续下一步。", f"{_first(seen, page)}, but the fault is still there. Go on.")
    elif walk.done:
        text = page.say(f"做完了，正在看有没有用：{seen}（{at}）", f"Done. Looking whether it helps: {seen} ({at})")
    else:
        text = page.say(f"现在：{seen}（一直在看，{at}）", f"Now: {seen} (looks by itself; {at})")
    return page.paint_all(page.wrap(text), "green" if walk.good else "yellow")


def _first(text: str, page: Page) -> str:
    return text if page.language == "zh" else text[:1].upper() + text[1:]


def _ask(walk: Walk, page: Page) -> Iterator[Part]:
    step = walk.step
    if step is None:
        return
    yield Part(head(walk, page), 3)
    yield Part([page.paint(line, "bold") for line in page.wrap(_where(walk, page))], close=page.width < brief.LIST_FROM)
    warning = page.say(
        "注意：现在能收款，做这一步会中断收款。等没有顾客时再做：",
        "Careful: payments work now, and this step interrupts them. Do it when no customer is waiting:",
    )
    yield Part(page.paint_all(page.wrap(warning), "yellow"))
    yield Part(page.wrap(page.words(step.text) + page.say("。", "."), first="  "))


def _was_it(walk: Walk, page: Page) -> Iterator[Part]:
    if walk.step is None:
        return
    number = walk.place[0]
    yield Part(page.paint_all(page.wrap(page.say("恢复正常了。", "All is well again.")), "green"))
    yield Part(page.wrap(page.say(f"是第 {number} 步起的作用吗？", f"Was it step {number}?")))
    yield Part(page.wrap(page.words(walk.step.text), first="  "))


def _for_help(walk: Walk, page: Page) -> Iterator[Part]:
    document = Document(walk.latest)
    if walk.phase is Phase.FAILED:
        none = (
            page.say("这些步骤都没有解决。", "None of the steps has helped.")
            if walk.step
            else page.say("这里没有您自己能做的步骤。", "There is no step here that you could do yourself.")
        )
        yield Part(page.paint_all(page.wrap(none), "bold"))
    else:
        yield Part(page.paint_all(page.wrap(page.say("打给谁", "Whom to call")), "bold"), 1)
    yield Part(head(walk, page), 3)
    called = brief.call(document, page)
    nobody = page.say("没有配置联系人：打给装这台终端的人。", "No contact is configured: call whoever installed this terminal.")
    yield Part(called or page.wrap(nobody))
    yield Part(brief.selling(walk.latest, page), 1)
    yield Part(kept(walk, page), 2)
    if walk.step:
        seen = now_shown(walk, page)
        still = page.say(f"还在自动看：{seen}", f"Still looked at by itself: {seen}") if seen else ""
        yield Part(page.paint_all(page.wrap(still), "faint") if still else [], 2)
