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
