"""The letter to the acquirer: about which incident, with which facts, and with what left blank."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.contract.event import Evidence, OpenedEvent
from agent.contract.history import PastIncident
from agent.papers.letter import ACCOUNT, HOST, TITLES, Case, NotTheirsError, case_of, fields_of, number_of, reasons
from agent.papers.plain import text_of
from agent.papers.press import printed
from agent.settings.model import Contact, Settings, Support, TerminalSettings
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.support.browser import browser, complaints, pages_in

TODAY = datetime(2026, 2, 1, 12, tzinfo=UTC)
MERCHANT, NUMBER = "898110154110007", "01001234"


def settings(**terminal: str) -> Settings:
    iso = GatewayIso8583(merchant_id=MERCHANT, terminal_id=NUMBER)
    return Settings(
        terminal=msgspec.convert({"store": "老王面馆", "serial_number": "SN-77", **terminal}, TerminalSettings),
        support=Support(acquirer=Contact(name="样例支付", phone="95000")),
        gateway=[Gateway(name="acquirer-a", host="pay.example", port=443, protocol=GatewayProtocol.ISO8583, iso8583=iso)],
    )


def incident(name: str = "I-1", cause: str = "operator.account_suspended", **more: object) -> PastIncident:
    told = {
        "id": name,
        "chain": name,
        "began_at": "2026-01-31T08:00:00.000Z",
        "ended_at": None,
        "duration_s": 7300.0,
        "state": "outage",
        "can_pay": "no",
        "cause": cause,
        "causes": (cause,),
        "subject": "acquirer-a",
        "category": cause.split(".")[0],
        **more,
    }
    return msgspec.convert(told, PastIncident)


def opened(name: str = "I-1", **facts: object) -> OpenedEvent:
    return OpenedEvent(
        at="2026-01-31T08:00:10.000Z",
        boot_id="b",
        running_s=10.0,
        incident=name,
        chain=name,
        began_at="2026-01-31T08:00:00.000Z",
        state="outage",
        can_pay="no",
        cause="operator.account_suspended",
        subject="acquirer-a",
        category="operator",
        confidence=0.9,
        evidence=(Evidence(id="gateway:acquirer-a", symptom=None, facts=dict(facts)),),
    )


def letter(case: Case | None, languages: tuple[str, ...] = ("zh",), **terminal: str) -> str:
    assert case is not None
    made = printed("letter.html", fields_of(case, settings(**terminal), TODAY), languages, TITLES[case.account])
    assert complaints(made) == ""
    return made.decode()


def test_it_is_about_the_last_incident_that_an_acquirer_can_answer_for() -> None:
    found = case_of([incident("I-1"), incident("I-2", "system.gateway_down"), incident("I-3", "operator.cable_unplugged")], (), None)
    assert found is not None and found.incident.id == "I-2" and not found.account
    assert case_of([incident("I-3", "operator.cable_unplugged")], (), None) is None
    with pytest.raises(NotTheirsError):
        case_of([incident("I-1"), incident("I-3", "operator.cable_unplugged")], (), "I-3")
    led = incident("I-3", "operator.cable_unplugged", causes=("system.gateway_down", "operator.cable_unplugged"))
    assert case_of([led], (), None) is None, "a host is blamed for what led the longest, and for nothing else"
    named = case_of([incident("I-1"), incident("I-2")], (), " i-1 ")
    assert named is not None and named.incident.id == "I-1"


def test_an_account_and_a_host_are_told_apart() -> None:
    assert {cause.value for cause in ACCOUNT} == {"operator.account_suspended", "operator.terminal_not_registered"}
    assert "system.gateway_down" in HOST and not set(ACCOUNT) & set(HOST)


def test_it_says_what_the_host_answered_and_how_often_it_was_so() -> None:
    case = case_of([incident("I-0"), incident("I-1")], [opened(response_code="03")], None)
    text = text_of(letter(case).encode()).decode()
    assert "03：无效商户" in text and "第 2 次" in text and "2 小时" in text and "期间无法收款" in text


def test_numbers_stand_by_their_last_four_digits_with_a_box_for_each_of_the_rest() -> None:
    html = letter(case_of([incident()], (), None), ("zh", "en"))
    assert MERCHANT not in html and NUMBER not in html
    assert html.count('<span class="box"></span>' * (len(MERCHANT) - 4) + MERCHANT[-4:]) == 2
    assert number_of("123").end == "" and number_of("123").boxes == 3


def test_what_nobody_told_us_is_left_blank() -> None:
    case = case_of([incident()], (), None)
    bare = printed("letter.html", fields_of(case, Settings(), TODAY), ("en",), TITLES[True]).decode() if case else ""
    assert complaints(bare.encode()) == ""
    assert bare.count('class="blank"') > letter(case, ("en",)).count('class="blank"')


def test_what_was_done_and_promised_stands_in_it() -> None:
    told = ({"what": "called", "who": "李工", "ticket": "T-9", "promised": "2026-02-03", "text": "查", "at": "2026-01-31T09:00:00.000Z"},)
    tried = ({"trace": "app_restarted", "step": None, "seconds": 60.0},)
    text = text_of(letter(case_of([incident(told=told, tried=tried)], (), None)).encode()).decode()
    assert "收款程序重新启动了" in text and "已致电李工，工单号 T-9，承诺 2026-02-03" in text


def test_it_bears_no_date_before_the_incident() -> None:
    """Where the clock is lost the day is left to whoever signs."""
    late = incident(began_at="2026-03-01T08:00:00.000Z", ended_at="2026-03-01T09:00:00.000Z")
    assert "2026 年 2 月 1 日" in letter(case_of([incident()], (), None)) and "日期：" not in letter(case_of([incident()], (), None))
    html = letter(case_of([late], (), None))
    assert "2026 年 2 月 1 日" not in html and "日期：<span" in html


def test_each_reason_has_its_documents_in_both_languages() -> None:
    assert len(reasons()) >= 8
    for each in reasons():
        assert each.name.zh and each.name.en and len(each.documents) >= 2
        assert all(one.zh and one.en for one in each.documents)


def test_a_claim_for_an_outage_asks_for_other_things_and_has_no_list_of_documents() -> None:
    case = case_of([incident(cause="system.gateway_down", ended_at="2026-01-31T10:00:00.000Z")], (), None)
    html = letter(case, ("zh", "en"))
    assert "起止时间" in html and "尚未恢复" not in html and "材料清单" not in html and "restore the service" not in html


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\u202eabc", "\x1b[31m", "=1+1"])
def test_no_text_gets_out_of_its_place(hostile: str) -> None:
    told = ({"what": "called", "who": hostile, "ticket": hostile, "promised": hostile, "text": hostile, "at": hostile},)
    html = letter(case_of([incident(told=told, subject=hostile)], (), None), store=hostile, serial_number=hostile)
    assert not re.search("<script|\u202e|\x1b", html)


def test_as_text_it_has_its_boxes_and_blanks_and_no_markup() -> None:
    text = text_of(letter(case_of([incident()], (), None), ("en",)).encode()).decode()
    assert "□□□□□□□□□□□0007" in text and "________" in text and "<" not in text
    assert "1. Tell us in writing" in text.replace("\r\n", "\n")


def test_as_it_is_seen_and_printed(tmp_path: Path) -> None:
    file = tmp_path / "letter.html"
    file.write_text(letter(case_of([incident()], [opened(response_code="03")], None)), "utf-8")
    with browser() as shown:
        shown.open(file)
        assert shown.cut_off() == []
        assert pages_in(shown.printed()) in (3, 4)
