"""What is said of a terminal beside this machine: nothing that was not looked at, and no deed that does not fit it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.examination import own_clock
from agent.remedy.steps import advise, summarise
from agent.settings.model import Settings
from probes.model import Outcome, Symptom, check_of
from probes.model.facts import DeviceFacts, ReachFacts, RouterFacts
from tests.support.android.examined import look
from tests.support.android.terminal import AndroidTerminal, sample
from tests.support.servers.adb import Said


def test_two_clocks_that_differ_do_not_say_which_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for right, sure in ((False, False), (True, True)):
        monkeypatch.setattr(own_clock, "is_right", lambda *_, right=right: right)
        seen, _ = look(tmp_path, AndroidTerminal(clock_off_s=-86400))
        (found,) = seen.diagnosis.findings
        said = summarise(found, seen.checks, Settings())
        assert (found.confidence >= 0.7, "differ" not in said.en) == (sure, sure), (found, said)
        steps = [step.id for step in advise(seen.diagnosis, seen.checks, Settings())]
        assert ("compare_with_phone" in steps) is not sure


def test_a_terminal_that_goes_by_its_sim_is_told_of_no_shop_network(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, AndroidTerminal(hosts="nc: Timeout\n"))
    down = next(each for each in seen.diagnosis.findings if each.code is Cause.INTERNET_DOWN)
    said = summarise(down, seen.checks, Settings())
    assert "shop" not in said.en and "router" not in said.en and "路由器" not in said.zh
    assert "operator.cable_unplugged" not in [each.code.value for each in down.ruled_out], "no cable ends there"


def test_the_shops_network_works_only_where_its_router_was_heard(tmp_path: Path) -> None:
    class OnWifi(AndroidTerminal):
        """By Wi-Fi, and nothing answers it."""

        def answer(self, command: str) -> Said:
            if command == "dumpsys connectivity":
                return Said(sample("connectivity-a10-wifi"))
            return Said(err="nc: Timeout\n", status=1) if " nc " in command else super().answer(command)

    seen, _ = look(tmp_path, OnWifi())
    (down,) = seen.diagnosis.findings
    assert down.code is Cause.INTERNET_DOWN and not [check.id for check in seen.checks if check.id.startswith("router:")]
    works = re.compile(r"\bworks\b|router fine|正常")
    told = [summarise(down, seen.checks, Settings()), *(step.text for step in advise(seen.diagnosis, seen.checks, Settings()))]
    assert told and not [text for both in told for text in (both.zh, both.en) if works.search(text)]
    heard = [*seen.checks, check_of(RouterFacts(answered_by="icmp"), Outcome.PASS, target="192.0.2.1")]
    assert works.search(summarise(down, heard, Settings()).en)


def test_a_host_is_given_no_address_of_another(tmp_path: Path) -> None:
    class Blocked(AndroidTerminal):
        def answer(self, command: str) -> Said:
            return Said(err="nc: Timeout\n", status=1) if " 8583 " in command else super().answer(command)

    seen, _ = look(tmp_path, Blocked())
    assert [each.code.value for each in seen.diagnosis.findings] == ["network.gateway_blocked"]
    told = " ".join(step.text.en + step.text.zh for step in advise(seen.diagnosis, seen.checks, Settings()))
    others = [check.facts.address for check in seen.checks if isinstance(check.facts, ReachFacts)]
    assert others and not [each for each in others if each and each in told] and "unknown address" not in told


def test_one_that_is_low_and_on_charge_is_not_told_to_be_plugged_in(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, AndroidTerminal(battery=3))
    (found,) = seen.diagnosis.findings
    assert (found.code, found.severity.value) == (Cause.BATTERY_LOW, "notice") and "on charge" in summarise(
        found, seen.checks, Settings()
    ).en
    steps = advise(seen.diagnosis, seen.checks, Settings())
    assert steps[0].id == "keep_on_charge" and not {"charge", "try_other_socket"} & {step.id for step in steps}


def test_its_name_server_is_not_called_device(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, AndroidTerminal(names=False))
    told = [summarise(each, seen.checks, Settings()) for each in seen.diagnosis.findings]
    told += [step.text for step in advise(seen.diagnosis, seen.checks, Settings())]
    assert told and not [each for each in told if " device" in each.en or "device" in each.zh]
    assert not [each for each in told if " （" in each.zh or "） " in each.zh], "no space around brackets"


@pytest.mark.parametrize("over", ["usb", "network"])
def test_no_cable_is_pulled_where_it_is_asked_over_the_network(over: str) -> None:
    seen = check_of(DeviceFacts(over=over), Outcome.UNKNOWN, Symptom.NOT_ALLOWED, name="till-2")
    steps = [step.id for step in advise(diagnose([seen]), [seen], Settings())]
    assert steps == ["allow_on_screen", "ask_again_for_key" if over == "usb" else "ask_again_over_network"]
