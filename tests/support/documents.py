"""Status documents as literals: a healthy terminal, and one with three causes of different severity."""

from __future__ import annotations

from typing import Any

from agent.contract.document import Bilingual, CauseEntry, RuledOutEntry, Status, Step, Terminal
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.model import CanPay, State
from probes.model import Check, Layer, Outcome, Symptom

THEN = "2026-01-31T08:00:00.000Z"


def check(check_id: str, outcome: str = "pass", symptom: str | None = None, because: str | None = None, **facts: Any) -> Check:
    layer, target = check_id.split(":", 1)
    return Check(
        id=check_id,
        layer=Layer(layer),
        target=target,
        outcome=Outcome(outcome),
        symptom=Symptom(symptom) if symptom else None,
        because=because,
        took_ms=12.5,
        observed_at=THEN,
        facts=facts,
    )


def cause(code: Cause, severity: Severity = Severity.OUTAGE, evidence: tuple[str, ...] = (), **more: Any) -> CauseEntry:
    text = more.pop("summary", Bilingual("摘要", "summary"))
    return CauseEntry(
        code=code,
        category=code.category,
        owner=code.owner,
        severity=severity,
        subject="x",
        confidence=0.93,
        since=THEN,
        summary=text,
        evidence=evidence,
        **more,
    )


def step(code: Cause, number: int, zh: str, en: str, **more: Any) -> Step:
    return Step(
        cause=code,
        step=number,
        who=more.pop("who", Owner.CASHIER),
        text=Bilingual(zh, en),
        expect=Bilingual("灯变绿", "the lamp turns green"),
        interrupts_payment=more.pop("interrupts", False),
        verify="dns:*",
    )


HEALTHY = (
    check("link:eth0", kind="ethernet", used=True, speed_mbps=100),
    check("router:192.168.1.1", interface="eth0", rtt_ms=0.6),
    check("dns:192.168.1.1", names={"www.baidu.com": "NOERROR"}),
    check("internet:223.5.5.5:53", address="223.5.5.5", port=53, expected=True),
    check("gateway:acquirer-a", host="gw-a.pay.example", port=8583),
)


def status(can_pay: CanPay, state: State, checks: tuple[Check, ...] = HEALTHY, causes: tuple[CauseEntry, ...] = (), **more: Any) -> Status:
    terminal = Terminal(
        id="T-1001",
        merchant="***2345",
        serial_number="",
        store="南门店",
        labels={},
        machine_id="m",
        agent_version="0.1.0",
        agent_started_at=THEN,
        config_hash="h",
    )
    leading = next((entry for entry in causes if entry.severity is not Severity.NOTICE), None)
    return Status(
        terminal=terminal,
        generated_at=THEN,
        valid_until=THEN,
        boot_id="b",
        sequence=1,
        can_pay=can_pay,
        state=state,
        since=THEN,
        pending=None,
        category=leading.category if leading else None,
        cause=leading.code if leading else None,
        causes=causes,
        checks=checks,
        remediation=more.pop("steps", ()),
        incident=None,
        next_check_at=THEN,
    )


def broken_names() -> Status:
    checks = (
        *HEALTHY[:2],
        check("dns:192.168.1.1", "fail", "timeout"),
        HEALTHY[3],
        check("gateway:acquirer-a", "skip", because="dns:192.168.1.1"),
        check("serial:printer", "warn", "paper_low", label="小票打印机", port="/dev/ttyUSB0"),
    )
    sentence = Bilingual("域名服务器 192.168.1.1 没有应答，查不到收单主机", "The name server 192.168.1.1 does not answer")
    causes = (
        cause(
            Cause.DNS_UNREACHABLE,
            evidence=("dns:192.168.1.1", "gateway:acquirer-a"),
            ruled_out=(RuledOutEntry(Cause.INTERNET_DOWN, "internet:223.5.5.5:53"),),
            summary=sentence,
        ),
        cause(Cause.DISK_FULL, Severity.DEGRADED, summary=Bilingual("磁盘满了", "The disk is full")),
        cause(Cause.PAPER_LOW, Severity.NOTICE, ("serial:printer",), summary=Bilingual("纸快用完了", "Paper is low")),
    )
    steps = (
        step(Cause.DNS_UNREACHABLE, 1, "重启路由器，等 2 分钟", "Restart the router and wait 2 minutes", interrupts=True),
        step(Cause.DNS_UNREACHABLE, 2, "致电运营商", "Call the provider", who=Owner.TECHNICIAN),
        step(Cause.PAPER_LOW, 1, "准备新纸", "Have a new roll ready"),
    )
    return status(CanPay.NO, State.OUTAGE, checks, causes, steps=steps)
