"""A made Android terminal examined from beside it: what is wrong with it is found by the rules that its own agent would go by."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agent.diagnosis.model import CanPay
from agent.examination.beside import examine_beside
from agent.examination.beside_memory import BesideMemory, keep, recall, remembered, trying
from agent.examination.carried import Carried
from agent.examination.result import Examination
from agent.settings.beside import settings_of
from agent.settings.load import load
from probes.android_usb import Printer
from probes.ground.clock import Clock
from probes.model import Outcome, Symptom
from probes.settings import Beside
from tests.support.android.examined import look
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.servers.adb import Said, adb_server

SENDS = ("ping", "toybox nc")
SEEN = BesideMemory(over_adb=True)


@pytest.mark.parametrize(
    ("terminal", "pays", "causes"),
    [
        (AndroidTerminal(), "yes", []),
        (AndroidTerminal(sim="ABSENT"), "no", ["operator.sim_missing"]),
        (AndroidTerminal(sim="ABSENT,LOADED"), "no", ["network.not_registered"]),
        (AndroidTerminal(sim="PIN_REQUIRED"), "no", ["operator.sim_locked"]),
        (AndroidTerminal(airplane=True), "no", ["operator.radio_off"]),
        (AndroidTerminal(data=False), "no", ["network.not_registered"]),
        (AndroidTerminal(app=False), "no", ["system.payment_app_down"]),
        (AndroidTerminal(app=False, installed=False), "no", ["system.payment_app_down"]),
        (AndroidTerminal(hosts="nc: connect: Connection refused\n"), "no", ["system.gateway_down"]),
        (AndroidTerminal(names_silent="Timeout"), "no", ["network.dns_unreachable"]),
        (AndroidTerminal(names_silent="124"), "unknown", ["network.dns_unreachable"]),
        (AndroidTerminal(disk_percent=99), "yes", ["system.disk_full"]),
        (AndroidTerminal(clock_off_s=-86400), "yes", ["system.clock_wrong"]),
        (AndroidTerminal(battery=3), "yes", ["system.battery_low"]),
    ],
    ids=str,
)
def test_what_is_wrong_with_it(tmp_path: Path, terminal: AndroidTerminal, pays: str, causes: list[str]) -> None:
    sim = "ABSENT,LOADED" if terminal.sim == "ABSENT,LOADED" else ""
    if sim:
        terminal.data = False
    seen, _ = look(tmp_path, terminal)
    assert (seen.diagnosis.can_pay.value, [finding.code.value for finding in seen.diagnosis.findings]) == (pays, causes)


@pytest.mark.parametrize(
    ("state", "symptom"),
    [
        ("unauthorized", Symptom.NOT_ALLOWED),
        ("offline", Symptom.HANGS),
        ("recovery", Symptom.IN_RECOVERY),
        ("sideload", Symptom.IN_RECOVERY),
        ("bootloader", Symptom.NOT_STARTED),
        ("no permissions", Symptom.DENIED),
    ],
)
def test_one_that_cannot_be_looked_into_has_its_own_word_and_no_verdict(tmp_path: Path, state: str, symptom: Symptom) -> None:
    seen, _ = look(tmp_path, AndroidTerminal(), state)
    device = next(check for check in seen.checks if check.id == "device:till-2")
    assert (device.outcome, device.symptom, seen.diagnosis.can_pay) == (Outcome.UNKNOWN, symptom, CanPay.UNKNOWN)
    assert device.because, "what to do"


def test_one_that_has_not_started(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, AndroidTerminal(booted=False))
    assert seen.checks[0].symptom is Symptom.NOT_STARTED and seen.diagnosis.can_pay is CanPay.UNKNOWN


def test_gone_means_that_it_was_there(tmp_path: Path) -> None:
    never, memory = look(tmp_path, AndroidTerminal(), "")
    assert never.diagnosis.can_pay is CanPay.UNKNOWN and not never.diagnosis.findings and not memory.over_adb
    _, memory = look(tmp_path, AndroidTerminal())
    assert memory.over_adb and memory.uplink == "cellular"
    gone, _ = look(tmp_path, AndroidTerminal(), "", memory)
    assert gone.diagnosis.can_pay is CanPay.NO and [each.code.value for each in gone.diagnosis.findings] == ["operator.terminal_off"]


def test_every_check_says_who_looked_and_none_is_of_this_machine(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, AndroidTerminal())
    assert {check.facts.vantage for check in seen.checks} == {"device", "beside"}
    assert [check.id for check in seen.checks if check.layer.value == "app"] == [f"app:{PACKAGE}"]


def test_it_is_asked_nothing_but_what_reads(tmp_path: Path) -> None:
    asked: list[str] = []
    made = AndroidTerminal()

    class Watched(AndroidTerminal):
        def answer(self, command: str):  # type: ignore[no-untyped-def]
            asked.append(command)
            return made.answer(command)

    look(tmp_path, Watched())
    allowed = (
        "getprop",
        "dumpsys ",
        "cmd wifi status",
        "settings get ",
        "ping -c",
        "timeout 5 toybox nc -w",
        "df -k",
        "cat /proc/",
        "date +%s",
        "pidof",
        "logcat -b events -d",
    )
    assert asked and [command for command in asked if not command.startswith(allowed)] == []


def test_what_it_reached_while_all_was_well_stands_and_costs_it_no_data_again(tmp_path: Path) -> None:
    well, memory = look(tmp_path, AndroidTerminal())
    again, asked = looked_again(tmp_path, AndroidTerminal(), memory, well)
    assert not again.complete and again.diagnosis.can_pay is CanPay.YES and not again.diagnosis.findings
    assert [command for command in asked if command.startswith(SENDS)] == []
    assert {check.id for check in again.checks} == {check.id for check in well.checks}
    stood = {check.id: check.observed_at for check in again.checks if check.id.startswith("gateway:")}
    assert stood == {check.id: check.observed_at for check in well.checks if check.id.startswith("gateway:")}


@pytest.mark.parametrize("wrong", [{"sim": "ABSENT"}, {"airplane": True}, {"data": False}], ids=str)
def test_nothing_stands_once_its_network_is_not_as_it_was(tmp_path: Path, wrong: dict[str, Any]) -> None:
    well, memory = look(tmp_path, AndroidTerminal())
    again, _ = looked_again(tmp_path, AndroidTerminal(**wrong), memory, well)
    assert again.complete and again.diagnosis.can_pay is CanPay.NO
    assert not [check.id for check in again.checks if check.id.startswith("gateway:") and check.ok]


def test_what_is_wrong_with_its_application_is_seen_though_the_rest_stands(tmp_path: Path) -> None:
    well, memory = look(tmp_path, AndroidTerminal())
    again, _ = looked_again(tmp_path, AndroidTerminal(app=False), memory, well)
    assert [each.code.value for each in again.diagnosis.findings] == ["system.payment_app_down"]


def looked_again(place: Path, terminal: AndroidTerminal, memory: BesideMemory, earlier: Examination) -> tuple[Examination, list[str]]:
    with adb_server(terminal.answer) as adb:
        loaded = load(str(place / "agent.toml"))
        beside = replace(loaded.settings.beside[0], adb_server=adb.address)
        own = settings_of(loaded, beside)
        found, _ = examine_beside(own, beside, memory, carried=Carried.of(Clock()), earlier=earlier.seen)
        return found, adb.asked


def test_the_memory_is_kept_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    keep(tmp_path / "x", SEEN)
    assert recall(tmp_path / "x") == SEEN
    (tmp_path / "x" / "memory.json").write_bytes(b"\x00{")
    assert recall(tmp_path / "x") == BesideMemory()


def test_a_port_is_tried_every_ten_minutes_and_a_clock_that_was_set_back_holds_none() -> None:
    tried = BesideMemory(tried={"8443": 1000.0, "5555": 1000.0})
    assert tried.may_try([8443], 1100.0) == frozenset()
    assert tried.may_try([8443], 1601.0) == {8443}
    assert tried.may_try([8443], 500.0) == {8443, 5555}
    assert tried.may_try([8443, 9100], 4700.0) == {8443, 9100, 5555}


@pytest.mark.parametrize(
    ("command", "then"),
    [("timeout 5 toybox nc", "hang"), ("timeout 5 toybox nc", "cut"), ("dumpsys connectivity", "hang"), ("dumpsys connectivity", "cut")],
)
def test_silence_is_no_answer_of_the_host(tmp_path: Path, command: str, then: str) -> None:
    """A link that is lost in the middle, or a device that hangs: neither "connected" nor "unreachable" is known."""

    class Hanging(AndroidTerminal):
        def answer(self, asked: str) -> Said:
            said = super().answer(asked)
            return Said(out=said.out[: len(said.out) // 2], then=then) if asked.startswith(command) else said

    seen, _ = look(tmp_path, Hanging())
    codes = {finding.code.value for finding in seen.diagnosis.findings}
    if command == "dumpsys connectivity":
        assert not codes & {"network.dhcp_failed", "operator.network_misconfigured", "operator.radio_off"}, codes
    else:
        assert seen.diagnosis.can_pay is CanPay.UNKNOWN, codes


@pytest.mark.parametrize("status", [137, 139, 1])
def test_a_tool_that_fails_by_itself_says_nothing_of_the_host(tmp_path: Path, status: int) -> None:
    class Failing(AndroidTerminal):
        def answer(self, asked: str) -> Said:
            return Said(status=status) if "toybox nc" in asked else super().answer(asked)

    seen, _ = look(tmp_path, Failing())
    assert seen.diagnosis.can_pay is CanPay.UNKNOWN and not seen.diagnosis.findings


PORTS = frozenset([20007, 5555])


def test_what_somebody_tries_by_hand_nobody_else_tries_so_soon(tmp_path: Path) -> None:
    till = Beside(name="till-2", address="192.0.2.1", ports=[20007])
    memory = trying(tmp_path, till, 1000.0)
    assert memory.may_try(till.ports, 1000.0) == PORTS
    assert not trying(tmp_path, till, 1001.0).may_try(till.ports, 1001.0), "while it is being tried"
    remembered(tmp_path, replace(memory, tried={"20007": 1000.5}, said={"20007": "open"}))
    service = BesideMemory(on_lan=True, tried={"20007": 100.0}, said={"20007": "refused"}).known_of(recall(tmp_path))
    assert service.on_lan and service.said == {"20007": "open"} and not service.may_try(till.ports, 1500.0)
    assert service.may_try(till.ports, 1700.0) == {20007}


def test_who_cannot_write_down_that_a_port_was_tried_tries_none(tmp_path: Path) -> None:
    (tmp_path / "till-2").write_text("in the way")
    till = Beside(name="till-2", address="192.0.2.1", ports=[20007])
    assert not trying(tmp_path / "till-2", till, 1000.0).may_try(till.ports, 1000.0)


def test_a_printer_that_was_there_and_one_that_never_was(tmp_path: Path) -> None:
    never, memory = look(tmp_path, AndroidTerminal(usb="usb-a10-printer"))
    assert not [check for check in never.checks if check.id.startswith("serial:")] and not memory.printers
    there, memory = look(tmp_path, AndroidTerminal(usb="usb-a8-printer"))
    (printer,) = [check for check in there.checks if check.id.startswith("serial:")]
    assert (printer.id, printer.ok, printer.facts.vantage) == ("serial:0483:5720", True, "device") and list(memory.printers) == [
        "0483:5720"
    ]
    gone, memory = look(tmp_path, AndroidTerminal(usb="usb-a10-printer"), memory=memory)
    assert gone.diagnosis.can_pay is CanPay.YES
    assert [(each.code.value, each.subject) for each in gone.diagnosis.findings] == [("operator.device_unplugged", "0483:5720")]
    untold, memory = look(tmp_path, AndroidTerminal(), memory=memory)
    (asked,) = [check for check in untold.checks if check.id.startswith("serial:")]
    assert asked.outcome is Outcome.UNKNOWN and not untold.diagnosis.findings and memory.printers
    other, memory = look(tmp_path, AndroidTerminal(usb="usb-a13-two"), memory=memory)
    assert not other.diagnosis.findings and list(memory.printers) == ["0fe6:811e"], "another one took its place"


def test_a_printer_that_was_taken_away_is_forgotten_after_a_week(tmp_path: Path) -> None:
    memory = BesideMemory(over_adb=True, printers={"0483:5720": Printer(time.time() - 8 * 86400, "Receipt Unit 58")})
    gone, memory = look(tmp_path, AndroidTerminal(usb="usb-a10-printer"), memory=memory)
    assert gone.diagnosis.findings and not memory.printers
