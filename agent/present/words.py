"""Names for what the agent examines and for who acts, in both languages. What a later version names is said by its code."""

from __future__ import annotations

from agent.contract.document import Status, Step
from agent.diagnosis.causes import Category, Owner, Severity
from agent.diagnosis.model import CanPay
from agent.present.page import Page
from agent.present.reasons import reason
from agent.present.symptoms import symptom_in_words
from agent.remedy.observed import ASKED_ITSELF
from probes.ground.bilingual import Bilingual, same
from probes.model import Check, Facts, Kind, Outcome, Symptom, kind_of
from probes.model.facts import NameCostFacts, PluginFacts, RemoteFacts

_ITS_RESOLVER = Bilingual("终端所用的域名服务器", "the terminal's name server")
CATEGORIES: dict[Category, Bilingual] = {
    Category.OPERATOR: Bilingual("现场或商户", "on site or with the merchant"),
    Category.NETWORK: Bilingual("网络", "network"),
    Category.SYSTEM: Bilingual("设备或主机", "equipment or host"),
    Category.UNKNOWN: Bilingual("无法判定", "undetermined"),
}

PEOPLE: dict[Owner, Bilingual] = {
    Owner.CASHIER: Bilingual("收银员", "cashier"),
    Owner.TECHNICIAN: Bilingual("技术员", "technician"),
    Owner.MERCHANT: Bilingual("商户", "merchant"),
    Owner.ISP: Bilingual("网络运营商", "internet provider"),
    Owner.ACQUIRER: Bilingual("收单机构", "acquirer"),
    Owner.VENDOR: Bilingual("设备厂商", "equipment vendor"),
}

SEVERITIES: dict[Severity, Bilingual] = {
    Severity.OUTAGE: Bilingual("不能收款", "stops payments"),
    Severity.DEGRADED: Bilingual("不阻止收款", "does not stop payments"),
    Severity.NOTICE: Bilingual("提醒", "notice"),
}

OUTCOMES: dict[Outcome, Bilingual] = {
    Outcome.PASS: Bilingual("正常", "fine"),
    Outcome.WARN: Bilingual("可用，有异常", "works, with a remark"),
    Outcome.FAIL: Bilingual("不正常", "failed"),
    Outcome.SKIP: Bilingual("没有检查", "not examined"),
    Outcome.UNKNOWN: Bilingual("查不出", "could not be told"),
}

_BROKEN_OFF = Bilingual("没有查完", "not finished")

# by the kind of an interface
LINKS = {
    "ethernet": Bilingual("网线", "cable"),
    "wifi": Bilingual("Wi-Fi", "Wi-Fi"),
    "cellular": Bilingual("移动网络", "mobile network"),
}


def person(who: Owner) -> Bilingual:
    return PEOPLE.get(who) or same(who.value)


def expected(expect: Bilingual) -> Bilingual:
    """What stands behind a step: what one sees then; or, where it begins with You in English and with such a verb in Chinese, what one
    knows or gets."""
    if expect.en.startswith("You "):
        return Bilingual(f"之后应{expect.zh}", f"You should {expect.en.removeprefix('You ')}")
    return Bilingual(f"之后应看到：{expect.zh}", f"You should see: {expect.en}")


def kind_in_words(check_id: str, page: Page) -> str:
    """What sort of thing a check looks at; the id itself where its sort has no name. Patterns over ids do as well."""
    kind = kind_of(check_id)
    return page.fit(check_id) if kind is Kind.OTHER else page.words(kind.called)


def subject_of(check_id: str, page: Page, target: str = "") -> str:
    """Sort and name, such as "name server 192.0.2.1"; the target, where it is given, in the place of the name."""
    kind, sort = kind_of(check_id), kind_in_words(check_id, page)
    if kind.one or (kind is Kind.OTHER and check_id.endswith(target)):
        return sort
    if kind is Kind.RESOLVER and kind.subject_of(check_id) == ASKED_ITSELF:
        return page.words(_ITS_RESOLVER)
    name = page.fit(target or kind.subject_of(check_id))
    return f"{sort} {name}" if name and name != sort else sort


def seen_wrong(check: Check[Facts]) -> Bilingual:
    """What was seen to be wrong: a plug-in's own words where it has some. Empty where the check has no symptom."""
    said = check.facts.said if isinstance(check.facts, PluginFacts) and check.symptom is Symptom.PLUGIN_FAILED else None
    return said or (symptom_in_words(check.symptom) if check.symptom else same(""))


def _begun(check: Check[Facts]) -> bool:
    """Whether it was begun, and had to end before it told anything: what it asked in vain stands beside it."""
    facts = check.facts
    asked = (isinstance(facts, RemoteFacts) and facts.phase is not None) or (isinstance(facts, NameCostFacts) and bool(facts.servers))
    return check.outcome is Outcome.SKIP and asked


def state_of(check: Check[Facts], page: Page) -> str:
    """How a check ended, in words."""
    if check.symptom is not None and check.outcome is not Outcome.SKIP:
        return page.words(seen_wrong(check)) + _with_cure(check, page)
    words = page.words(_BROKEN_OFF if _begun(check) else OUTCOMES[check.outcome])
    if not check.because:
        return words
    if ":" in check.because and " " not in check.because:
        return words + page.say(f"（因为：{subject_of(check.because, page)}）", f" (because of: {subject_of(check.because, page)})")
    return words + page.say("（", " (") + reason(check.because, page) + page.say("）", ")")


def _with_cure(check: Check[Facts], page: Page) -> str:
    """What prevented the look, and what helps. An id says only because of which other check it was not made."""
    if check.outcome is not Outcome.UNKNOWN or check.symptom is Symptom.CRASHED or not check.because or " " not in check.because:
        return ""
    return page.say("（", " (") + reason(check.because, page) + page.say("）", ")")


def interrupts(step: Step, status: Status) -> bool:
    """Whether to say that the step interrupts payments: that is news only while some are possible."""
    return step.interrupts_payment and status.can_pay is not CanPay.NO
