"""The document of one examination: within 64 KiB whatever the checks hold, and the verdict always in it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract.checks import entry_of
from agent.contract.decode import decode
from agent.contract.document import SIZE_LIMIT, Pending, Status
from agent.contract.encode import encode
from agent.contract.times import parse
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis, Finding, State
from agent.examination.result import Examination
from agent.settings.load import Loaded
from agent.settings.model import AgentSettings, NetworkSettings, Settings, TerminalSettings
from agent.status.build import Moment, Report, build, snapshot
from agent.storage.identity import Identity
from probes.model import Check, Facts, Layer, Outcome, Symptom, check_of
from probes.model.facts import PluginFacts
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol, InternetCheck, Plugin
from tests.support.checks import check as typed
from tests.support.clocks import SetClock
from tests.support.staged import diagnosis, examination, finding

SETTINGS = Settings(terminal=TerminalSettings(merchant_id="123456789012345"), agent=AgentSettings(state_dir="/nonexistent/posdiag"))
LOADED = Loaded(SETTINGS, None, frozenset(), "0" * 16)
IDENTITY = Identity(terminal_id="T-1", machine_id="m", serial_number="s", boot_id="b")
CABLE = diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED)
MOMENT = Moment(now=1_790_000_000, started=1_789_999_000, sequence=1, next_write_s=10, next_check_s=5)


def built(found: Examination, report: Report | None = None) -> Status:
    return build(found, LOADED, identity=IDENTITY, moment=MOMENT, report=report)


def check(number: int, outcome: Outcome = Outcome.PASS, **facts: Any) -> Check[Facts]:
    return typed(f"gateway:g{number}", outcome, **facts)


def foreign(outcome: Outcome = Outcome.PASS, **facts: Any) -> Check[Facts]:
    """Of a plug-in, whose facts may be anything."""
    return typed("cell:p", outcome, layer=Layer.SYSTEM, **facts)


def test_the_merchant_s_number_is_masked_wherever_it_came_from() -> None:
    """A redirect, a certificate or a text of the host's may repeat it."""
    facts = {"location": "http://h/m=123456789012345", "certificate": {"names": ("123456789012345.pay.example",)}, "trace": "012345"}
    deep: list[Any] = ["123456789012345"]
    for _ in range(500):
        deep = [deep]
    checks = (check(0, Outcome.FAIL, **facts), foreign(deep=deep, m="123456789012345"))
    content = encode(built(examination(CABLE, checks=checks))).decode()
    assert "123456789012345" not in content
    assert content.count("***********2345") == 4  # the terminal's own line, and three times in the facts
    assert '"trace":"012345"' in content


@pytest.mark.parametrize(
    "checks",
    [
        tuple(check(n, text="x" * 1000) for n in range(200)),
        tuple(check(n, Outcome.FAIL, text="中" * 5000) for n in range(50)),
        tuple(check(n, Outcome.SKIP) for n in range(2000)),
        tuple(check(n, Outcome.FAIL) for n in range(2000)),
        (foreign(Outcome.FAIL, deep={"list": ["y" * 10] * 20_000}),),
    ],
)
def test_a_large_document_is_trimmed_and_says_so(checks: tuple[Check[Facts], ...]) -> None:
    status = built(examination(CABLE, checks=checks))
    content = encode(status)
    assert len(content) <= SIZE_LIMIT
    plain = json.loads(content)
    assert (plain["state"], plain["can_pay"], plain["cause"]) == ("outage", "no", "operator.cable_unplugged")
    assert plain["causes"][0]["evidence"] == ["link:eth0"]
    assert "link:eth0" in [each["id"] for each in plain["checks"]]
    note = next(each for each in plain["checks"] if each["id"] == "system:document")
    assert note["facts"]["trimmed"]
    assert msgspec.json.decode(content, type=Status) == status


def test_failed_checks_keep_their_facts_while_passed_ones_can_give() -> None:
    checks = (*(check(n, text="x" * 1000) for n in range(200)), check(999, Outcome.FAIL, phase="tls"))
    kept = {each.id: each for each in built(examination(CABLE, checks=checks)).checks}
    assert kept["gateway:g999"].facts == {"phase": "tls"}
    assert kept["gateway:g1"].facts == {"trimmed": True}


def test_the_facts_of_plugins_go_before_those_of_any_other_check() -> None:
    many = [check_of(PluginFacts(plugin="ups", values={"text": "x" * 150}), Outcome.PASS, name=f"ups:{number}") for number in range(200)]
    kept = {each.id: each for each in built(examination(CABLE, checks=(check(1, phase="done"), *many))).checks}
    assert kept["gateway:g1"].facts == {"phase": "done"}
    assert kept["plugin:ups:7"].facts == {"trimmed": True}
    assert kept["system:document"].facts["trimmed"] == ["facts of plug-ins"]


def test_hundreds_of_causes_leave_the_leading_one() -> None:
    many = msgspec.structs.replace(CABLE, findings=tuple(finding(Cause.GATEWAY_DOWN, f"gateway-{n:04}") for n in range(400)))
    status = built(examination(many))
    assert len(encode(status)) <= SIZE_LIMIT
    assert status.cause is Cause.GATEWAY_DOWN
    assert status.causes[0].subject == "gateway-0000"


def test_a_document_that_fits_is_left_alone() -> None:
    found = examination(CABLE, checks=(check(1, text="x" * 1000),))
    assert built(found).checks == tuple(map(entry_of, found.checks))


