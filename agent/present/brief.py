"""What stands on the screen before anything else: how to go on selling, the first steps, whom to call and what to say."""

from __future__ import annotations

from agent.contract.document import CauseEntry, Status
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.present import times
from agent.present.document import Document
from agent.present.page import Page
from agent.present.sections import heading, step_in_words
from agent.present.words import person
from agent.remedy.catalogue import name_of
from agent.remedy.here import uplinks
from probes.ground.bilingual import Bilingual

STEPS = 3  # on the first screen
LIST_FROM = 60  # columns; on narrower pages short items stand behind each other

# which contract has the number
_CONTRACTS: dict[Owner, Bilingual] = {
    Owner.ACQUIRER: Bilingual("号码在收单协议或签购单上", "the number is on the contract with your bank or payment company"),
    Owner.ISP: Bilingual("号码在宽带或流量卡的合同、账单上", "the number is on the contract or the bill for the internet line or the SIM"),
}
# of the internet's, where the kinds of uplink are known
_LINE = Bilingual("号码在宽带的合同或账单上", "the number is on the contract or the bill for the internet line")
_LINES: dict[frozenset[str], Bilingual] = {
    **dict.fromkeys(map(frozenset, (("ethernet",), ("wifi",), ("ethernet", "wifi"))), _LINE),
    frozenset({"cellular"}): Bilingual("号码在流量卡的合同或账单上", "the number is on the contract or the bill for the SIM"),
}
_CALLED = {
    Owner.ACQUIRER: Bilingual("收单机构（银行或支付公司）", "acquirer (your bank or payment company)"),
    Owner.VENDOR: Bilingual("服务商", "service provider"),
}
_OTHERWISE = Bilingual("号码在终端的服务合同或机身标签上", "the number is on the terminal's service contract or on its label")


def selling(status: Status, page: Page) -> list[str]:
    if not status.selling:
        return []
    in_use = all(way.in_use for way in status.selling)
    title = page.say("收款照常", "Sales go on") if in_use else page.say("先这样收款", "To go on selling now")
    texts = [page.words(way.text) for way in status.selling]
    if page.width < LIST_FROM:
        return page.wrap(page.say("；", ". ").join(texts) + page.say("。", "."), first=f"{title}{page.say('：', ': ')}", rest="  ")
    return [page.paint(title, "bold"), *(line for text in texts for line in page.wrap(text, first="  - "))]


def first_steps(document: Document, page: Page) -> list[str]:
    """Of the leading cause, or of what hinders the look, the first few, without what is seen afterwards."""
    leading = document.leading or document.hindrance
    found = [step for step in document.status.remediation if leading is not None and step.cause == leading.code]
    if not found:
        return []
    lines = [heading(page, "怎么办", "What to do")]
    for step in found[:STEPS]:
        lines += page.wrap(step_in_words(step, document, page), first=f"  {step.step}. ")
    return lines


def call(document: Document, page: Page) -> list[str]:
    """Whom to call if that does not help, and what to say."""
    found = call_in_words(document, page)
    if not found:
        return []
    whom, say = found
    return [*page.wrap(page.say("还不行就打给", "If that does not help, call ") + whom, rest="  "), *page.wrap(say, first="  ", rest="  ")]


def call_in_words(document: Document, page: Page) -> tuple[str, str] | None:
    """Whom, with the number or where it stands, and what to say. None where there is nobody to be called."""
    whom, leading = document.status.call, document.leading
    if whom is None or leading is None:
        return None
    named_as = page.words(called(whom.who))
    named = " ".join(filter(None, (page.fit(whom.name), page.fit(whom.phone))))
    if not whom.phone:
        where = page.words(where_the_number_stands(whom.who, uplinks(leading, document.checks)))
        named = " ".join(filter(None, (named, page.say(f"（{where}）", f"({where})"))))
    say = page.say("就说：", "Say: ") + _to_say(document.status, leading, page)
    return page.say(f"{named_as}：{named}", f"the {named_as}: {named}"), say


def called(who: Owner) -> Bilingual:
    """Whoever is to be called, as people know him."""
    return _CALLED.get(who) or person(who)


def where_the_number_stands(who: Owner, kinds: frozenset[str]) -> Bilingual:
    """Where there is none in the configuration. `kinds`: of the uplinks in question."""
    line = _LINES.get(kinds) if who is Owner.ISP else None
    return line or _CONTRACTS.get(who, _OTHERWISE)


def _to_say(status: Status, cause: CauseEntry, page: Page) -> str:
    wrong_clock = any(each.code is Cause.CLOCK_WRONG for each in status.causes)
    since = "" if wrong_clock else times.brief(status.since, page)
    name = page.words(name_of(cause.code))
    code = page.say(f"，短码 {cause.short}", f", short code {cause.short}") if cause.short else ""
    terminal = page.fit(status.terminal.id)
    began = page.say(f"，{since} 起", f", since {since}") if since else ""
    return page.say(f"“终端 {terminal}，{name}{code}{began}。”", f"“Terminal {terminal}, {name}{code}{began}.”")


def others(document: Document, page: Page) -> list[str]:
    """One line for each other fault and each notice; one that stands alone is told whole."""
    lines: list[str] = []
    left = [cause for cause in document.status.causes if cause not in (document.leading, document.hindrance)]
    for cause in left:
        notice = cause.severity is Severity.NOTICE
        title = page.say("提醒：", "Notice: ") if notice else page.say("同时还有：", "Also wrong: ")
        told = title + page.words(cause.summary)
        shown = page.wrap(told, rest="  ") if len(left) == 1 else [page.shorten(told, page.width)]
        lines += page.paint_all(shown, "faint" if notice else "yellow")
    return lines


def more(command: str, page: Page) -> list[str]:
    return page.wrap(page.say(f"路径、依据和全部步骤：{command} --details", f"The path, the evidence and all steps: {command} --details"))
