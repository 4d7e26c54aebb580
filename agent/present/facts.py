"""The facts of a check that help a person, in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from agent.contract import fields
from agent.contract.fields import of
from agent.present import times
from agent.present.page import Page
from agent.present.reasons import reason
from probes.ground.bilingual import Bilingual, same
from probes.model import Check, Facts, Symptom
from probes.model.facts import (
    AddressFacts,
    AppFacts,
    BatteryFacts,
    Certificate,
    ClockFacts,
    DeviceFacts,
    DiskFacts,
    GatewayFacts,
    LinkFacts,
    LoadFacts,
    LossFacts,
    MemoryFacts,
    NameCostFacts,
    OnLanFacts,
    OtherFacts,
    Phase,
    PluginFacts,
    PortHolder,
    RemoteFacts,
    ResolverFacts,
    SerialFacts,
    TemperatureFacts,
    TlsSpokenFacts,
)

_NO_ANSWER = re.compile(r"\btimeout\b")
_DUPLEX = {"full": Bilingual("全双工", "full"), "half": Bilingual("半双工", "half")}
SMALL_SKEW_S = 60  # a clock that differs by less is not worth a word

V = TypeVar("V")
Row = Callable[[Check[Facts], Page], str]
Put = Callable[[V, Page], str]


def _plain(value: object, page: Page) -> str:
    if isinstance(value, bool):
        return page.say("是" if value else "否", "yes" if value else "no")
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item, page) for item in value[:4]) + (page.fit(" …") if len(value) > 4 else "")
    return page.fit(str(value))


def _unit(unit: str) -> Put[float]:
    return lambda value, page: f"{_plain(value, page)}{page.fit(unit)}"


def _seconds(per_second: float = 1) -> Put[float]:
    """`per_second`: how many of the value's unit make a second."""

    def put(value: float, page: Page) -> str:
        sensible = abs(value) < 1e15  # false for NaN too
        return times.span(abs(value) / per_second, page) if sensible else _plain(value, page)

    return put


def _ago(age_s: float, page: Page) -> str:
    return page.say(f"{times.span(age_s, page)}前", f"{times.span(age_s, page)} ago")


def holder(held_by: PortHolder, page: Page) -> str:
    if held_by.pid is None:
        return page.say("未知程序", "an unknown program")
    return page.fit(f"{held_by.name or '?'} (PID {held_by.pid})")


def _until(certificate: Certificate, page: Page) -> str:
    return times.local(certificate.not_after, page) if certificate.not_after else ""


def _answers(names: dict[str, str], page: Page) -> str:
    shown = [page.fit(f"{name}: {_NO_ANSWER.sub(page.say('超时', 'timeout'), answer)}") for name, answer in list(names.items())[:3]]
    return ", ".join(shown) + (page.fit(" …") if len(names) > 3 else "")


def _duplex(value: str, page: Page) -> str:
    return page.words(_DUPLEX.get(value) or same(value))


def _limits(beyond: dict[str, float], page: Page) -> str:
    return ", ".join(f"{page.fit(name)} {_plain(limit, page)}" for name, limit in list(beyond.items())[:3])


def _row(zh: str, en: str, read: Callable[[Facts], V | None], put: Put[V], *, told: Callable[[V, str], bool] | None = None) -> Row:
    """`told`: whether a value is no news beside the target, or at all."""
    label = Bilingual(zh, en)

    def say(check: Check[Facts], page: Page) -> str:
        value = read(check.facts)
        if value is None or value in ("", (), {}) or (told is not None and told(value, check.target)):
            return ""
        words = put(value, page)
        return f"{page.words(label)} {words}" if words else ""

    return say


def _in_target(value: object, target: str) -> bool:
    return str(value) in target


_PHASES: dict[Phase, Bilingual] = {
    Phase.RESOLVE: Bilingual("查找地址", "finding its address"),
    Phase.TCP: Bilingual("连接", "connecting"),
    Phase.PROXY: Bilingual("经过代理", "the proxy"),
    Phase.TLS: Bilingual("加密", "encryption"),
    Phase.AFTER_TCP: Bilingual("连接之后", "after the connection"),
    Phase.HTTP: Bilingual("HTTP 应答", "the HTTP answer"),
    Phase.APP: Bilingual("主机应答", "the host's answer"),
}


def _phase(phase: Phase, page: Page) -> str:
    """Nothing for an attempt that went all the way."""
    return page.words(_PHASES[phase]) if phase in _PHASES else ""


def _names(check: Check[Facts], page: Page) -> str:
    """Whose certificate came instead of the host's."""
    facts = check.facts
    if check.symptom is not Symptom.CERT_WRONG_NAME or not isinstance(facts, GatewayFacts) or facts.certificate is None:
        return ""
    names = _plain(facts.certificate.names or facts.certificate.subject or "", page)
    return page.say(f"证书是给 {names} 的", f"the certificate is for {names}") if names else ""


