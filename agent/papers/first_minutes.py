"""Of the emergency book: what to do in the first five minutes, whom to call, and what to have ready then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.diagnosis.causes import Owner
from agent.present import brief
from agent.present.page import Page
from agent.remedy.possible import CELLULAR, WIFI, WIRED, Machine
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.masking import mask_number
from probes.settings import SerialRole

_FOR: tuple[tuple[str, Bilingual], ...] = (
    ("provider", Bilingual("终端、收款程序", "the terminal and the payment application")),
    ("acquirer", Bilingual("商户号、代码、主机、结算", "merchant number, codes, host, settlement")),
    ("technician", Bilingual("网线、路由器、设置", "cables, router, settings")),
    ("isp", Bilingual("宽带线路", "the internet line")),
)
_NAMES = {
    "provider": Owner.VENDOR,
    "acquirer": Owner.ACQUIRER,
    "technician": Owner.TECHNICIAN,
    "isp": Owner.ISP,
}
_MOST_NAMED = 2
_SIM = Bilingual("流量卡", "the SIM")
_BOTH = Bilingual("宽带线路、流量卡", "the internet line and the SIM")


def first_minutes(settings: Settings, machine: Machine) -> Iterator[Bilingual]:
    """In their order: what prevents harm, what is quickest to look at, what tells the line from the terminal."""
    kinds = {uplink.kind for uplink in machine.uplinks}
    yield Bilingual(
        "先别重刷：在收款程序的交易明细里查最后一笔，确认没有扣款再重收",
        "Do not charge again yet: look the last sale up in the application's list, and repeat it only if nothing was charged",
    )
    yield Bilingual(
        "抄下或拍下屏幕上的字和代码，记下时间",
        "Copy or photograph the words and the code on the screen, and note the time",
    )
    power = Bilingual("看终端有没有电、屏幕亮不亮", "See that the terminal has power and its screen is lit")
    if printers := [device for device in settings.serial if device.role is SerialRole.PRINTER]:
        names = [device.label or device.name for device in printers[:_MOST_NAMED]]
        named = "、".join(names), ", ".join(names)
        power = Bilingual(f"{power.zh}；再看{named[0]}有没有纸、盖没盖好", f"{power.en}; then the paper and the cover of {named[1]}")
    yield power
    yield from _lamps(kinds)
    yield Bilingual(
        "看 posdiag 的结果（posdiag check，或后台屏幕）：它说的名称在第 1 页的目录里",
        "See what posdiag says (posdiag check, or the back-office screen): the contents on page 1 list its names",
    )
    yield Bilingual(
        "照下面的办法继续收款，同时翻到那一页照着做",
        "Go on selling as below, and meanwhile do what that page says",
    )
    yield Bilingual(
        "做完还不行就打电话；每做一步，在最后一页记一行",
        "If that does not help, call; write each thing that you do on the last page",
    )


def _lamps(kinds: set[str | None]) -> Iterator[Bilingual]:
    if {WIRED, WIFI} & kinds or not kinds:
        phone = Bilingual(
            "看路由器的灯；再用手机连店里的 Wi-Fi（关掉移动数据）打开一个网页：打不开，是店里的网络",
            "Look at the router's lamps; then open a web page on a phone over the shop's Wi-Fi (mobile data off): if that fails, "
            "it is the shop's line",
        )
        if WIRED in kinds:
            yield Bilingual(
                "看终端网口旁的灯，不亮就把网线两头推到底", "If the lamp beside the terminal's network socket is dark, push in both plugs"
            )
        if kinds == {WIFI}:
            yield Bilingual(
                "看终端屏幕上的 Wi-Fi 标志，连的是不是自己店的", "See that the terminal's Wi-Fi sign is there, and its network your own"
            )
        yield phone
    if CELLULAR in kinds:
        yield Bilingual(
            "看终端屏幕上的移动信号有几格，没有就拿到窗边",
            "See how many bars the terminal's mobile signal has; if none, carry it to a window",
        )


def contacts(settings: Settings, machine: Machine, page: Page) -> list[dict[str, Any]]:
    """Who is there to call, the line to write a missing number on included."""
    kinds = {uplink.kind for uplink in machine.uplinks}
    found = []
    for key, what in _FOR:
        contact = getattr(settings.support, key)
        if key == "isp" and CELLULAR in kinds:
            what = _SIM if kinds == {CELLULAR} else _BOTH
        found.append({"who": page.words(brief.called(_NAMES[key])), "name": contact.name, "phone": contact.phone, "what": page.words(what)})
    return found


def to_have_ready(settings: Settings, terminal: str, page: Page) -> list[tuple[str, str]]:
    """What is asked on the telephone; numbers by their last four digits."""
    merchant = settings.terminal.merchant_id or next((g.iso8583.merchant_id for g in settings.gateway if g.iso8583.merchant_id), "")
    number = next((g.iso8583.terminal_id for g in settings.gateway if g.iso8583.terminal_id), "")
    return [
        (page.say("店名", "Shop"), settings.terminal.store),
        (page.say("终端", "Terminal"), terminal),
        (page.say("序列号", "Serial number"), settings.terminal.serial_number),
        (page.say("商户号", "Merchant number"), _end(merchant, page)),
        (page.say("终端号", "Terminal number"), _end(number, page)),
    ]


def _end(number: str, page: Page) -> str:
    """Empty for one that is too short to show anything of."""
    last = mask_number(number)[-4:]
    return page.say(f"尾号 {last}（完整号码在签购单上）", f"ending in {last} (in full on a receipt)") if last.strip("*") else ""
