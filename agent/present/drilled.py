"""A drill in words: what will be done and what it costs, how it went, and what to do where it failed."""

from __future__ import annotations

from msgspec.structs import replace

from agent.contract.document import Status
from agent.diagnosis.model import CanPay
from agent.diagnosis.views import own_way
from agent.present import path, sections
from agent.present.document import Document
from agent.present.page import Page
from probes.ground.bilingual import Bilingual
from probes.model import Layer, Outcome

_SHOWN = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


def before(what: str, name: str, current: str, cost: int, page: Page, *, backup: bool) -> list[str]:
    """`current`: the interface that leads out; `cost`: bytes at most."""
    kb, shown, kind = f"{cost / 1000:.0f} kB", page.fit(name), _kind(what, backup)
    if what == "uplink":
        first = page.say(f"演练：真的经过{kind.zh} {shown} 试一次", f"A drill: the {kind.en} {shown} is tried for real")
        stays = page.say(
            f"什么都不会切换：收款照常走 {page.fit(current)}。最多用 {kb} 流量（{shown}）。"
            if current and current != name
            else f"什么都不会切换。最多用 {kb} 流量（{shown}）。",
            f"Nothing is switched: payments go on over {page.fit(current)}. It costs at most {kb} on {shown}."
            if current and current != name
            else f"Nothing is switched. It costs at most {kb} on {shown}.",
        )
    else:
        first = page.say(f"演练：真的连一次{kind.zh} {shown}", f"A drill: the {kind.en} {shown} is tried for real")
        stays = page.say(
            f"什么都不会切换，不发起交易，只发网络管理报文（次数有限制）。最多用 {kb} 流量。",
            f"Nothing is switched and nothing is charged: at most a network-management message, where its limit allows one. "
            f"It costs at most {kb}.",
        )
    return [*page.paint_all(page.wrap(first), "bold"), *page.wrap(stays, first="  ", rest="  ")]


def after(what: str, name: str, result: str, remark: str, status: Status, current: str, page: Page, *, backup: bool) -> list[str]:
    document = Document(status)
    shown = page.fit(name)
    lines = [*_headline(_kind(what, backup), shown, result, page), *_seen(what, document, page)]
    if remark:
        lines += page.paint_all(
            page.wrap(
                page.say(
                    "注意：系统里设置的域名服务器经这条线路都没有应答，是另外的服务器应答的。切换后若解析失败，请给系统加一个公共域名服务器。",
                    "Note: none of the system's name servers answers over this line; another one did. If names fail after a switch, add a "
                    "public name server to the system's.",
                ),
                first="  ",
                rest="  ",
            ),
            "yellow",
        )
    if result != "passed":
        lines += _what_to_do(shown, document, current != name, page)
    return lines


def _kind(what: str, backup: bool) -> Bilingual:
    """What is in use every day can be tried too, where it is named."""
    if what == "uplink":
        return Bilingual("备用网络", "backup uplink") if backup else Bilingual("网络", "uplink")
    return Bilingual("备用收单主机", "backup gateway") if backup else Bilingual("收单主机", "gateway")


def _headline(kind: Bilingual, shown: str, result: str, page: Page) -> list[str]:
    match result:
        case "passed":
            text = page.say(f"通过：{kind.zh} {shown} 现在能用。", f"Passed: the {kind.en} {shown} works now.")
            colour = "green"
        case "failed":
            text = page.say(f"没通过：现在出故障的话，{kind.zh} {shown} 帮不上忙。", f"Failed: the {kind.en} {shown} would not help now.")
            colour = "red"
        case _:
            text = page.say(f"没法试：不知道{kind.zh} {shown} 能不能用。", f"Could not be tried: nobody knows whether {shown} works.")
            colour = "yellow"
    return page.paint_all(page.wrap(text), colour)


def _seen(what: str, document: Document, page: Page) -> list[str]:
    """Of a gateway's drill what is well on the way there is no news."""
    checks = [c for c in own_way(document.checks) if c.layer in _SHOWN and c.outcome is not Outcome.SKIP]
    if what == "gateway":
        checks = [c for c in checks if c.layer is Layer.GATEWAY or c.outcome in (Outcome.FAIL, Outcome.WARN)]
    return [line for c in checks for line in page.wrap(sections.in_short(c, page), first=f"  {page.fit(path.MARKS[c.outcome])} ")]


def _what_to_do(shown: str, document: Document, others: bool, page: Page) -> list[str]:
    leading = document.leading
    if leading is None:
        return []
    status = document.status
    if others:  # payments go on meanwhile, and what would interrupt them does so
        status = replace(status, can_pay=CanPay.YES)
    for_it = page.say(f"{shown}：", f"{shown}: ")
    return [
        "",
        *page.wrap(for_it + page.words(leading.summary)),
        *sections.steps(Document(status), page),
    ]
