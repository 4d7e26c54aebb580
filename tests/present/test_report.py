"""What a person reads: the answer first, the broken place marked, nothing too wide, nothing unescaped."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agent.contract.document import Call, SellingWay, Status
from agent.diagnosis.causes import Cause, Owner
from agent.diagnosis.model import CanPay, State
from agent.present.page import Page
from agent.present.report import Reader, render
from probes.ground.bilingual import Bilingual
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts
from tests.support.checks import check as typed
from tests.support.documents import HEALTHY, THEN, broken_names, cause, check, status, step

WIDTHS = (40, 53, 80, 120, 200)


def text_of(document: Status, page: Page, **reader: Any) -> str:
    return "\n".join(render(document, page, Reader(**{"details": True} | reader)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "iso8859-1", "ascii"])
@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_is_wider_than_the_page(columns: int, encoding: str, language: str) -> None:
    page = Page(language=language, width=columns, encoding=encoding)
    for details in (False, True):
        lines = render(broken_names(), page, Reader(contacts=(("provider", "400-000-0000"),), details=details))
        assert [line for line in lines if page.measure(line) > columns] == []
        for line in lines:
            line.encode(encoding)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_only_a_part_was_asked_for_each_check_of_it_is_shown(language: str) -> None:
    """Well or not: who asks for one thing sees that thing."""
    well = status(CanPay.UNKNOWN, State.OK, HEALTHY[:3])
    wrong = broken_names()
    for document in (well, wrong):
        text = "\n".join(render(document, Page(language=language, width=200), Reader(only="dns")))
        assert [each.id for each in document.checks if f"    {each.id} · " not in text] == []
    assert ("3 checks: 3 passed" in text_of(well, Page(language="en"))) and "1 check: 1 passed" in text_of(
        status(CanPay.UNKNOWN, State.OK, HEALTHY[:1]), Page(language="en")
    )


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (check("gateway:a", "skip", because="dns:192.0.2.1", phase="resolve", resolver="192.0.2.1"), "not finished"),
        (check("internet:check-1", "skip", because="dns:192.0.2.1", phase="tcp"), "not finished"),
        (check("dns:lookup:gw.example", "skip", because="dns:192.0.2.1", servers={"192.0.2.1": "A timeout"}), "not finished"),
        (check("gateway:a", "skip", because="dns:192.0.2.1"), "not examined"),
        (check("dns:lookup:gw.example", "skip", because="link:eth0"), "not examined"),
    ],
)
def test_what_was_begun_is_not_said_to_be_not_examined(seen: Check[Any], words: str) -> None:
    document = status(CanPay.UNKNOWN, State.UNKNOWN, (seen,))
    assert f": {words} (because of: " in "\n".join(render(document, Page(language="en", width=200), Reader(only=seen.id)))


def test_no_english_word_stands_in_chinese_facts() -> None:
    wired = check("link:eth0", kind="ethernet", speed_mbps=100, duplex="half")
    silent = check("dns:192.0.2.1", "fail", "timeout", names={"www.example": "timeout"})
    cost = check("dns:lookup:gw.example", "skip", because="dns:192.0.2.1", servers={"192.0.2.1": "A timeout, AAAA NOERROR"})
    document = status(CanPay.UNKNOWN, State.UNKNOWN, (wired, silent, cost))
    text = "\n".join(render(document, Page(width=200), Reader(only="dns")))
    assert "双工 半双工" in text and "www.example: 超时" in text and "A 超时, AAAA NOERROR" in text and "timeout" not in text
    assert "A timeout, AAAA NOERROR" in "\n".join(render(document, Page(language="en", width=200), Reader(only="dns")))


def test_whose_certificate_came_instead_of_the_hosts() -> None:
    shown = {"subject": "gw.other.example", "issuer": "CA", "not_after": THEN, "names": ("gw.other.example", "gw2.other.example")}
    failed = check(
        "gateway:a", "fail", "cert_wrong_name", certificate=shown, text="Hostname mismatch, certificate is not valid for 'gw.example'."
    )
    document = status(CanPay.NO, State.OUTAGE, (failed,), (cause(Cause.GATEWAY_MISCONFIGURED, evidence=("gateway:a",)),))
    assert "the certificate is for gw.other.example, gw2.other.example" in text_of(document, Page(language="en", width=200))
    text = text_of(document, Page(width=200))
    assert "证书是给 gw.other.example, gw2.other.example 的" in text and "原文 证书不是给 gw.example 的" in text


def test_the_order_of_the_whole_report() -> None:
    text = text_of(broken_names(), Page(), contacts=(("服务商", "小王 400-000-0000"),))
    marks = [
        "能收款吗？不能",
        "查不到收单主机",
        "把握 93%",
        "1. ",
        "2. ",
        "──✗ 域名服务器",
        "依据",
        "已排除",
        "磁盘满了",
        "提醒",
        "准备新纸",
        "小王",
        "检查于",
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_steps_say_who_acts_what_it_costs_and_what_is_seen_afterwards() -> None:
    text = text_of(broken_names(), Page(language="en"))
    assert "1. [cashier] Restart the router" in text
    assert "2. [technician] Call the provider" in text
    assert "→ You should see: the lamp turns green" in text


@pytest.mark.parametrize(("can_pay", "zh", "en"), [("yes", "能", "YES"), ("no", "不能", "NO"), ("unknown", "无法判断", "CANNOT TELL")])
def test_the_first_line_is_the_answer(can_pay: str, zh: str, en: str) -> None:
    document = status(CanPay(can_pay), State.UNKNOWN)
    assert text_of(document, Page()).splitlines()[0] == f"这台终端现在能收款吗？{zh}"
    assert text_of(document, Page(language="en")).splitlines()[0] == f"Can this terminal take payments? {en}"


def test_without_a_gateway_the_report_says_what_one_would_add() -> None:
    text = text_of(status(CanPay.UNKNOWN, State.OK, HEALTHY[:4]), Page(language="en"))
    assert "No acquirer's host is configured" in text
    assert "[[gateway]]" in text
    assert "(not configured)" in text
    assert "[[gateway]]" not in text_of(status(CanPay.YES, State.OK), Page(language="en"))


def test_serial_ports_are_listed_by_the_name_people_use() -> None:
    assert "小票打印机 /dev/ttyUSB0：纸快用完了" in text_of(broken_names(), Page())


def test_ports_that_nobody_configured_are_listed_as_present() -> None:
    devices = [
        {"node": "/dev/ttyS0", "console": True, "holder": None},
        {"node": "/dev/ttyUSB0", "maker": "Prolific", "holder": {"name": "payapp", "pid": 812}},
        {"node": "/dev/ttyUSB1", "maker": "QinHeng", "holder": {"name": None, "pid": None}},
    ]
    text = text_of(status(CanPay.YES, State.OK, (*HEALTHY, check("serial:present", devices=devices))), Page(language="en"))
    assert "  - /dev/ttyS0: the system's console\n  - /dev/ttyUSB0: Prolific, held by payapp (PID 812)\n" in text
    assert "  - /dev/ttyUSB1: QinHeng, held by an unknown program\n" in text


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"opened": True}, "fine"),
        ({"asked": "modemmanager"}, "fine"),
        ({"can_tell": False, "note": "not opened: only root can tell whether somebody holds the port"}, "present, not opened"),
        ({"holder": {"name": "payapp", "pid": 812}}, "in use (by payapp (PID 812))"),
    ],
)
def test_a_port_is_called_fine_only_where_the_device_was_asked(facts: dict[str, Any], said: str) -> None:
    port = check("serial:pad", label="PIN pad", port="/dev/ttyUSB0", **facts)
    text = text_of(status(CanPay.YES, State.OK, (*HEALTHY, port)), Page(language="en"))
    assert f"PIN pad /dev/ttyUSB0: {said}\n" in text


def test_a_stale_document_answers_cannot_tell_and_keeps_what_it_said() -> None:
    text = text_of(
        status(CanPay.YES, State.OK), Page(language="en"), stale=Bilingual("过时", "It is stale."), age_s=7300.0, saved_at="/s/status.json"
    )
    assert text.splitlines()[0] == "Can this terminal take payments? CANNOT TELL"
    assert "It is stale. The answer then: YES." in text
    assert "2 h ago" in text
    assert "/s/status.json" in text


@pytest.mark.parametrize("hostile", ["\x1b[2Jboo", "a\nb", "\u202eevil", "\udc80", "\x9b31m"])
def test_what_comes_from_outside_cannot_move_the_cursor(hostile: str) -> None:
    facts: dict[str, Any] = {hostile: hostile}
    both = {"zh": hostile, "en": hostile}
    checks = (
        check(f"internet:{hostile}", "fail", "redirected", location=hostile, text=hostile, resolver=hostile),
        check(f"dns:{hostile}", "fail", names={hostile: hostile}, text=hostile),
        check(f"serial:{hostile}", "fail", holder={"name": hostile, "pid": 1}, label=hostile, port=hostile, found_at=hostile),
        check(f"serial:{hostile}-2", "skip", because=hostile, port=hostile, label=hostile),
        typed(f"cell:{hostile}", Outcome.FAIL, Symptom(hostile), layer=Layer(hostile), target=hostile, **facts),
        check(f"plugin:{hostile}", "fail", "plugin_failed", called=both, said=both, values=facts, beyond={hostile: 1}),
    )
    entry = cause(Cause.CAPTIVE_PORTAL, evidence=tuple(each.id for each in checks), summary=Bilingual(hostile, hostile))
    document = status(CanPay.NO, State.OUTAGE, checks, (entry,), steps=(step(Cause.CAPTIVE_PORTAL, 1, hostile, hostile),))
    for language in ("zh", "en"):
        text = text_of(document, Page(language=language), contacts=(("x", hostile),), saved_at=hostile)
        text.encode("utf-8")
        assert not set(text) & {"\x1b", "\x9b", "\u202e"}
        assert "\na\nb" not in text and "boo" not in text.splitlines()


def test_colour_adds_nothing_but_colour() -> None:
    import re

    plain = render(broken_names(), Page(), Reader())
    coloured = render(broken_names(), Page(colour=True), Reader())
    assert plain != coloured
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain


def test_two_subjects_of_one_code_have_their_steps_once() -> None:
    causes = (cause(Cause.GATEWAY_DOWN, evidence=("gateway:a",)), cause(Cause.GATEWAY_DOWN, evidence=("gateway:b",)))
    checks = (check("gateway:a", "fail", "refused"), check("gateway:b", "fail", "refused"))
    document = status(CanPay.NO, State.OUTAGE, checks, causes, steps=(step(Cause.GATEWAY_DOWN, 1, "打电话", "Call them"),))
    assert text_of(document, Page()).count("打电话") == 1


@pytest.mark.parametrize(("outcome", "age_s"), [(Outcome.UNKNOWN, None), (Outcome.PASS, 120.0)])
def test_why_nothing_was_asked_of_the_host_is_on_the_screen(outcome: Outcome, age_s: float | None) -> None:
    """Also where an answer from before stands."""
    user = "/var/lib/posdiag may not be written by this user. Run it as root, or as the user of the service"
    why = f"the record of messages sent cannot be kept: {user}"
    facts = GatewayFacts(app_because=why, app_answer_age_s=age_s)
    asked = Check(id="gateway:a", layer=Layer.GATEWAY, target="gw", outcome=outcome, because=why if age_s is None else None, facts=facts)
    document = status(CanPay.UNKNOWN if age_s is None else CanPay.YES, State.UNKNOWN if age_s is None else State.OK, (asked,), ())
    for language in ("zh", "en"):
        text = " ".join(text_of(document, Page(language=language, width=300)).split())
        told = {"zh": "发送记录无法保存：当前用户不能写 /var/lib/posdiag。请用 root 或服务的用户运行", "en": why}[language]
        assert told in text
        assert told in " ".join(render(document, Page(language=language, width=300), Reader())), "and without --details"
        assert age_s is None or {"zh": "2 分钟前", "en": "2 min ago"}[language] in text


def test_that_a_step_interrupts_payments_is_said_only_while_some_are_possible() -> None:
    steps = (step(Cause.DISK_FULL, 1, "清理", "Clean up", interrupts=True),)
    for can_pay, said in ((CanPay.YES, True), (CanPay.UNKNOWN, True), (CanPay.NO, False)):
        document = status(can_pay, State.DEGRADED, HEALTHY, (cause(Cause.DISK_FULL),), steps=steps)
        assert ("[interrupts payments]" in text_of(document, Page(language="en"))) == said


def test_the_first_things_come_first_and_the_rest_is_named() -> None:
    document = msgspec.structs.replace(
        broken_names(),
        selling=(SellingWay("cash", Bilingual("收现金", "Take cash")),),
        call=Call(who=Owner.TECHNICIAN, name="Example", phone="400-000-0002"),
    )
    text = "\n".join(render(document, Page(language="en"), Reader(command="posdiag status")))
    marks = (
        "take payments? NO",
        "does not answer (93% sure).",
        "To go on selling now\n  - Take cash",
        "  1. [cashier]",
        "  2. [technician]",
        "call the technician: Example 400-000-0002",
        "Say: “Terminal T-1001, name server not usable",
        "Also wrong: The disk is full",
        "Notice: Paper is low",
        "posdiag status --details",
    )
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places) and "Ruled out" not in text and "Evidence" not in text
