"""A terminal beside this machine that is not there: missed in opening hours, and switched off outside of them."""

from __future__ import annotations

from datetime import datetime

import pytest

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay
from agent.examination.off_duty import is_off_duty, without_duty
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import DeviceFacts, GatewayFacts, OnLanFacts

HOURS = "Mo-Su 08:00-20:00"
DAY, NIGHT = (datetime(2026, 2, 2, hour).timestamp() for hour in (12, 23))
GONE = check_of(DeviceFacts(over="usb", seen_before=True), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
AWAY = check_of(OnLanFacts(seen_before=True, others=1), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
ALL_DARK = check_of(OnLanFacts(seen_before=True, others=0), Outcome.UNKNOWN, Symptom.NOBODY_THERE, "nobody else answers", name="till-2")
NEVER = check_of(OnLanFacts(seen_before=False), Outcome.UNKNOWN, Symptom.NOBODY_THERE, "never seen", name="till-2")
ASKS = check_of(DeviceFacts(over="usb", seen_before=True, state="unauthorized"), Outcome.UNKNOWN, Symptom.NOT_ALLOWED, name="till-2")
THERE = check_of(OnLanFacts(answered_by="icmp", seen_before=True), Outcome.PASS, name="till-2")
HOST = check_of(GatewayFacts(host="gw.example"), Outcome.UNKNOWN, because="device:till-2", name="acquirer-a")


@pytest.mark.parametrize("ways", [[GONE], [AWAY], [GONE, AWAY], [ALL_DARK], [GONE, ALL_DARK]], ids=str)
def test_it_is_off_duty_when_the_shop_is_closed_and_it_is_nowhere(ways: list[Check[Facts]]) -> None:
    seen = without_duty([*ways, HOST], HOURS, NIGHT)
    found = diagnose(seen)
    assert is_off_duty(seen) and (found.can_pay, found.findings) == (CanPay.UNKNOWN, ()) and HOST in seen


@pytest.mark.parametrize(
    ("ways", "hours", "now"),
    [([GONE], HOURS, DAY), ([GONE], "", NIGHT), ([NEVER], HOURS, NIGHT), ([ASKS], HOURS, NIGHT), ([GONE, THERE], HOURS, NIGHT)],
    ids=["open", "no hours", "never seen", "there and locked", "there on the network"],
)
def test_else_it_is_as_it_was_seen(ways: list[Check[Facts]], hours: str, now: float) -> None:
    assert without_duty(ways, hours, now) == ways and not is_off_duty(ways)
