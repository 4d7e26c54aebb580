"""A terminal beside this machine is gone where it is on none of the ways on which it was."""

from __future__ import annotations

import pytest

from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay, State
from agent.remedy.steps import advise, summarise
from agent.settings.model import Settings
from probes.beside_lan import looked_for
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import DeviceFacts, GatewayFacts, OnLanFacts
from probes.settings import Beside

LOST = check_of(DeviceFacts(over="usb", seen_before=True), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
THERE = check_of(OnLanFacts(answered_by="icmp", others=3), Outcome.PASS, name="till-2")
AWAY = check_of(OnLanFacts(seen_before=True, others=3), Outcome.FAIL, Symptom.TERMINAL_GONE, name="till-2")
SHUT = OnLanFacts(address="192.168.1.20", answered_by="icmp", ports={"9100": "refused"})
UNTOLD = check_of(OnLanFacts(address="192.168.1.20", others=0), Outcome.UNKNOWN, Symptom.NOBODY_THERE, name="till-2")


@pytest.mark.parametrize(
    ("lan", "gone"), [(THERE, False), (AWAY, True), (UNTOLD, True), (None, True)], ids=["there", "away", "untold", "not asked"]
)
def test_usb_alone_may_be_a_cable(lan: Check[Facts] | None, gone: bool) -> None:
    found = diagnose([LOST, lan] if lan is not None else [LOST])
    assert (found.can_pay is CanPay.NO, [each.code.value for each in found.findings if each.code.value == "operator.terminal_off"]) == (
        gone,
        ["operator.terminal_off"] * gone,
    )


def usb(symptom: Symptom | None, state: str | None = None, over: str = "usb") -> Check[Facts]:
    return check_of(DeviceFacts(over=over, state=state), Outcome.UNKNOWN, symptom, "what to do", name="till-2")


NEVER_LISTED = usb(None)


@pytest.mark.parametrize(
    ("device", "gone"),
    [
        (usb(Symptom.NOT_ALLOWED, "unauthorized"), False),
        (usb(Symptom.HANGS, "offline"), False),
        (usb(Symptom.IN_RECOVERY, "recovery"), False),
        (usb(Symptom.SEVERAL), False),
        (usb(Symptom.NO_ADB), False),
        (usb(Symptom.TIMEOUT), False),
        (usb(Symptom.NOT_LOOKED), False),
        (NEVER_LISTED, True),
        (LOST, True),
        (usb(Symptom.HANGS, "offline", "network"), True),
        (usb(Symptom.NO_ADB, over="network"), True),
        (usb(Symptom.REFUSED, over="network"), False),
        (usb(Symptom.NOT_ALLOWED, "unauthorized", "network"), False),
    ],
    ids=lambda each: each if isinstance(each, bool) else f"{each.facts.over} {each.symptom}",
)
def test_the_network_alone_does_not_say_that_it_is_gone_where_usb_may_have_it(device: Check[Facts], gone: bool) -> None:
    found = diagnose([AWAY, device])
    assert (found.can_pay is CanPay.NO, [each.code.value for each in found.findings if each.code.value == "operator.terminal_off"]) == (
        gone,
        ["operator.terminal_off"] * gone,
    )


@pytest.mark.parametrize(
    ("checks", "said", "not_said"),
    [
        ([AWAY], "was on the network", "USB"),
        ([LOST], "was on USB", "network"),
        ([AWAY, LOST], "neither on the network nor on USB", "any more"),
    ],
    ids=["network", "usb", "both"],
)
def test_only_where_it_was_looked_for_is_named(checks: list[Check[Facts]], said: str, not_said: str) -> None:
    (finding,) = diagnose(checks).findings
    summary = summarise(finding, checks, Settings()).en
    assert said in summary and not_said not in summary


@pytest.mark.parametrize(
    "lan",
    [
        check_of(OnLanFacts(address="192.168.1.20"), Outcome.UNKNOWN, Symptom.NOT_LOOKED, "no right", name="till-2"),
        check_of(OnLanFacts(address="192.168.1.20"), Outcome.UNKNOWN, Symptom.NO_ROUTE, "no way to it", name="till-2"),
        check_of(OnLanFacts(address="192.168.1.20"), Outcome.UNKNOWN, Symptom.NOBODY_THERE, "beyond a router", name="till-2"),
        check_of(OnLanFacts(others=1), Outcome.UNKNOWN, Symptom.NOBODY_THERE, "its name is not found", name="till-2"),
        check_of(OnLanFacts(address="192.168.1.20", ports={"9100": "refused"}), Outcome.FAIL, Symptom.REFUSED, name="till-2"),
    ],
    ids=["not looked", "no route", "beyond a router", "no name", "refuses"],
)
def test_usb_alone_does_not_say_it_where_the_network_was_not_looked_at(lan: Check[Facts]) -> None:
    found = diagnose([LOST, lan])
    assert (found.can_pay, found.state) == (CanPay.UNKNOWN, State.UNKNOWN)
    assert not [each for each in found.findings if each.code.value == "operator.terminal_off"]


@pytest.mark.parametrize(
    ("checks", "state"),
    [
        ([UNTOLD], State.UNKNOWN),
        ([NEVER_LISTED], State.UNKNOWN),
        ([usb(Symptom.NOT_ALLOWED, "unauthorized")], State.UNKNOWN),
        ([usb(Symptom.NO_ADB), UNTOLD], State.UNKNOWN),
        ([check_of(OnLanFacts(ports={"9100": "refused"}), Outcome.FAIL, Symptom.REFUSED, name="till-2")], State.UNKNOWN),
        ([check_of(SHUT, Outcome.FAIL, Symptom.REFUSED, name="till-2")], State.DEGRADED),
        ([check_of(SHUT, Outcome.UNKNOWN, Symptom.TIMEOUT, "it sleeps", name="till-2")], State.OK),
        ([THERE], State.OK),
        ([usb(Symptom.NOT_ALLOWED, "unauthorized"), THERE], State.OK),
        ([AWAY], State.OUTAGE),
    ],
    ids=[
        "nobody there",
        "not listed",
        "not allowed",
        "no adb",
        "refuses",
        "there, refuses",
        "sleeps",
        "there",
        "there, not allowed",
        "gone",
    ],
)
def test_one_that_nobody_has_seen_is_not_well_where_no_gateway_is_configured(checks: list[Check[Facts]], state: State) -> None:
    assert diagnose(checks).state is state


@pytest.mark.parametrize(
    ("symptom", "words", "steps"),
    [
        (Symptom.REFUSED, "its port 20007 refuses: the program there does not run", False),
        (Symptom.TIMEOUT, "its port 20007 is silent: filtered, or its program hangs", True),
        (Symptom.PROHIBITED, "a device on the way forbids its port 20007", True),
        (Symptom.UNREACHABLE, "its port 20007 takes no connection", True),
    ],
    ids=str,
)
def test_a_port_that_is_shut_has_a_cause_that_says_how(symptom: Symptom, words: str, steps: bool) -> None:
    shut = OnLanFacts(address="192.168.1.20", answered_by="icmp", ports={"20007": symptom.value, "8443": "open", "9100": "busy"})
    host = check_of(GatewayFacts(host="gw.example", port=443), Outcome.UNKNOWN, because="lan:till-2", name="acquirer-a")
    checks = [check_of(shut, Outcome.FAIL, symptom, name="till-2"), host]
    found = diagnose(checks)
    (finding,) = found.findings
    assert (finding.code.value, finding.subject, found.can_pay) == ("system.terminal_port_closed", "till-2", CanPay.UNKNOWN)
    assert words in summarise(finding, checks, Settings()).en and "443" not in summarise(finding, checks, Settings()).zh.replace(
        "20007", ""
    )
    assert ("allow_port" in [step.id for step in advise(found, checks, Settings())]) is steps
    assert (finding.confidence > 0.5) is (symptom is Symptom.REFUSED), "silence says less"


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
