"""How to go on selling: what was shown to work first, nothing where nothing stops payments."""

from __future__ import annotations

from typing import Any

import pytest

from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, Diagnosis, Finding, State
from agent.remedy.calling import whom_to_call
from agent.remedy.selling import ways
from agent.settings.model import Contact, Settings, Support
from probes.model import Check, Facts, Outcome
from probes.settings import Role, Uplink
from tests.support.remedy_facts import check, finding

BACKUP = check("internet:via:wwan0", Outcome.PASS, gateway="acquirer-a")
WITH_BACKUP = Settings(uplink=[Uplink(interface="eth0"), Uplink(interface="wwan0", role=Role.BACKUP)])


def told(can_pay: CanPay, findings: tuple[Finding, ...], *checks: Check[Facts], settings: Settings | None = None) -> list[tuple[str, bool]]:
    diagnosis = Diagnosis(can_pay=can_pay, state=State.OUTAGE, findings=findings)
    return [(way.way, way.in_use) for way in ways(diagnosis, checks, settings or Settings())]


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    assert told(CanPay.YES, ()) == []
    assert told(CanPay.YES, (finding(Cause.DISK_FULL, severity=Severity.DEGRADED),)) == []
    assert told(CanPay.UNKNOWN, (finding(Cause.PAPER_LOW, severity=Severity.NOTICE),), BACKUP) == []


def test_what_was_shown_to_work_comes_first() -> None:
    down = (finding(Cause.INTERNET_DOWN),)
    assert told(CanPay.NO, down) == [("terminal", False), ("cash", False)]
    assert told(CanPay.NO, down, BACKUP) == [("uplink", False), ("terminal", False), ("cash", False)]
    failed = check("internet:via:wwan0", Outcome.FAIL)
    assert told(CanPay.NO, down, failed) == [("terminal", False), ("cash", False)]


@pytest.mark.parametrize("cause", [Cause.CAPTIVE_PORTAL, Cause.TLS_INTERCEPTED])
def test_no_cards_on_a_network_where_somebody_may_read_along(cause: Cause) -> None:
    assert told(CanPay.NO, (finding(cause),), BACKUP)[:2] == [("not_here", False), ("uplink", False)]


def test_sales_that_already_go_another_way_are_said_to() -> None:
    wrong = (finding(Cause.CABLE_UNPLUGGED, severity=Severity.DEGRADED),)
    over = check("link:wwan0", Outcome.PASS, used=True, kind="cellular")
    assert told(CanPay.YES, wrong, over, settings=WITH_BACKUP) == [("uplink", True)]
    assert told(CanPay.YES, wrong, over) == []
    one_down = (check("gateway:acquirer-a"), check("gateway:acquirer-b", Outcome.PASS))
    assert told(CanPay.YES, (finding(Cause.GATEWAY_DOWN, severity=Severity.DEGRADED),), *one_down) == [("gateway", True)]


@pytest.mark.parametrize(
    ("cause", "who", "phone"),
    [
        (Cause.CABLE_UNPLUGGED, "technician", "t"),
        (Cause.INTERNET_DOWN, "isp", "i"),
        (Cause.DATA_PLAN_STOPPED, "isp", "i"),
        (Cause.ACCOUNT_SUSPENDED, "acquirer", "a"),
        (Cause.GATEWAY_DOWN, "acquirer", "a"),
        (Cause.PRINTER_FAULT, "vendor", "p"),
    ],
)
def test_who_is_called_can_end_the_fault(cause: Cause, who: str, phone: str) -> None:
    numbers: dict[str, Any] = {"provider": "p", "technician": "t", "isp": "i", "acquirer": "a"}
    support = Support(**{name: Contact(phone=number) for name, number in numbers.items()})
    call = whom_to_call(Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=(finding(cause),)), Settings(support=support))
    assert call is not None and (call.who, call.phone) == (who, phone)


def test_nobody_is_called_about_a_notice() -> None:
    notice = finding(Cause.PAPER_LOW, severity=Severity.NOTICE)
    assert whom_to_call(Diagnosis(can_pay=CanPay.YES, state=State.OK, findings=(notice,)), Settings()) is None
