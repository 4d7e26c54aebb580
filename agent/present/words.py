"""Names for what the agent examines and for who acts, in both languages. What a later version names is said by its code."""

from __future__ import annotations

from agent.diagnosis.causes import Category, Owner, Severity
from agent.present.page import Page
from agent.present.symptoms import symptom_in_words
from probes.ground.bilingual import Bilingual, same
from probes.model import Check, Facts, Kind, Outcome, kind_of

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

INTERFACE = Bilingual("网络接口", "interface")
# by the kind of an interface
LINKS = {
    "ethernet": Bilingual("网线", "cable"),
    "wifi": Bilingual("Wi-Fi", "Wi-Fi"),
    "cellular": Bilingual("移动网络", "mobile network"),
}

KINDS: dict[Kind, Bilingual] = {
    Kind.LINK: INTERFACE,
    Kind.ADDRESS: Bilingual("网络地址", "address"),
    Kind.DEFAULT_ROUTE: Bilingual("默认路由", "default route"),
    Kind.CONFLICT: Bilingual("地址占用", "address conflict"),
    Kind.ROUTER: Bilingual("路由器", "router"),
    Kind.RESOLVER: Bilingual("域名服务器", "name server"),
    Kind.NO_RESOLVER: Bilingual("域名服务器设置", "name server setting"),
    Kind.HTTP_CHECK: Bilingual("互联网检查", "internet check"),
    Kind.REACH: Bilingual("互联网", "internet"),
    Kind.PROXY: Bilingual("代理", "proxy"),
    Kind.LOSS: Bilingual("丢包", "packet loss"),
    Kind.BACKUP: Bilingual("备用线路", "backup uplink"),
    Kind.NAMES_ELSEWHERE: Bilingual("别处查询域名", "name asked elsewhere"),
    Kind.TLS_SPOKEN: Bilingual("加密试探", "TLS tried"),
    Kind.NTP: Bilingual("网络时间", "network time"),
    Kind.GATEWAY: Bilingual("收单主机", "acquirer's host"),
    Kind.SERIAL: Bilingual("串口设备", "serial device"),
    Kind.SERIAL_PRESENT: Bilingual("未配置的串口", "ports that nobody configured"),
    Kind.APP: Bilingual("支付程序", "payment application"),
    Kind.DISK: Bilingual("磁盘", "disk"),
    Kind.MEMORY: Bilingual("内存", "memory"),
    Kind.LOAD: Bilingual("处理器负荷", "processor load"),
    Kind.TEMPERATURE: Bilingual("温度", "temperature"),
    Kind.BATTERY: Bilingual("电池", "battery"),
    Kind.CLOCK: Bilingual("时钟", "clock"),
    Kind.EXAMINATION: Bilingual("整次检查", "the examination"),
    Kind.PLUGIN: Bilingual("插件检查", "plug-in check"),
    Kind.DOCUMENT: Bilingual("状态文档", "status document"),
}


def person(who: Owner) -> Bilingual:
    return PEOPLE.get(who) or same(who.value)


def kind_in_words(check_id: str, page: Page) -> str:
    """What sort of thing a check looks at; the id itself where its sort has no name. Patterns over ids do as well."""
    words = KINDS.get(kind_of(check_id))
    return page.fit(check_id) if words is None else page.words(words)


def subject_of(check_id: str, page: Page, target: str = "") -> str:
    """Sort and name, such as "name server 192.0.2.1"; the target, where it is given, in the place of the name."""
    kind, sort = kind_of(check_id), kind_in_words(check_id, page)
    if kind.one or (kind is Kind.OTHER and check_id.endswith(target)):
        return sort
    name = page.fit(target or kind.subject_of(check_id))
    return f"{sort} {name}" if name and name != sort else sort


def state_of(check: Check[Facts], page: Page) -> str:
    """How a check ended, in words."""
    if check.symptom is not None and check.outcome is not Outcome.SKIP:
        return page.words(symptom_in_words(check.symptom))
    words = page.words(OUTCOMES[check.outcome])
    if not check.because:
        return words
    because = page.fit(check.because)
    reason = subject_of(check.because, page) if ":" in check.because and " " not in check.because else because
    return words + page.say(f"（因为：{reason}）", f" (because of: {reason})")
