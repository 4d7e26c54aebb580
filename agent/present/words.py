"""Names for what the agent examines and for who acts, in both languages."""

from __future__ import annotations

from agent.diagnosis.causes import Category, Owner, Severity
from agent.present.page import Page
from agent.present.symptoms import SYMPTOMS
from probes.model import Check, Outcome

CATEGORIES: dict[Category, tuple[str, str]] = {
    Category.OPERATOR: ("现场或商户", "on site or with the merchant"),
    Category.NETWORK: ("网络", "network"),
    Category.SYSTEM: ("设备或主机", "equipment or host"),
    Category.UNKNOWN: ("无法判定", "undetermined"),
}

PEOPLE: dict[Owner, tuple[str, str]] = {
    Owner.CASHIER: ("收银员", "cashier"),
    Owner.TECHNICIAN: ("技术员", "technician"),
    Owner.MERCHANT: ("商户", "merchant"),
    Owner.ISP: ("网络运营商", "internet provider"),
    Owner.ACQUIRER: ("收单机构", "acquirer"),
    Owner.VENDOR: ("设备厂商", "equipment vendor"),
}

SEVERITIES: dict[Severity, tuple[str, str]] = {
    Severity.OUTAGE: ("不能收款", "stops payments"),
    Severity.DEGRADED: ("不阻止收款", "does not stop payments"),
    Severity.NOTICE: ("提醒", "notice"),
}

OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.PASS: ("正常", "fine"),
    Outcome.WARN: ("可用，有异常", "works, with a remark"),
    Outcome.FAIL: ("不正常", "failed"),
    Outcome.SKIP: ("没有检查", "not examined"),
    Outcome.UNKNOWN: ("查不出", "could not be told"),
}

LINKS = {"ethernet": ("网线", "cable"), "wifi": ("Wi-Fi", "Wi-Fi"), "cellular": ("移动网络", "mobile network")}

# by the beginning of a check's id, the longest first
_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    ("system:disk", "磁盘", "disk"),
    ("system:memory", "内存", "memory"),
    ("system:load", "处理器负荷", "processor load"),
    ("system:temperature", "温度", "temperature"),
    ("system:battery", "电池", "battery"),
    ("system:clock", "时钟", "clock"),
    ("address:conflict", "地址占用", "address conflict"),
    ("address:route", "默认路由", "default route"),
    ("internet:proxy", "代理", "proxy"),
    ("internet:loss", "丢包", "packet loss"),
    ("internet:mtu", "大包", "large packets"),
    ("internet:via", "备用线路", "backup uplink"),
    ("internet:ntp", "网络时间", "network time"),
    ("internet:names", "别处查询域名", "name asked elsewhere"),
    ("internet:tls", "加密试探", "TLS tried"),
    ("internet:check", "互联网检查", "internet check"),
    ("dns:config", "域名服务器设置", "name server setting"),
    ("link", "网络接口", "interface"),
    ("address", "网络地址", "address"),
    ("router", "路由器", "router"),
    ("dns", "域名服务器", "name server"),
    ("internet", "互联网", "internet"),
    ("gateway", "收单主机", "acquirer's host"),
    ("serial", "串口设备", "serial device"),
    ("app", "支付程序", "payment application"),
)


_ALONE = {
    "address:route",
    "dns:config",
    "internet:proxy",
    "system:memory",
    "system:load",
    "system:temperature",
    "system:battery",
    "system:clock",
}


def kind_of(check_id: str, page: Page) -> str:
    """What sort of thing a check looks at; the id itself where its sort has no name."""
    for prefix, zh, en in _SUBJECTS:
        if check_id == prefix or check_id.startswith((prefix + ":", prefix + "-")):
            return page.say(zh, en)
    return page.fit(check_id)


def subject_of(check_id: str, page: Page, target: str = "") -> str:
    """Sort and name, such as "name server 192.0.2.1". An id has the name after its last fixed part."""
    kind = kind_of(check_id, page)
    if check_id in _ALONE:
        return kind
    name = page.fit(target) or next(
        (page.fit(check_id[len(prefix) + 1 :]) for prefix, _, _ in _SUBJECTS if check_id.startswith((prefix + ":", prefix + "-"))), ""
    )
    return f"{kind} {name}" if name and name != kind else kind


def state_of(check: Check, page: Page) -> str:
    """How a check ended, in words."""
    if check.symptom is not None and check.outcome is not Outcome.SKIP:
        return page.say(*SYMPTOMS[check.symptom])
    words = page.say(*OUTCOMES[check.outcome])
    if not check.because:
        return words
    because = page.fit(check.because)
    reason = subject_of(check.because, page) if ":" in check.because and " " not in check.because else because
    return words + page.say(f"（因为：{reason}）", f" (because of: {reason})")
