"""The way from the terminal to the acquirer, drawn as one line."""

from __future__ import annotations

import pytest

from agent.contract.document import Status
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, State
from agent.present import path
from agent.present.document import Document
from agent.present.page import Page
from probes.model import Check, Facts
from tests.support.documents import HEALTHY, broken_names, cause, check, status


def drawn(status: Status, page: Page) -> list[str]:
    return path.draw(Document(status), page)


def test_the_path_marks_the_broken_place_and_nothing_else() -> None:
    assert drawn(broken_names(), Page(width=200)) == [
        "  终端 ──✓ 网线 eth0 ──✓ 路由器 192.168.1.1 ──✗ 域名服务器 192.168.1.1 ──✓ 互联网 ──? 收单主机 acquirer-a",
    ]


def test_what_fails_because_of_something_else_has_its_own_mark_and_the_place_of_the_fault_is_named() -> None:
    checks = (
        *HEALTHY[:2],
        check("dns:192.168.1.1", "fail", "timeout"),
        check("internet:223.5.5.5:53", "fail", "timeout", address="223.5.5.5", port=53, expected=True),
        check("gateway:acquirer-a", "fail", "timeout"),
    )
    evidence = ("internet:223.5.5.5:53", "dns:192.168.1.1", "gateway:acquirer-a")
    document = status(CanPay.NO, State.OUTAGE, checks, (cause(Cause.INTERNET_DOWN, evidence=evidence),))
    assert drawn(document, Page(language="en", width=200)) == [
        "  terminal ──✓ cable eth0 ──✓ router 192.168.1.1 ──✗ name server 192.168.1.1 ──✗ internet (the fault is here) "
        "──✗ acquirer acquirer-a"
    ]


@pytest.mark.parametrize(
    ("broken", "way"),
    [
        (check("link:eth0", "fail", "no_carrier", kind="ethernet", used=True), "✗ cable eth0"),
        (check("router:192.168.1.1", "fail", "router_silent", interface="eth0"), "✓ cable eth0 ──✗ router 192.168.1.1"),
    ],
)
def test_the_way_drawn_is_the_one_that_broke_even_where_a_backup_is_well(broken: Check[Facts], way: str) -> None:
    """What the backup reaches is another way."""
    eth0 = check("link:eth0", kind="ethernet", used=True)
    checks = (
        *([eth0, broken] if broken.id != eth0.id else [broken]),
        check("link:wwan0", kind="cellular", used=True, configured=True),
        check("router:10.64.0.1", interface="wwan0"),
        check("internet:via:wwan0", address="192.0.2.10", port=8583, expected=True),
        check("internet:223.5.5.5:53", "skip", address="223.5.5.5", port=53, expected=True),
        check("gateway:acquirer-a", "skip"),
    )
    code = Cause.CABLE_UNPLUGGED if broken.id == eth0.id else Cause.ROUTER_UNREACHABLE
    document = status(CanPay.NO, State.OUTAGE, checks, (cause(code, evidence=(broken.id,)),))
    assert drawn(document, Page(language="en", width=200)) == [f"  terminal ──{way} ──? internet ──? acquirer acquirer-a"]


def test_a_fault_of_the_terminal_itself_is_marked_at_the_terminal() -> None:
    document = status(CanPay.NO, State.OUTAGE, HEALTHY, (cause(Cause.PAYMENT_APP_DOWN),))
    assert drawn(document, Page(width=200))[0].startswith("  ✗ 终端 ──✓ 网线 eth0")


def test_each_acquirers_host_stands_for_itself() -> None:
    checks = (*HEALTHY[:4], check("gateway:a", "fail", "refused"), check("gateway:b"))
    document = status(CanPay.YES, State.DEGRADED, checks, (cause(Cause.GATEWAY_DOWN, Severity.DEGRADED, ("gateway:a",)),))
    lines = drawn(document, Page(language="en", width=200))
    assert lines[0].endswith("──✓ acquirer b")
    assert lines[1] == "  also ──✗ acquirer a"
