"""A value that an example had is told by `config check` and `--check`, in both languages; a terminal's own is not."""

from __future__ import annotations

import re

import pytest

from agent.resources import data_path
from agent.settings.left_in import hints, left_in
from agent.settings.model import Contact, Settings, Support, TerminalSettings
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol


def told(host: str = "gw-a.bank.cn", terminal: str = "40001234", merchant: str = "898110254110021", **more: str) -> list[str]:
    gateway = Gateway(
        name="a",
        host=host,
        port=8583,
        protocol=GatewayProtocol.ISO8583,
        iso8583=GatewayIso8583(terminal_id=terminal, merchant_id=merchant),
    )
    acquirer = Contact(name=more.get("name", "Bank"), phone=more.get("phone", "95516"))
    own = TerminalSettings(id=more.get("id", "T-1001"), store=more.get("store", ""))
    return [key for key, _ in left_in(Settings(terminal=own, support=Support(acquirer=acquirer), gateway=[gateway]))]


@pytest.mark.parametrize(
    "host", ["acquirer.example.com", "gw-a.pay.example", "EXAMPLE.org", "host.invalid", "203.0.113.9", "2001:db8::1", "CHANGE ME"]
)
def test_a_host_that_is_nobodys(host: str) -> None:
    assert told(host=host) == ['gateway "a" host']


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("terminal", "00000000", 'gateway "a" iso8583.terminal_id'),
        ("terminal", "00000001", 'gateway "a" iso8583.terminal_id'),
        ("merchant", "000000000000000", 'gateway "a" iso8583.merchant_id'),
        ("merchant", "123456789012345", 'gateway "a" iso8583.merchant_id'),
        ("phone", "400-000-0000"[4:], "support.acquirer.phone"),
        ("phone", "…", "support.acquirer.phone"),
        ("name", "<bank>", "support.acquirer.name"),
        ("id", "CHANGEME", "terminal.id"),
        ("store", "请填写门店", "terminal.store"),
        ("store", "TODO", "terminal.store"),
        ("store", "your shop's name", ""),
    ],
)
def test_a_number_or_name_that_nobody_filled_in(key: str, value: str, named: str) -> None:
    assert told(**{key: value}) == ([named] if named else [])


@pytest.mark.parametrize("host", ["gw-a.bank.cn", "example-pay.cn", "10.20.30.40", "myexample.com", "192.0.3.1"])
def test_what_is_a_terminals_own_gets_no_hint(host: str) -> None:
    assert told(host=host) == []
    assert told(terminal="00000012", merchant="898000000000001", phone="4000000001", store="待客厅 3 号", id="0001") == []


def test_all_that_the_example_shows_is_known() -> None:
    """Whoever takes only the # away from it is told each host and number."""
    text = data_path("config", "agent.example.toml").read_text("utf-8")
    hosts = re.findall(r'^#\s*host = "([^"]+)"', text, re.MULTILINE)
    numbers = re.findall(r'^#\s*(terminal|merchant)_id = "([^"]+)"', text, re.MULTILINE)
    assert len(hosts) >= 2 and len(numbers) >= 2
    assert all(told(host=host) for host in hosts) and all(told(**{key: value}) for key, value in numbers)


def test_the_hint_is_said_in_both_languages_and_shows_no_number() -> None:
    gateway = Gateway(name="a", host="gw.pay.example", port=1, protocol=GatewayProtocol.TCP)
    settings = Settings(terminal=TerminalSettings(merchant_id="123456789012345"), gateway=[gateway])
    number, host = hints(settings)
    assert "123456" not in number.zh + number.en and "terminal.merchant_id" in number.zh
    assert "“gw.pay.example”" in host.en and "示例值" in host.zh
