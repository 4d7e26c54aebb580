"""The hottest sensor inside the terminal."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil

from probes.edge.failures import CannotTell, raise_if_ours
from probes.edge.kernel.reading import entries_of
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import TemperatureFacts

# A chip shuts itself off near 125 °C, and sensors that are not connected read -273, -128, 127 or 255
PLAUSIBLE_C = (-40.0, 125.0)
_SENSORS = Path("/sys/class/thermal")


def temperature() -> Check[TemperatureFacts]:
    try:
        readings = _readings()
    except CannotTell as trouble:
        return _without(Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text)
    except PermissionError:
        return _without(Outcome.UNKNOWN, Symptom.DENIED, "no permission to read the sensors under /sys")
    except (OSError, ValueError):
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the sensors under /sys cannot be read")
    if not readings:
        return _without(Outcome.SKIP, Symptom.UNSUPPORTED, "no temperature sensor")
    plausible = [(degrees, sensor) for degrees, sensor in readings if PLAUSIBLE_C[0] <= degrees <= PLAUSIBLE_C[1]]
    if not plausible:
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "no sensor shows a plausible temperature")
    hottest, sensor = max(plausible)
    facts = TemperatureFacts(hottest_c=round(hottest, 1), sensor=escape(sensor, 64))
    return check_of(facts, Outcome.PASS, target="temperature")


def _readings() -> list[tuple[float, str]]:
    """Degrees Celsius and the sensor's name. Raises CannotTell, OSError and ValueError."""
    try:
        sensors = psutil.sensors_temperatures()
    except OSError as error:
        raise_if_ours(error)
        raise
    if not sensors:
        with suppress(OSError):  # psutil passes over what it could not open: whether a directory can be opened at all shows here
            entries_of(_SENSORS)
    return [(entry.current, f"{chip} {entry.label}".strip()) for chip, entries in sorted(sensors.items()) for entry in entries]


def _without(outcome: Outcome, symptom: Symptom, because: str) -> Check[TemperatureFacts]:
    return check_of(TemperatureFacts(), outcome, symptom, because, target="temperature")
