"""Documents and looks for those who are led: a fault with steps, another one, and the end of both."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from agent.contract.document import Incident, Status, Step
from agent.diagnosis.causes import Cause, Owner, Severity
from agent.diagnosis.model import CanPay, State
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts
from tests.support import documents
from tests.support.documents import THEN, cause, check

CABLE, PAPER = Cause.CABLE_UNPLUGGED, Cause.PAPER_OUT
LINK, PRINTER = "link:eth0", "serial:printer"
STEPS = {
    CABLE: ("plug_cable", "power_switch", "plug_other_end", "call_technician"),
    PAPER: ("go_on_selling", "load_paper", "turn_paper"),
}
VERIFY = {CABLE: LINK, PAPER: PRINTER, Cause.DNS_UNREACHABLE: "dns:192.0.2.53"}


def step(code: Cause, number: int, name: str, *, interrupts: bool = False) -> Step:
    return Step(
        cause=code,
        id=name,
        step=number,
        who=Owner.CASHIER,
        text=Bilingual(f"做 {name}", f"Do {name}"),
        expect=Bilingual("灯亮", "the lamp lights up"),
        interrupts_payment=interrupts,
        verify=VERIFY[code],
    )


def steps(code: Cause, *names: str, interrupts: tuple[str, ...] = ()) -> tuple[Step, ...]:
    return tuple(step(code, number + 1, name, interrupts=name in interrupts) for number, name in enumerate(names or STEPS[code]))


def faulty(*codes: Cause, can_pay: CanPay = CanPay.NO, order: tuple[Step, ...] = (), **more: Any) -> Status:
    """A document with these faults, each with its steps; `order`: these steps in their place."""
    severity = Severity.OUTAGE if can_pay is CanPay.NO else Severity.DEGRADED
    failed = {LINK: ("fail", "no_carrier"), PRINTER: ("fail", "paper_out"), "dns:192.0.2.53": ("fail", "timeout")}
    wrong = {VERIFY[code] for code in codes}
    checks = tuple(check(name, *(failed[name] if name in wrong else ("pass",))) for name in (LINK, PRINTER))
    if Cause.DNS_UNREACHABLE in codes:
        checks = (*checks, check("dns:192.0.2.53", "fail", "timeout"))
    causes = tuple(cause(code, severity, (VERIFY[code],), short="0210-0D") for code in codes)
    every = order or tuple(each for code in codes for each in steps(code))
    state = State.OUTAGE if can_pay is CanPay.NO else State.DEGRADED
    made = documents.status(can_pay, state, checks, causes, steps=every)
    return replace(made, incident=Incident(id="20260131T080000Z-abcdef", opened_at=THEN), **more)


def healthy(**more: Any) -> Status:
    return replace(documents.status(CanPay.YES, State.OK, (check(LINK), check(PRINTER))), **more)


def bad(name: str = LINK, symptom: str = "no_carrier") -> Check[Facts]:
    return check(name, "fail", symptom)


def fine(name: str = LINK) -> Check[Facts]:
    return check(name)
