"""Steps say what was observed, leave out what is disproved, and let nothing through that hides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.diagnose import diagnose
from agent.remedy import catalogue
from agent.remedy.catalogue import PLACEHOLDER, Entry, StepTemplate, entry
from agent.remedy.measures import duration
from agent.remedy.steps import summarise
from agent.remedy.values import UNKNOWN, fill, values
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape
from probes.model import Kind, Layer, Outcome, Symptom
from probes.settings import GatewayIso8583
from tests.support.remedy_facts import CONFIGURED, OBSERVED, advice, check, finding


def texts(each: Entry) -> list[Bilingual]:
    return [
        each.summary,
        each.recognised,
        *(Bilingual(other.zh, other.en) for other in each.others),
        *(part for step in each.steps for part in (Bilingual(step.zh, step.en), step.expect)),
    ]


@pytest.mark.parametrize("code", Cause)
def test_every_cause_makes_sentences_of_no_facts_at_all(code: Cause) -> None:
    bare = finding(code)
    steps = advice([], bare)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1)) != []
    for text in (summarise(bare, [], Settings()), *(step.text for step in steps), *(step.expect for step in steps)):
        assert not re.search(r"[{}]", text.zh + text.en)


@pytest.mark.parametrize("code", Cause)
def test_every_cause_says_what_was_observed(code: Cause) -> None:
    same_layer = [each.id for each in OBSERVED if each.failed and each.layer is code.layer]
    subject = {Layer.SERIAL: "printer", Layer.GATEWAY: "acquirer-a", Layer.DNS: "192.0.2.1"}.get(code.layer, "eth0")
    ids = [*same_layer, *(each.id for each in OBSERVED if each.failed and each.id not in same_layer)]
    full = finding(code, *ids, subject=subject, candidates=(Cause.ACCOUNT_SUSPENDED, Cause.GATEWAY_MISCONFIGURED))
    seen = [each for each in OBSERVED if code is Cause.CLOCK_WRONG or each.kind is not Kind.CLOCK]  # a wrong clock tells no time
    known = values(full, seen, CONFIGURED)
    used = {name for text in texts(entry(code)) for name in PLACEHOLDER.findall(text.zh)}
    assert [name for name in sorted(used) if known[name] == UNKNOWN.get(name)] == []
    summary = summarise(full, seen, CONFIGURED)
    assert len(summary.zh) <= 60, summary.zh
    assert len(summary.en) <= 120, summary.en


@pytest.mark.parametrize(
    ("code", "evidence", "name", "zh", "en"),
    [
        (Cause.UNSTABLE, "internet:loss:eth0", "value", "41%", "41%"),
        (Cause.SLOW, "internet:loss:eth0", "value", "2346 ms", "2346 ms"),
        (Cause.MEMORY_EXHAUSTED, "system:memory", "value", "2.3%", "2.3%"),
        (Cause.CLOCK_WRONG, "internet:check-1", "value", "2 小时", "2 hours"),
        (Cause.CLOCK_WRONG, "system:clock", "value", "至少 6 年", "at least 6 years"),
        (Cause.PORT_BUSY, "serial:printer", "holder", "brltty（进程 77）", "brltty (process 77)"),
        (Cause.PORT_BUSY, "serial:printer", "device", "小票打印机", "小票打印机"),
        (Cause.PORT_BUSY, "serial:printer", "node", "/dev/ttyUSB0", "/dev/ttyUSB0"),
        (Cause.GATEWAY_ERROR, "gateway:acquirer-a", "code", "91", "91"),
        (Cause.GATEWAY_ERROR, "gateway:acquirer-a", "port", "8583", "8583"),
        (Cause.DNS_UNREACHABLE, "dns:192.0.2.1", "host", "gw-a.pay.example", "gw-a.pay.example"),
        (Cause.INTERNET_DOWN, "internet:check-1", "router", "192.0.2.1", "192.0.2.1"),
        (Cause.INTERNET_DOWN, "internet:check-1", "merchant", "尾号 2345，完整号码在签购单上", "ending in 2345, in full on a receipt"),
        (Cause.INTERNET_DOWN, "internet:check-1", "terminal", "尾号 4321，完整号码在签购单上", "ending in 4321, in full on a receipt"),
        (Cause.INTERNET_DOWN, "internet:check-1", "isp", "Isp i-1", "Isp i-1"),
        (Cause.DISK_FULL, "system:disk:/", "path", "/var", "/var"),
        (
            *(Cause.TLS_INTERCEPTED, "gateway:acquirer-a", "certificate"),
            *("gw-a.pay.example，签发者 Example CA", "gw-a.pay.example, issued by Example CA"),
        ),
    ],
)
def test_one_value(code: Cause, evidence: str, name: str, zh: str, en: str) -> None:
    assert values(finding(code, evidence), OBSERVED, CONFIGURED)[name] == Bilingual(zh, en)


@pytest.mark.parametrize("code", [Cause.SIM_MISSING, Cause.RADIO_OFF, Cause.NOT_REGISTERED, Cause.WEAK_SIGNAL])
def test_a_modem_on_a_serial_port_is_called_as_people_call_it(code: Cause) -> None:
    """It has no network interface of its own, and no other link shows whether a step has helped."""
    checks = [check("link:eth0", Outcome.PASS, used=True), check("serial:modem1", label="4G modem", signal_dbm=-111)]
    found = finding(code, "serial:modem1", subject="modem1")
    if code is not Cause.NOT_REGISTERED:  # which speaks of the terminal
        assert "4G modem" in summarise(found, checks, Settings()).en
    assert {step.verify for step in advice(checks, found)} == {"serial:modem1"}


def test_a_disk_may_be_full_of_files() -> None:
    disk = [check("system:disk:/", path="/", used_percent=40.0, inodes_used_percent=99.8)]
    assert values(finding(Cause.DISK_FULL, "system:disk:/"), disk, Settings())["value"].en == "100% of its number of files"


def test_the_router_may_be_known_from_the_route_alone() -> None:
    route = [check("address:route", routers=({"router": "192.0.2.254", "interface": "eth0", "metric": 100},))]
    assert values(finding(Cause.NETWORK_MISCONFIGURED, "address:route"), route, Settings())["router"].en == "192.0.2.254"


def test_a_contact_that_is_not_configured_stands_on_the_contract() -> None:
    assert values(finding(Cause.INTERNET_DOWN), [], Settings())["isp"] == Bilingual(
        "宽带或流量卡合同上的电话", "the number on the contract for the line or the SIM"
    )


def test_the_merchant_number_may_stand_with_the_gateway_and_is_masked_there_too() -> None:
    gateway = replace(CONFIGURED.gateway[0], iso8583=GatewayIso8583(merchant_id="999988887777666"))
    known = values(finding(Cause.ACCOUNT_SUSPENDED), [], Settings(gateway=[gateway]))
    assert known["merchant"].en == "ending in 7666, in full on a receipt"


def test_times_are_local_with_their_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        known = values(finding(Cause.GATEWAY_DOWN), OBSERVED[-3:], Settings())
    finally:
        monkeypatch.undo()
        time.tzset()
    assert known["time"].zh == "2026-01-31 16:00:00+08:00"
    assert known["not_after"].en == "2026-01-30"


@pytest.mark.parametrize("code", [Cause.CLOCK_WRONG, Cause.GATEWAY_DOWN])
def test_a_wrong_clock_dictates_no_time_for_a_call(code: Cause) -> None:
    wrong = check("system:clock", Outcome.FAIL, Symptom.CLOCK_SKEW, now="2020-01-01T00:00:00Z")
    assert values(finding(code, "system:clock"), [wrong], Settings())["time"] == Bilingual("看手机上的时间", "as a phone shows it")


@pytest.mark.parametrize(
    ("name", "said"),
    [("小票打印机", "甲小票打印机没纸了"), ("printer", "甲 printer 没纸了"), ("/dev/lp0", "甲 /dev/lp0 没纸了"), ("", "甲没纸了")],
)
@pytest.mark.parametrize("template", ["甲 {device} 没纸了", "甲{device}没纸了"])
def test_what_is_filled_in_is_spaced_as_its_letters_want_it(template: str, name: str, said: str) -> None:
    assert fill(Bilingual(template, ""), {"device": Bilingual(name, name)}).zh == said


def test_durations_have_a_unit_that_fits() -> None:
    said = [duration(seconds).en for seconds in (0.5, 90, -300, 7300, 86400 * 3, 86400 * 365 * 5)]
    assert said == ["0.5 s", "90 s", "5 minutes", "2 hours", "3 days", "5 years"]


@given(st.text(max_size=40))
def test_nothing_that_was_observed_is_looked_at_as_a_template(text: str) -> None:
    poisoned = [check("gateway:acquirer-a", host=text, port=1)]
    filled = fill(Bilingual("{host}|{port}", "{host}|{port}"), values(finding(Cause.GATEWAY_BLOCKED, subject=text), poisoned, Settings()))
    assert filled.en == f"{escape(text, 80) if text else UNKNOWN['host'].en}|1"
    assert filled.en.isprintable() or any(ord(character) >= 0xE000 or character.isspace() for character in filled.en)


def test_braces_and_controls_from_outside_stay_what_they_are() -> None:
    hostile = "{merchant}{0.__class__}\x1b[2J\u202e\n"
    known = values(finding(Cause.GATEWAY_BLOCKED), [check("gateway:acquirer-a", host=hostile)], CONFIGURED)
    assert fill(Bilingual("{host}", "{host}"), known).zh == r"{merchant}{0.__class__}\x1b[2J\u202e\x0a"


def shown(monkeypatch: pytest.MonkeyPatch, code: Cause, *steps: StepTemplate) -> None:
    made = Entry(code, Bilingual("名", "name"), Bilingual("摘要", "summary"), Bilingual("识别", "recognised"), steps)
    monkeypatch.setattr("agent.remedy.steps.entry", lambda wanted: made if wanted is code else entry(wanted))


def step(text: str, **more: Any) -> StepTemplate:
    return StepTemplate(who=Owner.CASHIER, zh=text, en=text, expect=Bilingual("好", "good"), **more)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.PASS, ["plain", "if"]),
        (Outcome.WARN, ["plain", "if"]),
        *((outcome, ["plain", "unless"]) for outcome in (Outcome.FAIL, Outcome.SKIP, Outcome.UNKNOWN)),
    ],
)
def test_a_step_that_a_check_disproved_is_left_out(monkeypatch: pytest.MonkeyPatch, outcome: Outcome, expected: list[str]) -> None:
    steps = (step("plain"), step("unless", unless=("dns:config", "internet:via:*")), step("if", only_if=("internet:via:*",)))
    shown(monkeypatch, Cause.INTERNET_DOWN, *steps)
    given_advice = advice([check("internet:via:wwan0", outcome)], finding(Cause.INTERNET_DOWN))
    assert [(each.step, each.text.en) for each in given_advice] == list(enumerate(expected, start=1))


@pytest.mark.parametrize(
    ("outcome", "expected"), [(Outcome.FAIL, ["plain", "only"]), *((each, ["plain", "unless"]) for each in (Outcome.PASS, Outcome.SKIP))]
)
def test_a_step_for_what_failed_stands_there_alone(monkeypatch: pytest.MonkeyPatch, outcome: Outcome, expected: list[str]) -> None:
    overlap = ("address:overlap:*",)
    shown(monkeypatch, Cause.NETWORK_MISCONFIGURED, step("plain"), step("unless", unless_failed=overlap), step("only", only_failed=overlap))
    given_advice = advice([check("address:overlap:docker0", outcome)], finding(Cause.NETWORK_MISCONFIGURED))
    assert [each.text.en for each in given_advice] == expected


def test_verify_is_the_nearest_check_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    shown(monkeypatch, Cause.GATEWAY_DOWN, step("a", verify="gateway:*"), step("b", verify="serial:*"), step("c"))
    checks = [check("gateway:a"), check("gateway:b"), check("gateway:c"), check("router:192.0.2.1")]
    for subject, evidence, expected in (
        ("b", ("router:192.0.2.1", "gateway:c"), "gateway:c"),
        ("b", ("router:192.0.2.1",), "gateway:b"),
        ("x", ("router:192.0.2.1",), "gateway:a"),
    ):
        steps = advice(checks, finding(Cause.GATEWAY_DOWN, *evidence, subject=subject))
        assert [each.verify for each in steps] == [expected, evidence[0], evidence[0]]


def test_notices_come_last_and_numbers_start_anew_for_each_cause() -> None:
    low = finding(Cause.PAPER_LOW, "serial:printer", subject="printer", severity=Severity.NOTICE)
    steps = advice(OBSERVED, low, finding(Cause.GATEWAY_DOWN, subject="acquirer-a"))
    assert list(dict.fromkeys(each.cause for each in steps)) == [Cause.GATEWAY_DOWN, Cause.PAPER_LOW]
    assert next(each.step for each in steps if each.cause is Cause.PAPER_LOW) == 1


def test_two_subjects_of_one_cause_share_their_numbers_and_say_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    shown(monkeypatch, Cause.GATEWAY_DOWN, step("look at {subject}"), step("call"))
    steps = advice([], finding(Cause.GATEWAY_DOWN, subject="a"), finding(Cause.GATEWAY_DOWN, subject="b"))
    assert [(each.step, each.text.en) for each in steps] == [(1, "look at a"), (2, "call"), (3, "look at b")]


def test_a_damaged_catalogue_takes_the_words_and_not_the_verdict(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(catalogue, "data_path", lambda *parts: tmp_path.joinpath(*parts))
    catalogue.entry.cache_clear()
    try:
        assert summarise(finding(Cause.SLOW), [], Settings()) == Bilingual("network.slow", "network.slow")
        assert advice([], finding(Cause.SLOW)) == ()
        with pytest.raises(catalogue.CatalogueError, match=r"network\.slow\.toml: No such file"):
            entry(Cause.SLOW)
    finally:
        catalogue.entry.cache_clear()


def test_a_doubt_about_the_terminal_itself_gets_no_steps_for_the_path() -> None:
    """A serial device that does not answer is no reason to put the terminal on a phone's hotspot."""
    served = check("serial:pinpad", Outcome.FAIL, Symptom.REFUSED, port="socket://192.0.2.40:4001")
    doubt = finding(Cause.INDETERMINATE, served.id, candidates=(Cause.DEVICE_NOT_RESPONDING, Cause.SERIAL_MISCONFIGURED))
    told = [step.text.en for step in advice([served], doubt)]
    assert "lamps and display" in told[0]
    assert not [text for text in told if "hotspot" in text or "web page" in text]
    assert "call the" in told[-1]


def test_a_subject_without_a_name_is_told_in_the_language_of_the_reader() -> None:
    """A terminal without any network interface: nothing in it has a name."""
    route = check("address:route", Outcome.FAIL, Symptom.NO_DEFAULT_ROUTE)
    (found,) = diagnose([route]).findings
    told = summarise(found, [route], Settings())
    assert told.zh.startswith("网络有故障")
    assert told.en.startswith("There is a fault in the network; it may be ")


def test_a_printer_on_the_network_gets_no_steps_of_a_serial_cable() -> None:
    for code, symptom in ((Cause.DEVICE_UNPLUGGED, Symptom.NOBODY_THERE), (Cause.SERIAL_MISCONFIGURED, Symptom.WRONG_PROTOCOL)):
        seen = check("serial:printer", Outcome.FAIL, symptom, role="printer", port="socket://192.168.1.60:9100")
        shown = replace(finding(code), subject="printer", evidence=("serial:printer",))
        said = " ".join(step.text.en for step in advice([seen], shown))
        assert "self-test page" in said and "LAN cable" in said, said
        assert not any(word in said for word in ("USB", "baud", "serial plug", "lsusb")), said
        assert "192.168.1.60" in summarise(shown, [seen], CONFIGURED).en
