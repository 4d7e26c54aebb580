"""What a person said, in a line of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.present import times
from agent.present.page import Page
from probes.ground.bilingual import Bilingual

_HELPED = {
    "yes": Bilingual("有用", "it helped"),
    "no": Bilingual("没有用", "it did not help"),
    "unknown": Bilingual("不知道有没有用", "whether it helped is not known"),
}


def in_words(told: Mapping[str, Any], page: Page) -> str:
    """With its name, by which it can be taken back."""

    def value(key: str) -> str:
        return page.fit(str(told.get(key) or ""))

    parts = []
    if step := value("step").rpartition(":")[2]:
        helped = _HELPED.get(str(told.get("helped")))
        parts.append(page.say(f"做了 {step}", f"{step} was done") + (page.say("，", ", ") + page.words(helped) if helped else ""))
    if who := value("who"):
        ticket, day = value("ticket"), value("promised")
        parts.append(
            page.say(f"打给了{who}", f"{who} was called")
            + (page.say(f"，工单 {ticket}", f", ticket {ticket}") if ticket else "")
            + (page.say(f"，答应 {day} 前解决", f", promised for {day}") if day else "")
        )
    if until := value("until"):
        parts.append(page.say("计划内维护，到 ", "planned work until ") + times.brief(until, page))
    if name := value("name"):
        due = value("due")
        which = page.say(f"（{due}）", f" ({due})") if due else ""
        parts.append(page.say(f"日期“{name}”已办完", f"the date “{name}” is done with") + which)
    if text := value("text"):
        parts.append(page.say(f"“{text}”", f"“{text}”"))
    between, name = page.say("；", "; "), value("word")
    return page.say("有人说：", "said: ") + between.join(parts) + (page.say(f"（{name}）", f" ({name})") if name else "")