_TEXT = _row("原文", "text", lambda facts: facts.text, reason)
# in the order to be shown
_ROWS: tuple[Row, ...] = (
    _names,
    _TEXT,
    _row("地址", "addresses", of(AddressFacts, lambda f: f.addresses), _plain),
    _row("地址", "address", fields.address, _plain, told=_in_target),
    _row("端口", "port", fields.port, _plain, told=_in_target),
    _row("端口", "port", of(SerialFacts, lambda f: f.port), _plain, told=_in_target),
    _row("MAC", "MAC", fields.mac, _plain),
    _row("它的地址现在归", "its address is now that of", of(OnLanFacts, lambda f: f.moved), _plain),
    _row("配置的地址", "configured address", of(OnLanFacts, lambda f: f.was_at), _plain),
    _row("adb 显示", "adb says", of(DeviceFacts, lambda f: f.state if f.state != "device" else None), _plain),
    _row("邻居表确认于", "neighbour entry confirmed", of(OnLanFacts, lambda f: f.entry_age_s), _ago),
    _row("它的端口", "its ports", of(OnLanFacts, lambda f: f.ports or None), _answers),
    _row("路由器给它的地址", "lease of the router", of(OnLanFacts, lambda f: f.leased), _plain),
    _row("租约", "given", of(OnLanFacts, lambda f: f.lease_age_s), _ago),
    _row("速率", "speed", of(LinkFacts, lambda f: f.speed_mbps), _unit(" Mbit/s")),
    _row("双工", "duplex", of(LinkFacts, lambda f: f.duplex), _duplex),
    _row("信号", "signal", fields.signal_dbm, _unit(" dBm")),
    _row("新增错误", "new errors", of(LinkFacts, lambda f: f.receive_errors), _plain),
    _row("错误", "errors", of(SerialFacts, lambda f: f.errors), _plain),
    _row("查询", "asked", of(ResolverFacts, lambda f: f.names), _answers),
    _row("程序要等", "programs wait", of(NameCostFacts, lambda f: f.costs_s), _seconds()),
    _row("查询", "asked", of(NameCostFacts, lambda f: f.servers), _answers),
    _row("进程名", "named", of(AppFacts, lambda f: f.names), _plain),
    _row("停在", "reached", of(RemoteFacts, lambda f: f.phase), _phase),
    _row("域名服务器", "name server", of(RemoteFacts, lambda f: f.resolver), _plain),
    _row("HTTP 状态码", "HTTP status", of(RemoteFacts, lambda f: f.http_status), _plain),
    _row("应答码", "response code", of(GatewayFacts, lambda f: f.response_code), _plain),
    _row("未询问", "not asked", of(GatewayFacts, lambda f: f.app_because if f.app_answer_age_s is not None else None), reason),
    _row("应答时间", "answered", of(GatewayFacts, lambda f: f.app_answer_age_s), _ago),
    _row("可再询问", "to be asked again at", of(GatewayFacts, lambda f: f.app_again_at), times.of_day),
    _row("处理要求", "processing requirement", of(GatewayFacts, lambda f: f.processing_requirement), _plain),
    _row("被引到", "redirected to", of(RemoteFacts, lambda f: f.location), _plain),
    _row("丢包", "loss", of(LossFacts, lambda f: f.loss_percent), _unit("%")),
    _row("已发", "sent", of(LossFacts, lambda f: f.sent), _plain),
    _row("往返", "round trip", fields.rtt_ms, _seconds(1000)),
    _row("证书有效期至", "certificate valid until", of(GatewayFacts, lambda f: f.certificate), _until),
    _row("加密", "encryption", of(GatewayFacts, lambda f: f.tls_version), _plain),
    _row("加密", "encryption", of(TlsSpokenFacts, lambda f: f.tls_version), _plain),
    _row("相差", "off by", fields.skew_s, _seconds()),
    _row("时间相差", "clock off by", of(RemoteFacts, lambda f: f.date_skew_s), _seconds(), told=lambda by, _: abs(by) < SMALL_SKEW_S),
    _row("本机时间", "our clock", of(ClockFacts, lambda f: f.now), times.local),
    _row("占用者", "held by", of(SerialFacts, lambda f: f.holder), holder),
    _row("现在位于", "now at", of(SerialFacts, lambda f: f.found_at), _plain),
    _row("已用", "used", of(DiskFacts, lambda f: f.used_percent), _unit("%")),
    _row("剩余", "free", of(DiskFacts, lambda f: f.free_mb), _unit(" MB")),
    _row("可用", "available", of(MemoryFacts, lambda f: f.available_percent), _unit("%")),
    _row("可用", "available", of(MemoryFacts, lambda f: f.available_mb), _unit(" MB")),
    _row("每核负荷", "load per core", of(LoadFacts, lambda f: f.per_core), _plain),
    _row("温度", "temperature", of(TemperatureFacts, lambda f: f.hottest_c), _unit(" °C")),
    _row("电量", "charge", of(BatteryFacts, lambda f: f.percent), _unit("%")),
    _row("电池健康度", "battery health", of(BatteryFacts, lambda f: f.health_percent), _unit("%")),
    _row("进程", "processes", of(AppFacts, lambda f: f.pids), _plain),
    _row("界限", "limit", of(PluginFacts, lambda f: f.beyond), _limits),
)


def in_words(check: Check[Facts], page: Page, limit: int = 5) -> list[str]:
    """At most `limit` facts, each with its label; empty values and what the target says already are left out, and so is what a program
    that failed said of itself: the document has it."""
    rows = [row for row in _ROWS if not (row is _TEXT and check.symptom is Symptom.CRASHED)]
    shown = [words for row in rows if (words := row(check, page))]
    return (shown + _of_other_kinds(check.facts, page))[:limit]


def _of_other_kinds(facts: Facts, page: Page) -> list[str]:
    """By their own names, first what is beyond a limit; what holds more than one value is left to the document."""
    values: dict[str, Any] = dict(facts.values) if isinstance(facts, OtherFacts | PluginFacts) else {}
    simple = {name: value for name, value in values.items() if isinstance(value, str | int | float) and value != ""}
    beyond = facts.beyond if isinstance(facts, PluginFacts) else {}
    return [f"{page.fit(name)} {_plain(simple[name], page)}" for name in sorted(simple, key=lambda name: name not in beyond)]
