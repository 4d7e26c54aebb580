"""An audit on the screen: what is wrong first, with why it matters and what to do; what is well in a few lines at the end."""

from __future__ import annotations

from collections.abc import Sequence

from agent.contract.audit import Audit, AuditItem
from agent.present import times
from agent.present.page import Page
from probes.ground.bilingual import Bilingual

_ROOM = 60  # columns
_MARKS = {"fail": ("✗", "red"), "warn": ("!", "yellow"), "unknown": ("?", "faint"), "pass": ("✓", "green")}


def lines(audit: Audit, page: Page) -> list[str]:
    todo = [item for item in audit.items if item.outcome != "pass"]
    well = [item for item in audit.items if item.outcome == "pass"]
    found = [*_headline(audit, todo, page)]
    for together in _together(todo):
        found += ["", *_item(together, page)]
    if well:
        found += ["", *_well(well, page)]
    at = times.brief(audit.checked_at, page)
    return [*found, "", *page.paint_all(page.wrap(page.say(f"检查于 {at}", f"Looked at {at}")), "faint")]


def _headline(audit: Audit, todo: Sequence[AuditItem], page: Page) -> list[str]:
    counts = {outcome: sum(item.outcome == outcome for item in todo) for outcome in ("fail", "warn", "unknown")}
    words = {
        "fail": Bilingual("{} 项要马上办", "{} to mend at once"),
        "warn": Bilingual("{} 项要改进", "{} to improve"),
        "unknown": Bilingual("{} 项看不出", "{} not known"),
    }
    told = page.say("，", ", ").join(page.words(words[outcome]).format(count) for outcome, count in counts.items() if count)
    if not todo:
        said, colour = (
            page.say("准备好了：没有发现会拖长下次故障的事。", "Ready: nothing was found that would make the next outage long."),
            "green",
        )
    else:
        said, colour = page.say(f"下次故障会拖多久？{told}。", f"What would make the next outage long: {told}."), _MARKS[todo[0].outcome][1]
    return page.paint_all(page.wrap(said), colour)


def _together(items: Sequence[AuditItem]) -> list[list[AuditItem]]:
    """What cannot be told for one and the same reason is one thing to do."""
    found: dict[object, list[AuditItem]] = {}
    for item in items:
        found.setdefault((item.found.en, item.do.en) if item.outcome == "unknown" else item.id, []).append(item)
    return list(found.values())


def _item(items: Sequence[AuditItem], page: Page) -> list[str]:
    item = items[0]
    mark, colour = _MARKS[item.outcome]
    called, found = page.say("、", ", ").join(page.words(each.called) for each in items), page.words(item.found)
    said = page.wrap(page.say(f"{called}：{found}", f"{_capital(called)}: {found}"), first=f"{page.fit(mark)} ")
    reason = _capital(page.words(item.why)) + page.say("。", ".")
    why = page.wrap(reason, first="  ", rest="  ") if len(items) == 1 else []
    do = page.wrap(page.words(item.do), first="  → ")
    return [*page.paint_all(said, colour), *page.paint_all(why, "faint"), *do]


def _well(items: Sequence[AuditItem], page: Page) -> list[str]:
    """Each in a line where there is room for it, else their names."""
    mark = page.fit("✓")
    if page.width < _ROOM:
        return page.paint_all(page.flow([f"{mark} {_capital(page.words(item.called))}" for item in items], "  ", between="  "), "faint")
    return page.paint_all(
        [
            page.shorten(
                f"{mark} " + page.say(f"{item.called.zh}：{item.found.zh}", f"{_capital(item.called.en)}: {item.found.en}"), page.width
            )
            for item in items
        ],
        "faint",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
