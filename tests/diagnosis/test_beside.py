"""A terminal beside this machine is gone where it is on none of the ways on which it was."""

from __future__ import annotations

import pytest

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay
from probes.beside_lan import looked_for
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import DeviceFacts, OnLanFacts
from probes.settings import Beside

LOST = check_of(DeviceFacts(over="usb", seen_before=True), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
THERE = check_of(OnLanFacts(answered_by="icmp", others=3), Outcome.PASS, name="till-2")
AWAY = check_of(OnLanFacts(seen_before=True, others=3), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
UNTOLD = check_of(OnLanFacts(others=0), Outcome.UNKNOWN, Symptom.NOBODY_THERE, name="till-2")


@pytest.mark.parametrize(
    ("lan", "gone"), [(THERE, False), (AWAY, True), (UNTOLD, True), (None, True)], ids=["there", "away", "untold", "not asked"]
)
def test_usb_alone_may_be_a_cable(lan: Check[Facts] | None, gone: bool) -> None:
    found = diagnose([LOST, lan] if lan is not None else [LOST])
    assert (found.can_pay is CanPay.NO, [each.code.value for each in found.findings if each.code.value == "operator.terminal_off"]) == (
        gone,
        ["operator.terminal_off"] * gone,
    )


@pytest.mark.parametrize(
    ("adb", "address"),
    [
        ("192.168.1.20:5555", "192.168.1.20"),
        ("[fe80::1]:5555", "fe80::1"),
        ("till.lan:5555", "till.lan"),
        ("127.0.0.1:5555", None),
        ("[::1]:5555", None),
        ("usb:X1", None),
    ],
)
def test_where_it_is_looked_for_on_the_network(adb: str, address: str | None) -> None:
    found = looked_for(Beside(name="till-2", adb=adb))
    assert (found.address if found is not None else None) == address
