"""A drill of the staff on the screen: marked as one above and below, in both languages, so that nobody takes it for a fault."""

from __future__ import annotations

from agent.present.encoding import shows_chinese
from agent.present.page import Page
from agent.readiness.practice import Practice
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual

_STOPS = Bilingual("（演练）不能收款", "(drill) Cannot take payments")
_MAY = Bilingual("（演练）收款可能受影响", "(drill) Payments may be affected")
_LOWEST, _FRAME = 12, 10  # lines of a screen, and those that are not the choices'
_SHOWN_STEPS = 3


def banner(page: Page) -> str:
    """Both languages, where both can be shown, as wide as the page."""
    zh = "演练，不是真的故障" if shows_chinese(page.encoding) else ""
    en = "DRILL, no real fault"
    said = f" {en} · {zh} " if zh and page.measure(f" {en} · {zh} ") + 6 <= page.width else f" {en} "
    if zh and page.language == "zh" and zh not in said:
        said = f" {zh} DRILL "
    room = min(page.width, 100) - page.measure(page.fit(said))
    left = max(3, room // 2)
    return page.paint(page.fit("=" * left + said + "=" * max(3, room - left)), "yellow")


def framed(lines: list[str], page: Page) -> list[str]:
    return [banner(page), *lines, banner(page)]


def question(drill: Practice, page: Page, height: int, *, keys: bool) -> list[str]:
    """On one screen: what is too long of a choice is cut off, and stands whole where it is told how it went."""
    count = len(drill.choices)
    most = max(2, (max(height, _LOWEST) - _FRAME) // count)
    lines = [
        *page.paint_all(page.wrap(page.words(_STOPS if drill.stops else _MAY)), "red"),
        *page.wrap(page.words(drill.summary)),
        "",
        *page.paint_all(page.wrap(page.say("先做什么？", "What do you do first?")), "bold"),
    ]
    for number, choice in enumerate(drill.choices, 1):
        told = page.wrap(page.words(choice.step.text), first=f"{number}  ")
        if len(told) > most:
            told = [*told[: most - 1], page.shorten(told[most - 1] + " …", page.width)]
        lines += told
    return framed([*lines, *page.paint_all(page.wrap(prompt(count, page, keys=keys)), "faint")], page)


def prompt(count: int, page: Page, *, keys: bool) -> str:
    numbers = page.say("、", ", ").join(map(str, range(1, count + 1)))
    if keys:
        return page.say(f"按 {numbers} 选择，q 离开", f"Press {numbers}, or q to leave")
    return page.say(f"写 {numbers} 之一，q 离开", f"Write one of {numbers}, or q to leave")


def answer(drill: Practice, chosen: int, page: Page) -> list[str]:
    """How it went, why, and what the steps are."""
    right = chosen == drill.right
    name, said = page.words(drill.name), []
    if right:
        said += page.paint_all(page.wrap(page.say("对了：先做的就是这一步。", "Right: that is what comes first.")), "green")
    else:
        other = page.words(name_of(drill.choices[chosen].cause))
        said += page.paint_all(
            page.wrap(page.say(f"不对：{chosen + 1} 是“{other}”时做的。", f"Wrong: {chosen + 1} is for “{other}”.")), "red"
        )
    said += page.wrap(page.say(f"这里是“{name}”：", f"Here it is “{name}”: ") + page.words(drill.recognised))
    said += ["", *page.paint_all(page.wrap(page.say("真的发生时：", "When it is real:")), "bold")]
    for number, step in enumerate(drill.steps[:_SHOWN_STEPS], 1):
        said += page.wrap(page.words(step.text), first=f"{number}. ")
    more = page.say("其余的步骤：", "The other steps: ") + f"posdiag explain {drill.cause.value}"
    return framed([*said, *page.paint_all(page.wrap(more), "faint")], page)
