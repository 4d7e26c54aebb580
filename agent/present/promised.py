"""What people told that still counts: promises, first those whose day has passed, and planned work."""

from __future__ import annotations

from agent.contract.document import Status
from agent.present import times
from agent.present.page import Page
from agent.present.sections import heading


def in_short(status: Status, page: Page) -> list[str]:
    """Planned work, and promises whose day has passed."""
    lines = planned(status, page)
    for each in status.promises:
        if each.passed:
            lines += page.paint_all(page.wrap(page.say("提醒：", "Notice: ") + page.words(each.summary)), "yellow")
    return lines


def in_full(status: Status, page: Page) -> list[str]:
    """Every promise that is open."""
    lines = []
    for each in status.promises:
        found = page.wrap(page.words(each.summary), first="  - ")
        lines += page.paint_all(found, "yellow") if each.passed else found
        about = [page.fit(each.word), page.say("故障 ", "incident ") + page.fit(each.incident) if each.incident else ""]
        lines += page.paint_all(page.flow(about, "    "), "faint")
    return [heading(page, "答应过的事", "Promised"), *lines] if lines else []


def planned(status: Status, page: Page) -> list[str]:
    work = status.planned_work
    if work is None:
        return []
    until, text = _until(work.until, status.generated_at, page), page.fit(work.text)
    said = page.say(f"计划内维护，到 {until} 为止", f"Planned work until {until}") + (page.say(f"：{text}", f": {text}") if text else "")
    return page.paint_all(page.wrap(said + page.say("。", ".")), "yellow")


def _until(stamp: str, now: str, page: Page) -> str:
    """The time alone where it is of today."""
    day, time = times.brief(stamp, page).rpartition(" ")[::2]
    return time if day and day == times.brief(now, page).rpartition(" ")[0] else times.brief(stamp, page)
