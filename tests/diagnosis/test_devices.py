"""What a missing node says of the device behind it."""

from __future__ import annotations

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from probes.model import Outcome, Symptom, check_of
from probes.model.facts import SerialFacts


def missing(port: str) -> tuple[Cause, tuple[Cause, ...]]:
    check = check_of(SerialFacts(port=port, role="printer"), Outcome.FAIL, Symptom.DEVICE_MISSING, name="printer")
    (finding,) = diagnose([check]).findings
    return finding.code, finding.candidates


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "/dev/ttyACM3", "/dev/usb/lp0", "/dev/serial/by-id/usb-x-if00", "/dev/printer"])
def test_a_plug_takes_these_away(port: str) -> None:
    assert missing(port) == (Cause.DEVICE_UNPLUGGED, ())


@pytest.mark.parametrize("port", ["/dev/ttyS4", "/dev/ttyAMA0", "/dev/ttymxc2", "/dev/serial0", "/dev/rfcomm0"])
def test_a_port_of_the_board_is_not_unplugged_alone(port: str) -> None:
    code, candidates = missing(port)
    assert code is Cause.INDETERMINATE
    assert candidates == (Cause.SERIAL_MISCONFIGURED, Cause.PORT_DRIVER_MISSING, Cause.DEVICE_UNPLUGGED)


@pytest.mark.parametrize(
    ("symptom", "sim", "registration", "causes"),
    [
        (Symptom.NOT_REGISTERED, "unreadable", None, (Cause.SIM_MISSING, Cause.NOT_REGISTERED)),
        (Symptom.NOT_REGISTERED, "unreadable", "emergency", (Cause.SIM_MISSING, Cause.NOT_REGISTERED)),
        (Symptom.REGISTRATION_DENIED, "unreadable", "denied", (Cause.SIM_MISSING, Cause.DATA_PLAN_STOPPED)),
        (Symptom.NOT_REGISTERED, None, "emergency", (Cause.DATA_PLAN_STOPPED, Cause.NOT_REGISTERED)),
        (Symptom.NOT_REGISTERED, "ready", "searching", ()),
        (Symptom.REGISTRATION_DENIED, "ready", "denied", ()),
    ],
)
def test_a_card_of_which_the_modem_refuses_to_speak(
    symptom: Symptom, sim: str | None, registration: str | None, causes: tuple[Cause, ...]
) -> None:
    facts = SerialFacts(port="/dev/ttyUSB2", role="modem", sim=sim, registration=registration)
    (finding,) = diagnose([check_of(facts, Outcome.FAIL, symptom, name="modem")]).findings
    assert finding.candidates == causes
