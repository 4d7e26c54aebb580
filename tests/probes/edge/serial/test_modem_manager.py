"""Modems that ModemManager keeps: the real daemon with a simulated modem behind it, asked through the real mmcli."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import astuple

from probes.assess.assessment import Assessment
from probes.edge.serial import modem_manager
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.serial_port import Places, meaning_of, serial_port
from probes.settings import PortOwner, SerialDevice, SerialProtocol
from tests.support.parts import parts
from tests.support.patience import PATIENCE_S
from tests.support.servers.far_end import far_end
from tests.support.servers.modem_manager import ManagedModem, managed, missing

real = pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
SEARCHING = {"CREG": 2, "CGREG": 2, "CEREG": 2}
DENIED = {"CREG": 3, "CGREG": 3, "CEREG": 3}


def nobody_runs(folder: Path) -> Path:
    """A /proc without processes: on this machine another test may run a ModemManager."""
    (folder / "proc").mkdir()
    return folder / "proc"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long mmcli takes here, it is waited for."""
    monkeypatch.setattr(modem_manager, "_PATIENCE_S", PATIENCE_S)


@real
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("modem", "states", "symptom", "facts"),
    [
        (ManagedModem(), ("registered",), None, {"registration": "home", "operator": "CHINA MOBILE", "signal_dbm": -73}),
        (ManagedModem(csq=2), ("registered",), Symptom.WEAK_SIGNAL, {"signal_dbm": -109}),
        (ManagedModem(stats=SEARCHING), ("searching",), Symptom.NOT_REGISTERED, {"registration": "searching"}),
        (ManagedModem(stats=DENIED), ("enabled",), Symptom.REGISTRATION_DENIED, {"registration": "denied"}),
        (ManagedModem(), (), Symptom.RADIO_OFF, {"state": "disabled"}),
        (ManagedModem(cpin="+CME ERROR: 10"), (), Symptom.SIM_MISSING, {"state": "failed", "sim": "no SIM"}),
        (ManagedModem(cpin="+CME ERROR: 13"), (), Symptom.SIM_MISSING, {"state": "failed"}),
        (ManagedModem(cpin="+CPIN: SIM PIN"), (), Symptom.SIM_LOCKED, {"state": "locked", "sim": "SIM PIN"}),
        (ManagedModem(cpin="+CPIN: SIM PUK"), (), Symptom.SIM_LOCKED, {"state": "locked", "sim": "SIM PUK"}),
    ],
)
def test_what_modem_manager_says(
    modem: ManagedModem,
    states: tuple[str, ...],
    symptom: Symptom | None,
    facts: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with managed(modem, tmp_path, enable=bool(states)) as there:
        if states:
            there.until(*states)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", there.environment["DBUS_SYSTEM_BUS_ADDRESS"])
        before = len(modem.asked)
        seen = modem_manager.ask(there.node, Deadline(PATIENCE_S))
        assert meaning_of(seen).symptom is symptom, (seen, there.mmcli("-m", "any"))
        assert parts(seen.facts, facts) == facts
        assert len(modem.asked) == before or states  # ModemManager itself may poll the signal meanwhile
        assert not {"460001234567890", "490154203237518"} & set(map(str, astuple(seen.facts)))
        with pytest.raises(modem_manager.NotAsked):
            modem_manager.ask("/dev/ttyUSB9", Deadline(PATIENCE_S))


@real
def test_a_modem_manager_that_is_not_there_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(modem_manager.NotAsked):
        modem_manager.ask("/dev/ttyUSB2", Deadline(PATIENCE_S), proc=nobody_runs(tmp_path))


def told(state: str, **more: Any) -> Assessment:
    generic = {"state": state, "signal-quality": {"value": "60"}, "state-failed-reason": "--"} | more.pop("generic", {})
    return meaning_of(modem_manager.read_modem({"modem": {"generic": generic, "3gpp": more}}))


@pytest.mark.parametrize("state", ["initializing", "enabling", "disabling"])
def test_a_modem_that_is_being_set_up_is_not_judged(state: str) -> None:
    assert told(state).outcome is Outcome.SKIP


def test_a_modem_that_failed_for_another_reason_is_unknown() -> None:
    seen = told("failed", generic={"state-failed-reason": "unknown-capabilities"})
    assert seen.outcome is Outcome.UNKNOWN and "unknown-capabilities" in str(seen.because)


def test_a_detached_modem_has_no_data() -> None:
    seen = told("registered", **{"registration-state": "home", "packet-service-state": "detached"})
    assert seen.symptom is Symptom.NOT_ATTACHED


# --- which of the two is asked


def program(folder: Path, lines: str) -> str:
    path = folder / "mmcli"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return str(path)


def says(node: str) -> str:
    """mmcli in the form of version 1.20, for a node that ModemManager has."""
    port = Path(node).name
    modem = {"modem": {"generic": {"ports": ["cdc-wdm0 (qmi)", f"{port} (at)"], "state": "locked", "unlock-required": "sim-pin"}}}
    listed = {"modem-list": ["/org/freedesktop/ModemManager1/Modem/7"]}
    return f"""case "$1 $2 $3" in
"-L -J ") echo '{json.dumps(listed)}';;
"-m /org/freedesktop/ModemManager1/Modem/7 -J") echo '{json.dumps(modem)}';;
*) exit 9;;
esac"""


@pytest.mark.usefixtures("patient")
def test_its_port_is_not_opened(tmp_path: Path) -> None:
    with far_end(lambda _: b"\r\nOK\r\n") as device:
        port = SerialDevice(name="modem", port=device.node, protocol=SerialProtocol.AT, owner=PortOwner.AGENT)
        places = Places(mmcli=program(tmp_path, says(device.node)))
        seen = serial_port(port, Deadline(PATIENCE_S), places=places)
        assert (seen.symptom, seen.facts.asked) == (Symptom.SIM_LOCKED, "modemmanager")
        assert seen.facts.opened is None and device.heard == b""


@pytest.mark.parametrize("lines", [says("/dev/ttyUSB9"), "exit 1", "echo '[1'", "echo '{\"modem-list\": 3}'", "echo '[]'", "sleep 30"])
def test_a_modem_that_is_not_its_is_asked_directly(tmp_path: Path, lines: str) -> None:
    with far_end(lambda _: b"\r\nOK\r\n") as device:
        port = SerialDevice(name="modem", port=device.node, protocol=SerialProtocol.AT, owner=PortOwner.AGENT)
        seen = serial_port(port, Deadline(PATIENCE_S), places=Places(mmcli=program(tmp_path, lines), proc=nobody_runs(tmp_path)))
        assert seen.facts.asked == "at" and device.heard.startswith(b"AT\r")


def test_other_protocols_do_not_ask_it(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    with far_end(lambda _: b"\x06") as device:
        port = SerialDevice(name="pad", port=device.node, protocol=SerialProtocol.ENQ, owner=PortOwner.AGENT)
        serial_port(port, Deadline(PATIENCE_S), places=Places(mmcli=program(tmp_path, f"touch {asked}")))
    assert not os.path.exists(asked)


def test_what_bearers_tell_of_data() -> None:
    modem = {"modem": {"generic": {"state": "registered"}, "3gpp": {"registration-state": "home", "packet-service-state": "attached"}}}
    refused = {"name": "org.freedesktop.ModemManager1.Error.MobileEquipment.MissingOrUnknownApn", "message": "Missing or unknown APN"}
    failed = {"bearer": {"properties": {"apn": "cmnte"}, "status": {"connected": "no", "connection-error": refused}}}
    facts = modem_manager.read_modem(modem, [failed]).facts
    assert (facts.data_context, facts.apn, facts.refusal) == (False, "cmnte", "Missing or unknown APN")
    up = {"bearer": {"properties": {"apn": "cmnet"}, "status": {"connected": "yes"}, "ipv4-config": {"address": "10.1.2.3"}}}
    facts = modem_manager.read_modem(modem, [up]).facts
    assert (facts.data_context, facts.data_address, facts.refusal) == (True, "10.1.2.3", None)
