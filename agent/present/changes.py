"""What changed, in a few words; and the one line of what changed last before an incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.present import times
from agent.present.document import Document
from agent.present.page import Page
from probes.ground.bilingual import Bilingual

# by what changed and to what: a value that is named, none any more (""), one where there was none ("+"), and any other ("*")
_WORDS: dict[str, dict[str, Bilingual]] = {
    "link": {
        "up": Bilingual("{s} 接通了", "{s} was connected"),
        "no_carrier": Bilingual("{s} 断开了", "{s} was cut off"),
        "not_associated": Bilingual("{s} 断开了", "{s} was cut off"),
        "wrong_password": Bilingual("{s} 的无线密码被拒绝", "the Wi-Fi refused the password of {s}"),
        "admin_down": Bilingual("{s} 被停用了", "{s} was switched off"),
        "radio_off": Bilingual("{s} 的无线开关被关掉了", "the radio of {s} was switched off"),
        "absent": Bilingual("{s} 不见了", "{s} went away"),
        "*": Bilingual("{s} 变了", "{s} changed"),
    },
    "address": {
        "": Bilingual("{s} 没有地址了", "{s} lost its address"),
        "+": Bilingual("{s} 得到了地址", "{s} got an address"),
        "*": Bilingual("{s} 换了地址", "{s} got another address"),
    },
    "router": {
        "": Bilingual("不再有路由器地址", "there was no default router any more"),
        "+": Bilingual("有了路由器地址", "there was a default router again"),
        "*": Bilingual("路由器的地址变了", "the router's address changed"),
    },
    "resolvers": {"*": Bilingual("域名服务器变了", "the name servers changed")},
    "uplink": {"*": Bilingual("上网改走 {a}", "the way out became {a}")},
    "wifi": {"*": Bilingual("{s} 换到了 Wi-Fi {a}", "{s} joined {a}")},
    "sim": {"*": Bilingual("SIM 卡状态变了", "the SIM card's state changed")},
    "gateway_address": {"*": Bilingual("收单主机 {s} 换了地址", "host {s} got another address")},
    "gateway_certificate": {"*": Bilingual("收单主机 {s} 换了证书", "host {s} got another certificate")},
    "app": {
        "": Bilingual("收款程序 {s} 停了", "application {s} ended"),
        "+": Bilingual("收款程序 {s} 启动了", "application {s} was started"),
        "*": Bilingual("收款程序 {s} 重新启动了", "application {s} was restarted"),
    },
    "device": {
        "": Bilingual("{s} 被拔下了", "{s} was unplugged"),
        "+": Bilingual("{s} 插上了", "{s} was plugged in"),
        "*": Bilingual("{s} 换了端口", "{s} got another port"),
    },
    "printer": {
        "paper_out": Bilingual("{s} 没纸了", "{s} ran out of paper"),
        "paper_low": Bilingual("{s} 的纸快用完了", "the paper of {s} ran low"),
        "paper_adequate": Bilingual("{s} 装好了纸", "{s} got paper"),
        "cover_open": Bilingual("{s} 的盖子打开了", "the cover of {s} was opened"),
        "*": Bilingual("{s} 变了", "{s} changed"),
    },
    "power": {
        "mains": Bilingual("接上了充电器", "the charger was connected"),
        "battery": Bilingual("拔下了充电器", "the charger was unplugged"),
        "*": Bilingual("供电变了", "the power changed"),
    },
    "clock": {"*": Bilingual("时钟被调了 {a}", "the clock was set by {a}")},
    "config": {"*": Bilingual("posdiag 的配置改了", "the configuration of posdiag was changed")},
    "agent": {"*": Bilingual("posdiag 换了版本", "posdiag got another version")},
    "system": {"*": Bilingual("操作系统升级了", "the operating system was upgraded")},
    "boot": {"*": Bilingual("终端重启了", "the terminal was restarted")},
    "disk": {
        "ok": Bilingual("磁盘 {s} 恢复正常", "the disk {s} was well again"),
        "disk_full": Bilingual("磁盘 {s} 满了", "the disk {s} filled"),
        "*": Bilingual("磁盘 {s} 出了问题", "something went wrong with the disk {s}"),
    },
}
_REPLACED = Bilingual("路由器换了一台", "the router was replaced")
_SPEED = Bilingual("{s} 的网速档位变了", "the speed of {s} changed")
_FLICKERED = Bilingual("{s} 断开又接通", "{s} was cut off and came back")
_OF_THE_CAUSE = frozenset(["link", "device", "printer", "app", "disk", "power"])  # what a cause itself speaks of


def in_words(change: Mapping[str, Any], page: Page) -> str:
    """Empty for a change that only a later version knows."""
    what, subject, before, after = (str(change.get(key, "")) for key in ("what", "subject", "before", "after"))
    words = _WORDS.get(what)
    if words is None:
        return ""
    found = _special(what, subject, before, after) or words.get(after.partition(" ")[0])
    if found is None:
        found = words.get("+" if not before else "*") or words["*"]
    known = {"s": page.fit(subject), "a": page.fit(after)}
    text = page.words(Bilingual(found.zh.format(**known), found.en.format(**known)))
    count = change.get("count", 1)
    return text + (page.say(f"（{count} 次）", f" ({count} times)") if isinstance(count, int) and count > 1 else "")


def _special(what: str, subject: str, before: str, after: str) -> Bilingual | None:
    if what == "router" and ("." in subject or ":" in subject):  # an address, whose values are machines
        return _REPLACED
    if what == "link" and before.startswith("up") and after.startswith("up"):
        return _FLICKERED if before == after else _SPEED
    return None


def last_before(document: Document, page: Page) -> list[str]:
    """One line, where something changed before the incident that is more than what the cause says already."""
    incident, leading = document.status.incident, document.leading
    if incident is None or leading is None:
        return []
    for change in incident.changes_before:
        seconds = change.get("seconds", 0)
        words = in_words(change, page)
        if not words or not isinstance(seconds, int | float):
            continue
        if seconds < 1 and change.get("what") in _OF_THE_CAUSE and change.get("subject") in (leading.subject, ""):
            continue
        span = times.span(seconds, page)
        when = page.say(f"此前 {span}：", f"{span} before: ") if seconds >= 1 else page.say("同时：", "At the same time: ")
        return page.paint_all([page.shorten(when + words, page.width)], "faint")
    return []
