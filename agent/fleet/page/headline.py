"""The morning's question, answered first: what is broken where, one fault or many, and who has to act. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.fleet.localise.wording import unexplained_silence, unread, whom
from agent.fleet.model.answer import Answer, Ended, Fault, Totals
from agent.fleet.model.attributes import Family
from agent.fleet.page import words
from agent.present import times
from agent.present.page import Page

_ONE = 0.5  # share of the terminals that cannot pay, from which one fault is most of it
_ALL = 0.95
_MANY = 6  # faults of one owner that are named by their numbers
_MOST_OWNERS = 8
_MOST_SILENT = 0.9  # share of the terminals, from which rather the way to here is broken


def fields_of(answer: Answer, faults: Sequence[Fault], page: Page) -> dict[str, Any]:
    """`faults`: in the order of the page."""
    return {
        "light": _light(answer, faults),
        "answer": _answer(answer, faults, page),
        "reasons": [
            each
            for each in (_one_or_many(answer, faults, page), _single(answer, page), _stopped(answer, page), _unknown(answer, page))
            if each
        ],
        "act": _act(faults, page),
    }


def totals_of(answer: Answer, previous: Answer | None, page: Page) -> list[dict[str, Any]]:
    """What a figure was before, where that is known."""
    now, before = answer.totals, None if previous is None else previous.totals
    named = (
        ("terminals", page.say("终端", "terminals"), ""),
        ("can_pay", page.say("能收款", "can pay"), "good"),
        ("cannot_pay", page.say("不能收款", "cannot pay"), "bad"),
        ("unknown", page.say("无法判断", "not known whether"), ""),
        *((("stopped", page.say("其中服务已停", "of these: service stopped"), "bad"),) if now.stopped else ()),
        ("silent", page.say("没有消息", "silent"), "bad"),
        ("never_reported", page.say("从未报到", "never reported"), "bad"),
    )
    return [each for name, said, kind in named if (each := _total(name, said, kind, now, before, page)) is not None]


def over(answer: Answer, page: Page) -> list[str]:
    """Faults of the last day that are none any more."""
    return [f"{words.called(each.fault, page)} · {words.rates(each.fault, page)} · {_until(each, page)}" for each in answer.ended]


def _until(each: Ended, page: Page) -> str:
    until = words.value(times.brief(each.over_by, page), page)
    if each.unseen:
        return page.say(
            f"{until} 起看不到：那里多数没有消息，或另有故障", f"not seen since {until}: most there are silent, or have another fault"
        )
    began = words.value(times.brief(each.fault.since.median, page), page) if each.fault.since is not None else ""
    return f"{began} – {until}" if began else page.say(f"到 {until}", f"until {until}")


def before(answer: Answer, previous: Answer | None, page: Page) -> str:
    """What it is compared with."""
    if previous is None:
        return ""
    now, then = times.parse(answer.generated_at), times.parse(previous.generated_at)
    stamp = words.moment(previous.generated_at, page)
    if now is None or then is None:
        return page.say(f"和 {stamp} 相比", f"against {stamp}")
    ago = times.span((now - then).total_seconds(), page)
    return page.say(f"和 {stamp} 相比（{ago}前）", f"against {stamp} ({ago} ago)")


def _light(answer: Answer, faults: Sequence[Fault]) -> str:
    totals = answer.totals
    if any(fault.cannot_pay for fault in faults):
        return "red"
    if faults or not _heard(totals) or totals.silent > totals.terminals * _MOST_SILENT:
        return "yellow"
    return "green"


def _heard(totals: Totals) -> int:
    return totals.can_pay + totals.cannot_pay + totals.unknown


def _answer(answer: Answer, faults: Sequence[Fault], page: Page) -> str:
    totals = answer.totals
    all_of_them = words.count(totals.terminals)
    if not totals.terminals:
        return page.say("没有读到任何终端", "No terminal was read")
    if totals.silent > totals.terminals * _MOST_SILENT:
        gone = all_of_them if totals.silent >= totals.terminals else f"{words.count(totals.silent)} / {all_of_them}"
        return page.say(f"{gone} 台都没有消息：先查收集这一头", f"{gone} terminals are silent: look at the collecting side first")
    if not faults:
        return page.say("没有共同的故障", "No shared fault")
    stopped: int = min(totals.cannot_pay, sum(fault.cannot_pay for fault in faults))
    silent = sum(fault.failing for fault in faults if fault.family == Family.SILENCE)
    said = []
    if stopped:
        how_many = words.count(stopped)
        said.append(page.say(f"{how_many} 台不能收款", f"{how_many} of {all_of_them} terminals cannot pay"))
    if silent:
        how_many = words.count(silent)
        said.append(page.say(f"{how_many} 台没有消息", f"{how_many} {'are' if said else 'terminals are'} silent"))
    if not said and totals.unknown > sum(fault.failing for fault in faults) / 2:
        said.append(page.say("能不能收款不知道", "whether they can pay is not known"))
    elif not said:
        said.append(page.say("都不阻止收款", "payments go on"))
    what = page.say("，", ", ").join(said)
    if page.language == "zh":
        return f"{_how_many(faults, page)}：{what}（共 {all_of_them} 台）"
    return f"{_how_many(faults, page)}: {what}"


def _how_many(faults: Sequence[Fault], page: Page) -> str:
    """Probable remnants of others apart."""
    there = {fault.id for fault in faults}
    rest = sum(fault.remnant_of in there for fault in faults)
    many = len(faults) - rest
    said = page.say(f"{many} 个故障", "One fault" if many == 1 else f"{many} faults")
    return said + page.say(f"和 {rest} 处残余", f" and {rest} probable remnant{'s' * (rest > 1)}") if rest and many else said


def _one_or_many(answer: Answer, faults: Sequence[Fault], page: Page) -> str:
    stopped = answer.totals.cannot_pay
    if not faults or not faults[0].cannot_pay or not stopped:
        return ""
    first = faults[0]
    name, share = words.called(first, page), words.percent(first.cannot_pay, stopped)
    place = words.place(words.likeliest(first), page)
    if first.unplaced is not None:
        place = page.say("说不出是哪一处", "nobody can tell where")
    if len(faults) == 1 and first.cannot_pay >= _ALL * stopped:
        return page.say(f"就是一个故障：{name}（{place}）", f"It is one fault: {name} ({place})")
    if first.cannot_pay > _ONE * stopped:
        return page.say(
            f"主要是一个故障：{name}（{place}），占不能收款的 {share}",
            f"Mostly one fault: {name} ({place}), {share} of those that cannot pay",
        )
    return page.say(
        f"最大的一个：{name}（{place}），占不能收款的 {share}", f"The largest: {name} ({place}), {share} of those that cannot pay"
    )


def _single(answer: Answer, page: Page) -> str:
    alone = sum(answer.single.values()) - min(sum(answer.single.values()), sum(fault.perhaps for fault in answer.faults))
    if not alone:
        return ""
    if alone == 1:
        return page.say("另有 1 台有自己的原因", "Besides, one terminal has a reason of its own")
    many = words.count(alone)
    return page.say(f"另有 {many} 台各有各的原因", f"Besides, {many} terminals each have a reason of their own")


def _unknown(answer: Answer, page: Page) -> str:
    silence = unexplained_silence(answer) if answer.totals.silent <= answer.totals.terminals * _MOST_SILENT else None
    return page.say("；", "; ").join(page.words(said) for said in (silence, unread(answer)) if said is not None)


def _stopped(answer: Answer, page: Page) -> str:
    many = answer.totals.stopped
    if not many:
        return ""
    return page.say(
        f"{words.count(many)} 台的 posdiag 服务已停：能不能收款没有人知道",
        f"On {words.count(many)} the service of posdiag was stopped: nobody knows whether they can pay",
    )


def _act(faults: Sequence[Fault], page: Page) -> list[tuple[str, str]]:
    """Who has to act: those of the largest faults first, each with the numbers of the faults and how many terminals wait for it."""
    by_owner: dict[tuple[str, str], list[tuple[int, Fault]]] = {}
    for number, fault in enumerate(faults, 1):
        by_owner.setdefault((fault.owner, whom(fault)), []).append((number, fault))
    found = []
    for theirs in by_owner.values():
        numbers = [f"#{number}" for number, _ in theirs[:_MANY]] + (["…"] if len(theirs) > _MANY else [])
        called = words.acting(theirs[0][1], page)
        found.append((called, f"{' '.join(numbers)} ({_waiting([fault for _, fault in theirs], page)})"))
    left = len(found) - _MOST_OWNERS
    return found if left <= 0 else [*found[:_MOST_OWNERS], (page.say(f"另有 {left} 家", f"{left} more"), "…")]


def _waiting(faults: Sequence[Fault], page: Page) -> str:
    """How many terminals wait for it."""
    stopped = sum(fault.cannot_pay for fault in faults)
    silent = sum(fault.failing for fault in faults if fault.family == Family.SILENCE)
    affected = sum(fault.failing for fault in faults)
    if stopped:
        return page.say(f"{words.count(stopped)} 台不能收款", f"{words.count(stopped)} cannot pay")
    if silent:
        return page.say(f"{words.count(silent)} 台没有消息", f"{words.count(silent)} silent")
    return page.say(f"影响 {words.count(affected)} 台", f"{words.count(affected)} affected")


def _total(name: str, said: str, kind: str, now: Totals, before: Totals | None, page: Page) -> dict[str, Any] | None:
    number = getattr(now, name)
    if number is None:
        return None
    was = None if before is None else getattr(before, name)
    share = words.percent(number, now.terminals) if name != "terminals" and now.terminals else ""
    worse = was is not None and ((kind == "bad" and number > was) or (kind == "good" and number < was))
    return {
        "number": words.count(number),
        "said": said,
        "share": share,
        "change": "" if was is None else words.change(number, was),
        "worse": worse,
        "bad": kind == "bad" and number > 0,
    }
