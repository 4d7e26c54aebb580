"""What a technician asks first: how this terminal is on the network, and how long each part of the way takes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_interface

from agent.contract import fields
from agent.present import times
from agent.present.document import Document
from agent.present.page import Page
from agent.present.sections import heading
from agent.present.words import LINKS
from agent.remedy.observed import ASKED_ITSELF
from probes.model import Check, Facts, Kind
from probes.model.facts import AddressFacts, GatewayFacts, LinkFacts, LossFacts, ResolverFacts, RouterFacts


def about(document: Document, page: Page) -> list[str]:
    rows = [(name, value) for name, value in _rows(document, page) if value]
    return [heading(page, "这台终端", "This terminal"), *_table(rows, page)] if rows else []


def durations(document: Document, page: Page) -> list[str]:
    """Of what answered, by part of the way."""
    rows = list(_durations(document, page))
    return [heading(page, "用时", "Times"), *_table(rows, page)] if rows else []


def _rows(document: Document, page: Page) -> Iterator[tuple[str, str]]:
    links = [check for check in document.checks if isinstance(check.facts, LinkFacts)]
    used = [check for check in links if isinstance(check.facts, LinkFacts) and check.facts.used] or links[:1]
    for link in used:
        facts = link.facts
        assert isinstance(facts, LinkFacts)
        kind = page.words(LINKS[facts.interface_kind]) if facts.interface_kind in LINKS else ""
        signal = "" if facts.signal_dbm is None else f"{facts.signal_dbm} dBm"
        speed = "" if facts.speed_mbps is None else f"{facts.speed_mbps} Mbit/s"
        yield page.say("接口", "interface"), " ".join(filter(None, (page.fit(link.target), kind, speed, signal)))
        yield "MAC", page.fit(facts.mac or "")
        for check in document.checks:
            if isinstance(check.facts, AddressFacts) and check.target == link.target:
                for address in check.facts.addresses:
                    yield page.say("地址", "address"), _with_mask(address, page)
    routers = [check.target for check in document.checks if isinstance(check.facts, RouterFacts)]
    yield page.say("路由器", "router"), ", ".join(map(page.fit, routers))
    resolvers = [c.target for c in document.checks if isinstance(c.facts, ResolverFacts) and c.target != ASKED_ITSELF]
    yield page.say("域名服务器", "name servers"), ", ".join(map(page.fit, resolvers))
    for check in document.checks:
        if isinstance(check.facts, GatewayFacts):
            seen = filter(None, (check.target, check.facts.address, check.facts.tls_version))
            yield page.say("收单主机", "acquirer"), page.fit(" · ".join(seen))


def _with_mask(address: str, page: Page) -> str:
    """An IPv4 address with its mask as well, as routers' pages ask for it."""
    try:
        found = ip_interface(address)
    except ValueError:
        return page.fit(address)
    mask = page.say(f"（掩码 {found.netmask}）", f" (mask {found.netmask})") if found.version == 4 else ""
    return page.fit(address) + mask


def _durations(document: Document, page: Page) -> Iterator[tuple[str, str]]:
    for check in document.checks:
        facts = check.facts
        if isinstance(facts, GatewayFacts):
            parts = (
                (page.say("连接", "TCP"), facts.connect_ms),
                (page.say("加密", "TLS"), facts.handshake_ms),
                (page.say("应答", "answer"), facts.answer_ms),
            )
            said = [f"{name} {times.span(value / 1000, page)}" for name, value in parts if value is not None]
            if said:
                yield page.fit(check.name), page.say("，", ", ").join(said)
        elif isinstance(facts, LossFacts) and facts.loss_percent is not None:
            yield page.say("丢包", "loss"), f"{facts.loss_percent:g}%"
        elif check.kind in (Kind.RESOLVER, Kind.ROUTER) and check.ok and (rtt := fields.rtt_ms(facts)) is not None:
            yield _called(check, page), times.span(rtt / 1000, page)


def _called(check: Check[Facts], page: Page) -> str:
    return f"{page.words(check.kind.called)} {page.fit(check.target)}"


def _table(rows: list[tuple[str, str]], page: Page) -> list[str]:
    left = min(max(page.measure(name) for name, _ in rows) + 4, page.width // 2)
    lines: list[str] = []
    for name, value in rows:
        lines += page.wrap(value, first=page.pad(page.shorten(f"  {name}", left - 1), left))
    return lines
