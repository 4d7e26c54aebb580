"""Charge of the terminal's battery, and whether a charger feeds it.

Read from `/sys/class/power_supply` directly: psutil takes the battery of a wireless mouse for the machine's own
(`scope` tells them apart), and knows a charger only under the names AC and AC0.
"""

from __future__ import annotations

from pathlib import Path

from probes.edge.failures import CannotTell
from probes.edge.kernel.reading import entries_of, line_of, number_of
from probes.ground.files import is_folder
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import BatteryFacts


def battery(*, sys: Path = Path("/sys")) -> Check[BatteryFacts]:
    try:
        return _look(sys / "class/power_supply")
    except CannotTell as trouble:
        return _without(Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text)


def _look(folder: Path) -> Check[BatteryFacts]:
    """Raises CannotTell."""
    try:
        supplies = entries_of(folder)
    except FileNotFoundError:
        if not is_folder(folder.parent):  # what is mounted over it hides all of it
            return _without(Outcome.UNKNOWN, Symptom.DENIED, rights.SYS.missing())
        supplies = []
    except OSError:
        return _without(Outcome.UNKNOWN, Symptom.DENIED, rights.SYS.missing())
    if supplies and not any(line_of(supply / "type") for supply in supplies):
        return _without(Outcome.UNKNOWN, Symptom.DENIED, rights.SYS.missing())
    own = [supply for supply in supplies if line_of(supply / "scope").lower() != "device"]
    batteries = [supply for supply in own if line_of(supply / "type") == "Battery" and number_of(supply / "present") != 0]
    if not batteries:
        return _without(Outcome.SKIP, Symptom.UNSUPPORTED, "no battery")
    charges = [charge for charge in map(_percent, batteries) if charge is not None]
    if not charges:
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the battery does not tell its charge")
    status = line_of(batteries[0] / "status").lower()
    chargers = [number_of(supply / "online") for supply in own if line_of(supply / "type") not in ("Battery", "UPS", "")]
    facts = BatteryFacts(
        percent=round(sum(charges) / len(charges), 1),
        charging=_charging(status, [online for online in chargers if online is not None]),
        health_percent=min((health for each in batteries if (health := _health(each)) is not None), default=None),
        status=escape(status, 40) or None,
    )
    return check_of(facts, Outcome.PASS, target="battery")


def _percent(supply: Path) -> float | None:
    capacity = number_of(supply / "capacity")
    if capacity is None:
        for quantity in ("energy", "charge"):
            now, full = number_of(supply / f"{quantity}_now"), number_of(supply / f"{quantity}_full")
            if now is not None and full:
                capacity = 100 * now / full
    return None if capacity is None else min(100.0, max(0.0, capacity))


def _health(supply: Path) -> float | None:
    """None where the battery does not tell, or tells what cannot be: nothing, or twice as much as when it was new."""
    for quantity in ("energy", "charge"):
        full, new = number_of(supply / f"{quantity}_full"), number_of(supply / f"{quantity}_full_design")
        if full and new and 0 < full <= 2 * new:
            return round(min(100.0, 100 * full / new), 1)
    return None


def _charging(status: str, chargers: list[float]) -> bool | None:
    if status in ("discharging", "not charging") and any(chargers):
        return None  # a charger that is plugged in and too weak, or whose current the battery does not take
    if status in ("charging", "full") or any(chargers):
        return True
    if status == "discharging" or chargers:
        return False
    return None


def _without(outcome: Outcome, symptom: Symptom, because: str) -> Check[BatteryFacts]:
    return check_of(BatteryFacts(), outcome, symptom, because, target="battery")
