"""The fleet's answer as lines for a person: totals, shared faults, single ones as counts, who is silent, what could not be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.contract.times import minute, parse, zone
from agent.diagnosis.causes import Cause, Owner
from agent.fleet.commands.quality_lines import quality_lines
from agent.fleet.localise import wording
from agent.fleet.localise.answer import OTHERS
from agent.fleet.model.answer import Answer, Ended, Fault
from agent.fleet.reading.scanned import Scanned
from agent.present import times
from agent.present.page import Page
from agent.present.words import person
from agent.remedy.catalogue import name_of
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_CAUSES = 8  # of single faults and of notices that are named
_ENDED = 8  # faults that are over
_SHOWN = 80  # characters of a word from outside
_ROWS: tuple[tuple[str, Bilingual, str], ...] = (
    ("can_pay", Bilingual("能收款", "can take payments"), ""),
    ("cannot_pay", Bilingual("不能收款", "cannot take payments"), "red"),
    ("unknown", Bilingual("不清楚", "not known"), "yellow"),
    ("silent", Bilingual("没有消息", "silent"), "yellow"),
    ("never_reported", Bilingual("从未报到", "never reported"), "yellow"),
)


def answer_lines(answer: Answer, found: Scanned | None, page: Page, before: Answer | None = None) -> list[str]:
    lines = [*_totals(answer, page, before), "", *_faults(answer, page), *_unknown(answer, page), *_ended(answer, page)]
    for title, counts in (
        (Bilingual("单台故障", "Single faults"), answer.single),
        (Bilingual("提醒", "Notices"), answer.notices),
    ):
        lines += _counted(title, counts, page)
    return lines + quality_lines(found, page) if found is not None else lines


def _totals(answer: Answer, page: Page, before: Answer | None) -> Iterator[str]:
    totals = answer.totals
    when = times.local(answer.generated_at, page)
    title = page.say(
        f"{totals.terminals:,} 台终端 · {when}", f"{totals.terminals:,} terminal{'' if totals.terminals == 1 else 's'} · {when}"
    )
    yield from page.paint_all(page.wrap(title), "bold")
    names = max(page.measure(page.words(name)) for _, name, _ in _ROWS)
    counts = max(len(f"{getattr(totals, key) or 0:,}") for key, _, _ in _ROWS)
    for key, name, colour in _ROWS:
        count = getattr(totals, key)
        if count is None:
            continue
        line = f"  {page.pad(page.words(name), names)}  {count:>{counts},}"
        if totals.terminals and key != "never_reported":
            line += f"  {_percent(count, totals.terminals):>7}"
        was = getattr(before.totals, key) if before is not None else None
        if before is not None and was is not None:
            line += f"  ({times.brief(before.generated_at, page)}: {was:,})"
        if key == "unknown" and totals.stopped:
            line += page.say(f"  （其中服务已停 {totals.stopped:,}）", f"  (service stopped: {totals.stopped:,})")
        whole = [page.fit(line)] if page.measure(line) <= page.width else page.wrap(line.strip(), first="  ")
        yield from page.paint_all(whole, colour if count else "")


def _percent(count: int, of: int) -> str:
    share = 100 * count / of
    return f"{share:.1f} %" if not 0 < share < 0.1 else "<0.1 %"


def _faults(answer: Answer, page: Page) -> Iterator[str]:
    totals = answer.totals
    if not answer.faults and not totals.terminals:
        yield from page.wrap(page.say("没有读到任何终端，所以什么也说不出", "No terminal was read, so nothing can be told"))
        return
    if not answer.faults and totals.silent >= totals.terminals:
        yield from page.wrap(page.say("所有终端都没有消息：先查收集这一头", "All terminals are silent: look at the collecting side first"))
        return
    if not answer.faults:
        yield from page.wrap(page.say("没有发现许多终端共有的故障", "No fault that many terminals share"))
        return
    count = len(answer.faults)
    title = page.say(f"{count} 个共有的故障", f"{count} shared fault{'' if count == 1 else 's'}")
    yield from page.paint_all(page.wrap(title), "bold")
    for number, fault in enumerate(answer.faults, 1):
        yield ""
        yield from fault_lines(fault, page, number, at=answer.generated_at)


def fault_lines(fault: Fault, page: Page, number: int | None = None, *, at: str = "") -> list[str]:
    """What, where and how many; since when; who has to act, and the first step. `at`: of the answer, by which it is new or not."""
    first = f"{number}. " if number is not None else ""
    rest = " " * len(first)
    title = page.words(wording.title(fault))
    if fault.cannot_pay:
        title += page.say(f"：{fault.cannot_pay:,} 台不能收款", f": {fault.cannot_pay:,} cannot take payments")
    lines = page.paint_all(page.wrap(title, first=first), "red" if fault.cannot_pay else "yellow")

    def add(text: str) -> None:
        lines.extend(page.wrap(text, first=rest))

    add(page.words(wording.rates(fault)))
    if len(fault.where) > 1:
        add(page.words(wording.alternatives(fault)))
    if fault.since is not None:
        add(_since(fault, page))
    who = page.words(person(_owner(fault.owner))) if fault.owner else page.say("还不清楚", "not known yet")
    who = f"{who} {wording.whom(fault)}".rstrip()
    add(page.say(f"由谁处理：{who}", f"who acts: {who}"))
    if fault.step is not None:
        step = page.words(fault.step)
        add(page.say(f"第一步：{step}", f"first step: {step}"))
    for said in _besides(fault, at):
        add(page.words(said))
    return lines + page.paint_all(page.wrap(fault.id, first=rest), "faint")


def _since(fault: Fault, page: Page) -> str:
    assert fault.since is not None
    growing = page.say("，还在增加", ", and growing") if fault.growing else ""
    median, first, last = (times.local(each, page)[:16] for each in (fault.since.median, fault.since.first, fault.since.last))
    begin, end = (each[11:] if each[:10] == median[:10] else each for each in (first, last))
    here = zone(moment.timestamp()) if (moment := times.parse(fault.since.median)) is not None else "UTC"
    if begin == end:
        return page.say(f"开始于 {median}（{here}）{growing}", f"since {median} ({here}){growing}")
    return page.say(
        f"开始于 {median} 前后（{begin} 到 {end}，{here}）{growing}", f"since about {median} ({begin} to {end}, {here}){growing}"
    )


def _besides(fault: Fault, at: str) -> Iterator[Bilingual]:
    if fault.first_told is not None and fault.first_told == at:
        yield Bilingual("新的：上次查看时还没有", "new: it was not there at the last look")
    if fault.perhaps:
        yield Bilingual(
            f"另有 {fault.perhaps:,} 台同类故障没有说明自己在哪里，可能也属于这里",
            f"{fault.perhaps:,} more fail that do not say where they are; they may be of it",
        )
    if fault.together_with is not None:
        other = escape(fault.together_with, _SHOWN)
        yield Bilingual(
            f"和 {other} 同一时刻开始：可能是同一个原因", f"began at the same moment as {other}: there may be one reason for both"
        )
    if fault.masked:
        yield Bilingual(
            f"那里另有 {fault.masked:,} 台判断不了：没有消息，或另有故障",
            f"{fault.masked:,} more there cannot be judged: they are silent, or have another fault",
        )
    if fault.remnant_of is not None:
        other = escape(fault.remnant_of, _SHOWN)
        yield Bilingual(f"很可能是 {other} 的余下部分（标签可能写错）", f"probably a rest of {other} (labels may be wrong)")
    if fault.acknowledged is not None:
        note = escape(fault.acknowledged, 200)
        end = parse(fault.acknowledged_until) if fault.acknowledged_until is not None else None
        until = Bilingual(f"（到 {minute(end)}）", f" (until {minute(end)})") if end is not None else same("")
        said = Bilingual(f"：{note}", f": {note}") if note else same("")
        yield Bilingual(f"已有人处理{until.zh}{said.zh}", f"taken on{until.en}{said.en}")


def _unknown(answer: Answer, page: Page) -> Iterator[str]:
    """Of many the answer knows nothing, and no fault says so: a count alone would look like an all-clear."""
    silence = wording.unexplained_silence(answer) if answer.totals.silent < answer.totals.terminals else None
    for said in (silence, wording.unread(answer)):
        if said is not None:
            yield ""
            yield from page.paint_all(page.wrap(page.words(said)), "yellow")


def _ended(answer: Answer, page: Page) -> Iterator[str]:
    """What is over, or not seen any more."""
    if not answer.ended:
        return
    yield ""
    yield from page.paint(page.say("24 小时内结束的故障", "Over within 24 hours"), "bold").splitlines()
    for each in answer.ended[:_ENDED]:
        yield from page.wrap(page.words(ended_words(each, page)), first="  ")
    if left := answer.ended[_ENDED:]:
        yield from page.wrap(page.say(f"另有 {len(left)} 个", f"and {len(left)} more"), first="  ")


def ended_words(each: Ended, page: Page) -> Bilingual:
    """What, where, from when till when."""
    fault = each.fault
    what, rates = wording.title(fault), wording.rates(fault)
    since = times.brief(fault.since.median, page) if fault.since is not None else ""
    until = times.brief(each.over_by, page)
    if each.unseen:
        when = Bilingual(
            f"{until} 起看不到：那里多数没有消息，或另有故障", f"not seen since {until}: most there are silent, or have another fault"
        )
    elif each.told_last is None:
        when = Bilingual(f"到 {until}；终端事后说的", f"until {until}; as terminals told afterwards")
    else:
        when = Bilingual(f"到 {until} 已结束", f"over by {until}")
    from_ = Bilingual(f"{since} 起，" if since else "", f"from {since}, " if since else "")
    return Bilingual(f"{what.zh}：{rates.zh}；{from_.zh}{when.zh}", f"{what.en}: {rates.en}; {from_.en}{when.en}")


def _counted(title: Bilingual, counts: Mapping[str, int], page: Page) -> Iterator[str]:
    if not counts:
        return
    total = sum(counts.values())
    yield ""
    yield from page.paint_all(page.wrap(page.say(f"{title.zh}：{total:,}", f"{title.en}: {total:,}")), "bold")
    shown = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    width = len(f"{shown[0][1]:,}")
    for code, count in shown[:_CAUSES]:
        yield from page.wrap(page.words(cause_name(code)), first=f"  {count:>{width},}  ")
    if left := shown[_CAUSES:]:
        number = sum(count for _, count in left)
        yield from page.wrap(
            page.say(f"其他 {len(left)} 种", f"{len(left)} other kind{'' if len(left) == 1 else 's'}"), first=f"  {number:>{width},}  "
        )


def cause_name(code: str) -> Bilingual:
    if code == OTHERS:
        return Bilingual("其他不认识的代码", "other codes that are not known")
    try:
        return name_of(Cause.of(code))
    except KeyError:
        return same(escape(code, _SHOWN))


def _owner(code: str) -> Owner:
    return next((each for each in Owner if each.value == code), Owner.foreign(escape(code, _SHOWN)))
