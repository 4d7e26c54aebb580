"""The hottest sensor inside the terminal."""

from __future__ import annotations

import psutil

from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom

# A chip shuts itself off near 125 °C, and sensors that are not connected read -273, -128, 127 or 255
PLAUSIBLE_C = (-40.0, 125.0)


def temperature() -> Check:
    try:
        sensors = psutil.sensors_temperatures()
    except PermissionError:
        return _without(Outcome.UNKNOWN, Symptom.DENIED, "no permission to read the sensors under /sys")
    except (OSError, ValueError):
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the sensors under /sys cannot be read")
    readings = [
        (entry.current, f"{chip} {entry.label}".strip())
        for chip, entries in sorted(sensors.items())
        for entry in entries
        if PLAUSIBLE_C[0] <= entry.current <= PLAUSIBLE_C[1]
    ]
    if not readings:
        if sensors:
            return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "no sensor shows a plausible temperature")
        return _without(Outcome.SKIP, Symptom.UNSUPPORTED, "no temperature sensor")
    hottest, sensor = max(readings)
    facts = {"hottest_c": round(hottest, 1), "sensor": escape(sensor, 64)}
    return Check(id="system:temperature", layer=Layer.SYSTEM, target="temperature", outcome=Outcome.PASS, facts=facts)


def _without(outcome: Outcome, symptom: Symptom, because: str) -> Check:
    return Check(id="system:temperature", layer=Layer.SYSTEM, target="temperature", outcome=outcome, symptom=symptom, because=because)
