"""Observations and findings that tests of the remedies share."""

from __future__ import annotations

from typing import Any

from agent.contract.document import Step
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis, Finding, State
from agent.remedy.steps import advise
from agent.settings.model import Contact, Settings, Support, TerminalSettings
from probes.model import Check, Facts, Outcome, Symptom
from probes.settings import App, Gateway, GatewayIso8583, GatewayProtocol, SerialDevice
from tests.support.checks import check as typed

TIME = "2026-01-31T08:00:00.000Z"


def check(name: str, outcome: Outcome = Outcome.FAIL, symptom: Symptom | None = None, **facts: Any) -> Check[Facts]:
    return typed(name, outcome, symptom, observed_at=TIME, **facts)


def finding(code: Cause, *evidence: str, subject: str = "", severity: Severity = Severity.OUTAGE, **more: Any) -> Finding:
    return Finding(
        code=code,
        subject=subject,
        severity=severity,
        confidence=0.9,
        category=code.category,
        evidence=evidence or ("gateway:acquirer-a",),
        **more,
    )


def advice(checks: list[Check[Facts]], *findings: Finding, settings: Settings | None = None) -> tuple[Step, ...]:
    return advise(Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=findings), checks, settings or Settings())


CERTIFICATE = {"subject": "gw-a.pay.example", "issuer": "Example CA", "not_after": "2026-01-30T12:00:00Z"}
OBSERVED = [
    check("system:disk:/", path="/var", used_percent=97.2),
    check("system:memory", available_percent=2.34),
    check("system:load", per_core=6.51),
    check("system:temperature", hottest_c=91.0),
    check("system:battery", percent=7),
    check("system:date:Fee debit", symptom=Symptom.DATE_DUE, due="2026-02-10", days_left=10),
    check("system:clock", now="2020-01-01T00:00:00Z", build_date="2026-01-01"),
    check("link:eth0", used=True, signal_dbm=-85, errors=12),
    check("address:conflict:eth0", interface="eth0", mac="00:00:5e:00:53:07"),
    check("address:eth0", addresses=("192.0.2.7/24",)),
    check("router:192.0.2.1", interface="eth0"),
    check("dns:192.0.2.1", interface="eth0"),
    check("dns:lookup:gw-a.pay.example", host="gw-a.pay.example", costs_s=5.02, waits_for="192.0.2.1"),
    check("internet:check-1", host="check.example", date_skew_s=7300),
    check("internet:loss:eth0", loss_percent=41.3, rtt_ms=2345.6),
    check("internet:via:wwan0", Outcome.PASS),
    check(
        "gateway:acquirer-a",
        symptom=Symptom.RESPONSE_CODE,
        host="gw-a.pay.example",
        port=8583,
        address="198.51.100.7",
        response_code="91",
        certificate=CERTIFICATE,
    ),
    check("serial:printer", port="/dev/ttyUSB0", node="/dev/ttyUSB0", label="", holder={"name": "brltty", "pid": 77}),
    check("app:payapp"),
]
CONFIGURED = Settings(
    terminal=TerminalSettings(id="T-1001", merchant_id="123456789012345", serial_number="SN-0042"),
    support=Support(
        provider=Contact(name="Provider", phone="p-1"),
        acquirer=Contact(name="Acquirer", phone="a-1"),
        technician=Contact(name="Technician", phone="t-1"),
        isp=Contact(name="Isp", phone="i-1"),
    ),
    gateway=[
        Gateway(
            name="acquirer-a",
            host="gw-a.pay.example",
            port=8583,
            protocol=GatewayProtocol.ISO8583,
            iso8583=GatewayIso8583(terminal_id="87654321"),
        )
    ],
    serial=[SerialDevice(name="printer", label="小票打印机", port="/dev/ttyUSB0")],
    app=[App(name="payapp", process="payapp")],
)
