"""Causes and response codes in general, without an observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.contract.short_code import Told
from agent.diagnosis.causes import Category, Cause
from agent.present.page import Page
from agent.present.words import CATEGORIES, expected, kind_in_words, person
from agent.remedy.catalogue import PLACEHOLDER, Entry, ResponseCode, StepTemplate, menus, name_of
from agent.remedy.here import FOR_UPLINKS, SOMEWHERE, Platform
from agent.remedy.values import UNKNOWN
from probes.ground.bilingual import Bilingual

# what reads well in general; the other placeholders name one thing of many, and leave a gap
_GENERAL = ("provider", "acquirer", "technician", "isp", "holder", "merchant", "terminal", "serial_number", "time", "log")
_SYSTEMS = {Platform.ANDROID: "Android", Platform.LINUX: "Linux"}


def cause_lines(entry: Entry, page: Page) -> list[str]:
    code = entry.code
    about = [
        str(code),
        page.say("归属：", "where: ") + page.words(CATEGORIES[code.category]),
        page.say("处理：", "who ends it: ") + page.words(person(code.owner)),
    ]
    lines = [*page.paint_all(page.wrap(page.words(name_of(code))), "bold"), *page.paint_all(page.flow(about), "faint")]
    lines += _part(page.say("意思", "What it means"), page.wrap(general(entry.summary, page), first="  "), page)
    lines += _part(page.say("怎样识别", "How it is recognised"), page.wrap(general(entry.recognised, page), first="  "), page)
    steps: list[str] = []
    for number, step in enumerate(entry.steps, 1):
        who = page.say(f"【{person(step.who).zh}】", f"[{person(step.who).en}] ")
        marker = page.say("【会中断收款】", "[interrupts payments] ") if step.interrupts_payment else ""
        first = f"  {number}. "
        steps += page.wrap(who + marker + _condition(step, page) + general(Bilingual(step.zh, step.en), page), first=first)
        steps += page.paint_all(page.wrap(general(expected(step.expect), page), first=" " * len(first) + "→ "), "faint")
    return lines + _part(page.say("怎么办", "What to do"), steps, page)


def response_lines(shown: str, code: ResponseCode, page: Page) -> list[str]:
    title = page.say(f"应答码 {shown}", f"Response code {shown}")
    lines = [page.paint(title, "bold"), *page.wrap(page.words(code.meaning), first="  ")]
    if code.on_sale is not None:
        title = page.say("在一笔刷卡交易上出现时", "On a card transaction")
        lines += _part(title, page.wrap(page.words(code.on_sale), first="  "), page)
    lines += _part(page.say("怎么办", "What to do"), page.wrap(page.words(code.do), first="  "), page)
    if code.cause is not None:
        more = f"{page.words(name_of(code.cause))} · posdiag explain {code.cause}"
        lines += _part(page.say("对应的原因", "The cause it stands for"), page.wrap(more, first="  "), page)
    return lines


def list_lines(entries: Sequence[Entry], codes: Mapping[str, ResponseCode], page: Page) -> list[str]:
    """All causes by category, then the response codes."""
    lines: list[str] = []
    for category in Category:
        of_it = [entry for entry in entries if entry.code.category is category]
        if not of_it:
            continue
        table = [line for entry in of_it for line in _row(str(entry.code), page.words(name_of(entry.code)), page)]
        lines += [*([""] if lines else []), page.paint(f"{page.words(CATEGORIES[category])} ({category})", "bold"), *table]
    if codes:
        table = [line for shown, code in codes.items() for line in page.wrap(page.words(code.meaning), first=page.pad(f"  {shown}", 6))]
        lines += _part(page.say("屏幕上的应答码", "Response codes on the screen"), table, page)
    return [*lines, "", *page.wrap(page.say("细节：posdiag explain 代码", "For more: posdiag explain CODE"))]


def _condition(step: StepTemplate, page: Page) -> str:
    kinds = [kind_in_words(pattern, page) for pattern in step.only_if]
    named = page.say("、", ", ").join(kinds)
    where = page.say(f"（{named}正常时）", f"(where this works: {named}) ") if kinds else ""
    systems = page.say("、", ", ").join(_SYSTEMS[each] for each in step.platform)
    where += page.say(f"（{systems}）", f"({systems}) ") if systems else ""
    return where + (page.words(FOR_UPLINKS[frozenset(kind.value for kind in step.uplink)]) if step.uplink else "")


def _row(code: str, text: str, page: Page) -> list[str]:
    left = max(len(cause) for cause in Cause) + 4
    if left > page.width // 2:
        return [*page.wrap(code, first="  "), *page.wrap(text, first="      ")]
    return page.wrap(text, first=page.pad(f"  {code}", left))


def _part(title: str, lines: list[str], page: Page) -> list[str]:
    return ["", page.paint(title, "bold"), *lines] if lines else []


def general(template: Bilingual, page: Page) -> str:
    """The sentence with general words where an observation would stand."""
    return page.words(Bilingual(_filled(template.zh, "zh"), _filled(template.en, "en")))


def _filled(template: str, language: str) -> str:
    known = {name: UNKNOWN[name] for name in _GENERAL} | {name: by[SOMEWHERE.platform] for name, by in menus().items()}
    return PLACEHOLDER.sub(lambda match: known[match[1]].of(language) if match[1] in known else "…", template)


def short_code_lines(told: Told, configured: str, page: Page) -> list[str]:
    """What a short code says besides its cause. `configured`: what stands at that place here."""
    if told.kind is None:
        return []
    kind = page.words(told.kind.called)
    if not told.place:
        return page.wrap(page.say(f"关于：{kind}", f"About: {kind}"))
    here = page.say(f"（本机配置里是 {page.fit(configured)}）", f" (here that is {page.fit(configured)})") if configured else ""
    return page.wrap(
        page.say(f"关于：{kind}，配置里的第 {told.place} 个{here}", f"About: {kind}, number {told.place} of its configuration{here}")
    )
