"""One incident of the record as a timeline: what came before, what it was called meanwhile, what was done, and what ended it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from agent.contract.event import AgentEvent, AnyEvent, CauseEvent, ChangeEvent, OpenedEvent, WatchedEvent
from agent.contract.history import PastIncident
from agent.contract.times import utc
from agent.present import changes, endings, said, times, watched
from agent.present.history import lasted, named, what_of
from agent.present.page import Page
from agent.present.sections import heading
from agent.present.symptoms import symptom_in_words
from agent.present.words import subject_of
from probes.ground.bilingual import Bilingual
from probes.ground.moments import seconds_of
from probes.model import Symptom

MOST_OF_CHAIN = 12
MOST = 60  # lines of what happened meanwhile
_AGENT = {
    "started": Bilingual("posdiag 启动了", "posdiag was started"),
    "stopped": Bilingual("posdiag 停了", "posdiag was stopped"),
    "upgraded": Bilingual("posdiag 换了版本", "posdiag was upgraded"),
    "config_changed": Bilingual("posdiag 的配置改了", "the configuration of posdiag was changed"),
}
_CANNOT_PAY = Bilingual("不能收款", "no payments")


def timeline(incident: PastIncident, events: Sequence[AnyEvent], page: Page, chain: Sequence[PastIncident] = ()) -> list[str]:
    """`events`: all that were told from its opening to its end, and that it was watched; `chain`: all incidents of its chain."""
    lines = page.paint_all(page.wrap(what_of(incident, page)), "bold")
    lines += page.paint_all(page.flow([page.fit(incident.id), lasted(incident, page), *_chain(incident, page)]), "faint")
    lines.append("")
    rows = list(_rows(incident, events, page))
    shown = rows if len(rows) <= MOST else [*rows[: MOST // 2], None, *rows[-MOST // 2 :]]
    for row in shown:
        if row is None:
            left = len(rows) - MOST
            lines += page.wrap(page.say(f"……（省略 {left} 行）", f"... ({left} lines left out)"), first="  ")
        else:
            stamp, text = row
            lines += page.wrap(text, first=f"{times.moment(stamp, page)}  ")
    return [*lines, *_of_the_chain(incident, chain, page)]


def _of_the_chain(incident: PastIncident, chain: Sequence[PastIncident], page: Page) -> list[str]:
    """The latest first, as many as one screen holds."""
    if len(chain) < 2:
        return []
    lines = ["", heading(page, "同一故障的各次", "Each time that it was there")]
    for each in chain[: -MOST_OF_CHAIN - 1 : -1]:
        name = page.say("这一次", "this one") if each.id == incident.id else page.fit(each.id)
        lines += page.flow([f"{each.number}. {times.brief(each.began_at, page)}", lasted(each, page), name], indent="  ")
    if left := len(chain) - MOST_OF_CHAIN:
        lines += page.wrap(page.say(f"还有更早的 {left} 次", f"{left} earlier"), first="  ") if left > 0 else []
    return lines


def _chain(incident: PastIncident, page: Page) -> Iterator[str]:
    if number := watched.nth(incident, page):
        yield number
    if incident.chain != incident.id:
        yield page.say("又一次，第一次是 ", "once more; the first was ") + page.fit(incident.chain)
    if incident.recurred:
        count = incident.recurred
        yield page.say(f"之后又出现 {count} 次", f"came back {count} time{'s' if count > 1 else ''}")


def _rows(incident: PastIncident, events: Sequence[AnyEvent], page: Page) -> Iterator[tuple[str, str]]:
    for before in reversed(incident.changes_before):
        if words := changes.in_words(before, page):
            yield _shifted(incident.began_at, -_seconds(before)), words
    yield incident.began_at, page.say("第一次看到故障", "first seen")
    done: list[tuple[str, str]] = []
    for tried in incident.tried:
        if tried.get("how") != "told" and (words := endings.in_words(tried, page)):  # what was told stands below as it was said
            text = words + page.say("：没有管用", ": it did not help")
            done.append((_shifted(incident.began_at, _seconds(tried)), text))
    if incident.ended_at is not None:
        ended = endings.in_words(incident.ended_by, page)
        done.append((incident.ended_at, page.say("恢复正常", "all was well again") + (page.say("：", ": ") + ended if ended else "")))
    told = list(incident.told)
    for event in events:
        stamp = event.at
        while told and told[0]["at"] < stamp:
            done = sorted([*done, _said(told.pop(0), page)], key=lambda each: each[0])
        while done and done[0][0] < stamp:
            yield done.pop(0)
        if words := _in_words(event, incident, page):
            yield stamp, words + _doubt(event, page)
    yield from sorted([*done, *(_said(each, page) for each in told)], key=lambda each: each[0])


def _said(told: dict[str, Any], page: Page) -> tuple[str, str]:
    return str(told["at"]), said.in_words(told, page)


def _in_words(event: AnyEvent, incident: PastIncident, page: Page) -> str:
    match event:
        case OpenedEvent() if event.incident == incident.id:
            return _called(event, page) + _evidence(event, page)
        case CauseEvent() if event.incident == incident.id:
            return _called(event, page)
        case ChangeEvent():
            told = {"what": event.what, "subject": event.subject, "before": event.before, "after": event.after, "count": event.count}
            return changes.in_words(told, page)
        case WatchedEvent() if event.incident == incident.chain:
            return watched.over(event.hours, event.recurred, page)
        case AgentEvent():
            words = _AGENT.get(event.what)
            often = page.say(f"（{event.count} 次）", f" ({event.count} times)") if event.count > 1 else ""
            return page.words(words) + often if words else ""
    return ""


def _called(event: OpenedEvent | CauseEvent, page: Page) -> str:
    name = named(event.cause, page) if event.cause else page.say("原因不明", "no cause was found")
    subject = f" {page.fit(event.subject)}" if event.subject else ""
    sure = page.say(f"，把握 {event.confidence:.0%}", f", {event.confidence:.0%} sure") if event.confidence else ""
    stopped = page.say("，", ", ") + page.words(_CANNOT_PAY) if event.can_pay == "no" else ""
    return page.say("判定：", "found: ") + name + subject + sure + stopped


def _evidence(event: OpenedEvent, page: Page) -> str:
    seen = []
    for each in event.evidence:
        if each.symptom:
            known = symptom_in_words(Symptom(each.symptom))
            seen.append(f"{subject_of(each.id, page)} {page.words(known)}")
    return page.say("（", " (") + page.say("；", "; ").join(seen) + page.say("）", ")") if seen else ""


def _doubt(event: AnyEvent, page: Page) -> str:
    return page.say("（时钟可能不准）", " (the clock may be wrong)") if event.clock == "doubtful" else ""


def _seconds(told: dict[str, Any]) -> float:
    seconds = told.get("seconds", 0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _shifted(stamp: str, seconds: float) -> str:
    moment = times.parse(stamp)
    try:
        return stamp if moment is None else utc(seconds_of(moment + timedelta(seconds=seconds)))
    except (OverflowError, ValueError):
        return stamp