def test_whatever_facts_hold_becomes_json() -> None:
    odd: dict[str, Any] = {"name": "\udcff", "set": {1}, "big": 2**90, "nan": float("nan"), "object": object(), "nested": {"a": ["\ud800"]}}
    plain = json.loads(encode(built(examination(CABLE, checks=(foreign(**odd),)))))
    facts = plain["checks"][-1]["facts"]
    assert facts["name"] == "\\udcff"
    assert (facts["set"], facts["nan"], facts["nested"]) == ([1], None, {"a": ["\\ud800"]})


def test_while_a_change_is_pending_the_verdict_is_the_confirmed_one_and_consistent() -> None:
    fine = typed("link:eth0")
    fresh = examination(diagnosis(State.OK), checks=(fine,))
    old = examination(CABLE)
    pending = Pending(State.OK, None, 1)
    report = Report(diagnosis=CABLE, checks=old.checks, since=MOMENT.now - 500, pending=pending)
    status = built(fresh, report)
    assert (status.state, status.can_pay, status.category, status.cause) == ("outage", "no", "operator", "operator.cable_unplugged")
    assert {step.cause for step in status.remediation} == {Cause.CABLE_UNPLUGGED}
    assert status.checks == (entry_of(fine),)
    assert status.pending == pending
    assert parse(status.since) == MOMENT.now - 500


def test_evidence_names_only_checks_of_the_document() -> None:
    report = Report(diagnosis=CABLE, checks=examination(CABLE).checks, since=0)
    assert built(examination(diagnosis(State.OK)), report).causes[0].evidence == ()


def test_the_merchant_number_is_masked_and_texts_are_there_in_both_languages() -> None:
    status = built(examination(CABLE))
    assert status.terminal.merchant == "***********2345"
    assert "123456789012345" not in encode(status).decode()
    assert status.causes[0].summary.zh != status.causes[0].summary.en
    assert status.remediation[0].step == 1


def test_a_notice_is_no_leading_cause() -> None:
    status = built(examination(diagnosis(State.OK, Cause.PAPER_LOW)))
    assert (status.state, status.cause, status.category) == (State.OK, None, None)
    assert [cause.code for cause in status.causes] == [Cause.PAPER_LOW]


def test_a_snapshot_is_of_now_and_of_this_machine() -> None:
    clock = SetClock()
    status = snapshot(examination(CABLE), LOADED, clock)
    generated, valid = parse(status.generated_at), parse(status.valid_until)
    assert (generated, valid) == (clock.wall(), clock.wall() + 180)
    assert status.boot_id


def test_a_number_typed_as_a_name_is_masked_in_every_part_of_the_document() -> None:
    number, other = "123456789012345", "999999999992345"
    gateways = [Gateway(name=each, host=f"{each}.example", port=1, protocol=GatewayProtocol.TCP) for each in (number, other)]
    gateways.append(replace(gateways[0], name="c", iso8583=GatewayIso8583(merchant_id=other, terminal_id="10000001")))
    terminal = TerminalSettings(id="T-1", merchant_id=number, store=f"shop {number}", labels={number: number})
    loaded = Loaded(replace(SETTINGS, terminal=terminal, gateway=gateways), None, frozenset(), "0" * 16)
    named = tuple(typed(f"gateway:{each}", Outcome.FAIL, Symptom.REFUSED, because=f"router:{each}") for each in (number, other))
    cut = typed("gateway:c", Outcome.FAIL, Symptom.REFUSED, text="the merchant 12345678901…")
    found = Finding(
        code=Cause.GATEWAY_DOWN,
        subject=number,
        severity=Severity.OUTAGE,
        confidence=0.9,
        category=Cause.GATEWAY_DOWN.category,
        evidence=(named[0].id, named[1].id),
    )
    verdict = Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=(found,))
    status = build(examination(verdict, checks=(*named, cut)), loaded, identity=IDENTITY, moment=MOMENT)
    content = encode(status).decode()
    assert number not in content and other not in content and "12345678901" not in content
    ids = [check.id for check in status.checks]
    assert len(set(ids)) == len(ids) and set(status.causes[0].evidence) <= set(ids) and len(status.causes[0].evidence) == 2
    assert status.causes[0].subject == "***********2345"
    assert decode(encode(status)) == status


def test_a_secret_that_an_error_repeats_is_hidden() -> None:
    """A plug-in's exception has its address with the login, a redirect what we asked for."""
    network = NetworkSettings(
        proxy="http://u:pr0xy%2Fpw@h:1",
        internet_checks=[InternetCheck(url="http://a/?key=k3y-0f-a&x=1"), InternetCheck(url="http://u:resolve@b/")],
    )
    own = {"url": "https://admin:pl/ug-1n@ups/", "login": {"password": ["S3cretly"]}, "host": "ups.example", "n": 3}
    loaded = Loaded(replace(SETTINGS, network=network, plugin=[Plugin(name="ups", settings=own)]), None, frozenset(), "0" * 16)
    checks = (
        typed("plugin:ups", Outcome.UNKNOWN, because="no route: https://admin:pl/ug-1n@ups/ (S3cretly)", text="pr0xy%2Fpw is pr0xy/pw"),
        typed("gateway:a", Outcome.FAIL, Symptom.REFUSED, location="http://x/k3y-0f-a", phase="resolve", host="ups.example"),
        typed("gateway:b", Outcome.FAIL, Symptom.REFUSED, text="proxy refused: S3cre…"),
    )
    content = encode(build(examination(CABLE, checks=checks), loaded, identity=IDENTITY, moment=MOMENT)).decode()
    for secret in ("pl/ug-1n", "S3cre", "pr0xy", "k3y-0f-a"):
        assert secret not in content
    assert '"phase":"resolve"' in content and "ups.example" in content
