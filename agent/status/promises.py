"""What people told of promises and of planned work, as the document has it."""

from __future__ import annotations

from collections.abc import Iterable

from agent.contract.document import PlannedWork, Promise
from agent.contract.event import ToldEvent
from agent.record.words import passed
from probes.ground.bilingual import Bilingual
from probes.ground.moments import here, nearest

MOST = 5  # of the document, the earliest days first


def promised(told: Iterable[ToldEvent], now: float) -> tuple[Promise, ...]:
    """`now`: seconds since the epoch; a day is over where this machine is."""
    today = here(nearest(now)).date()
    found = sorted(told, key=lambda each: each.promised)
    return tuple(_promise(each, over=passed(each, today)) for each in found[:MOST])


def planned_work(told: ToldEvent | None) -> PlannedWork | None:
    return None if told is None else PlannedWork(word=told.word, since=told.at, until=told.until, text=told.text)


def _promise(told: ToldEvent, *, over: bool) -> Promise:
    return Promise(
        word=told.word,
        incident=told.incident,
        who=told.who,
        ticket=told.ticket,
        promised=told.promised,
        passed=over,
        summary=_overdue(told) if over else _coming(told),
    )


def _overdue(told: ToldEvent) -> Bilingual:
    who, ticket = _whom(told)
    return Bilingual(
        f"{who.zh}答应在 {told.promised} 前解决，这一天已经过了{ticket.zh}：请再打电话，然后用 posdiag told --called 记下结果",
        f"{who.en} promised it for {told.promised}, and that day has passed{ticket.en}: call again, and tell how it went: "
        "posdiag told --called",
    )


def _coming(told: ToldEvent) -> Bilingual:
    who, ticket = _whom(told)
    return Bilingual(f"{who.zh}答应在 {told.promised} 前解决{ticket.zh}", f"{who.en} promised it for {told.promised}{ticket.en}")


def _whom(told: ToldEvent) -> tuple[Bilingual, Bilingual]:
    ticket = Bilingual(f"（工单 {told.ticket}）", f" (ticket {told.ticket})") if told.ticket else Bilingual("", "")
    return Bilingual(told.who or "对方", told.who or "Somebody"), ticket
