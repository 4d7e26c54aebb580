"""The facts of a check that help a person, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.present import times
from agent.present.page import Page
from probes.model import Check

SMALL_SKEW_S = 60  # a clock that differs by less is not worth a word

Put = Callable[[Any, Page], str]


def _plain(value: Any, page: Page) -> str:
    if isinstance(value, bool):
        return page.say("是" if value else "否", "yes" if value else "no")
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(item, page) for item in value[:4]) + (page.fit(" …") if len(value) > 4 else "")
    return page.fit(str(value))


def _unit(unit: str) -> Put:
    return lambda value, page: f"{_plain(value, page)}{page.fit(unit)}"


def _seconds(per_second: float = 1) -> Put:
    """`per_second`: how many of the value's unit make a second."""

    def put(value: Any, page: Page) -> str:
        number = _number(value)
        return _plain(value, page) if number is None else times.span(abs(number) / per_second, page)

    return put


def holder(value: Any, page: Page) -> str:
    if not isinstance(value, dict):
        return _plain(value, page)
    if value.get("pid") is None:
        return page.say("未知程序", "an unknown program")
    return page.fit(f"{value.get('name') or '?'} (PID {value['pid']})")


def _if_number(value: Any, page: Page) -> str:
    return "" if isinstance(value, (list, tuple)) else _plain(value, page)


def _if_words(value: Any, page: Page) -> str:
    return _plain(value, page) if isinstance(value, (list, tuple)) else ""


def _until(value: Any, page: Page) -> str:
    return times.local(value["not_after"], page) if isinstance(value, dict) and isinstance(value.get("not_after"), str) else ""


def _names(value: Any, page: Page) -> str:
    if not isinstance(value, dict):
        return _plain(value, page)
    shown = [page.fit(f"{name}: {answer}") for name, answer in list(value.items())[:3]]
    return ", ".join(shown) + (page.fit(" …") if len(value) > 3 else "")


# fact, label in Chinese and English, how its value is put; in the order to be shown
_FACTS: tuple[tuple[str, str, str, Put], ...] = (
    ("text", "原文", "text", _plain),
    ("addresses", "地址", "addresses", _plain),
    ("address", "地址", "address", _plain),
    ("port", "端口", "port", _plain),
    ("mac", "MAC", "MAC", _plain),
    ("speed_mbps", "速率", "speed", _unit(" Mbit/s")),
    ("duplex", "双工", "duplex", _plain),
    ("ssid", "Wi-Fi 名称", "Wi-Fi name", _plain),
    ("signal_dbm", "信号", "signal", _unit(" dBm")),
    ("errors", "新增错误", "new errors", _if_number),
    ("errors", "错误", "errors", _if_words),
    ("names", "查询", "asked", _names),
    ("phase", "停在", "reached", _plain),
    ("resolver", "域名服务器", "name server", _plain),
    ("http_status", "HTTP 状态码", "HTTP status", _plain),
    ("response_code", "应答码", "response code", _plain),
    ("processing_requirement", "处理要求", "processing requirement", _plain),
    ("location", "被引到", "redirected to", _plain),
    ("loss_percent", "丢包", "loss", _unit("%")),
    ("sent", "已发", "sent", _plain),
    ("rtt_ms", "往返", "round trip", _seconds(1000)),
    ("certificate", "证书有效期至", "certificate valid until", _until),
    ("tls_version", "加密", "encryption", _plain),
    ("skew_s", "相差", "off by", _seconds()),
    ("date_skew_s", "时间相差", "clock off by", _seconds()),
    ("now", "本机时间", "our clock", lambda v, page: times.local(str(v), page)),
    ("holder", "占用者", "held by", holder),
    ("found_at", "现在位于", "now at", _plain),
    ("used_percent", "已用", "used", _unit("%")),
    ("free_mb", "剩余", "free", _unit(" MB")),
    ("available_percent", "可用", "available", _unit("%")),
    ("available_mb", "可用", "available", _unit(" MB")),
    ("per_core", "每核负荷", "load per core", _plain),
    ("hottest_c", "温度", "temperature", _unit(" °C")),
    ("percent", "电量", "charge", _unit("%")),
    ("pids", "进程", "processes", _plain),
)


def in_words(check: Check, page: Page, limit: int = 5) -> list[str]:
    """At most `limit` facts, each with its label; empty values and what the target says already are left out."""
    shown: list[str] = []
    for key, zh, en, put in _FACTS:
        value = check.facts.get(key)
        if value is None or value in ("", [], {}) or _says_nothing(key, value, check.target):
            continue
        if words := put(value, page):
            shown.append(page.say(f"{zh} {words}", f"{en} {words}"))
    return shown[:limit]


def _says_nothing(key: str, value: Any, target: str) -> bool:
    if key in ("address", "port"):
        return str(value) in target
    return key == "date_skew_s" and abs(_number(value) or 0) < SMALL_SKEW_S


def _number(value: Any) -> float | None:
    """None for what is no finite number of a sensible size."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        return None
    return float(value)
