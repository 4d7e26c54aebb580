"""The hottest sensor that belongs to the processor or the battery, and shows by itself and by its neighbours that it can be believed."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from probes.edge.failures import CannotTell
from probes.edge.kernel.thermal import MOST, Part, Sensor, again, sensors
from probes.ground.deadline import Deadline
from probes.ground.files import is_folder
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import DoubtfulSensor, TemperatureFacts

# A chip shuts itself off near 125 °C, and sensors that are not connected read -273, -128, 127 or 255
PLAUSIBLE_C = (-40.0, 125.0)
APART_C = 30.0  # sensors of one part are nearer to each other than this
WATCH_S, STEP_S = 2.0, 0.1  # how long a hot sensor is watched for whether it moves
_RESERVE_S = 0.5
_SHOWN = 8
# What an AMD processor gives to whoever turns its fans, raised by up to 27 °C on some, and what it measures (Documentation/hwmon/k10temp)
_FOR_FANS, _MEASURED = re.compile(r"\btctl$", re.IGNORECASE), re.compile(r"\b(tdie|tccd[0-9]+)$", re.IGNORECASE)


class Movement(Struct):
    """Which sensors were seen to move since the first look; not of any thread but the one that looks."""

    first: dict[str, float] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)

    def seen(self, place: str, degrees: float) -> bool:
        if (len(self.first) < MOST or place in self.first) and self.first.setdefault(place, degrees) != degrees:
            self.moving.add(place)
        return place in self.moving


def temperature(
    limit_c: float, deadline: Deadline, movement: Movement | None = None, *, sys: Path = Path("/sys")
) -> Check[TemperatureFacts]:
    """A sensor at `limit_c` or above counts once it was seen to move: one that is not connected stands still."""
    try:
        return _look(limit_c, deadline, movement or Movement(), sys)
    except CannotTell as trouble:
        return _without(Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text)
    except PermissionError:
        return _without(Outcome.UNKNOWN, Symptom.DENIED, rights.SYS.missing())
    except OSError:
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "the sensors under /sys cannot be read")


def _look(limit_c: float, deadline: Deadline, movement: Movement, sys: Path) -> Check[TemperatureFacts]:
    """Raises CannotTell and OSError."""
    found = sensors(sys)
    if not found and not is_folder(sys / "class"):
        return _without(Outcome.UNKNOWN, Symptom.DENIED, rights.SYS.missing())
    if not found:
        return _without(Outcome.SKIP, Symptom.UNSUPPORTED, "no temperature sensor")
    plausible = [each for each in found if PLAUSIBLE_C[0] <= each.degrees <= PLAUSIBLE_C[1]]
    if not plausible:
        return _without(Outcome.UNKNOWN, Symptom.UNSUPPORTED, "no sensor shows a plausible temperature")
    still = _standing_still(plausible, limit_c, deadline, movement, sys)
    doubtful = {each.place: why for each in plausible if (why := _why_not(each, plausible, still))}
    believed = [each for each in plausible if each.place not in doubtful]
    facts = TemperatureFacts(doubtful=_hotter(plausible, doubtful, limit_c))
    if believed:
        hottest = max(believed, key=lambda each: each.degrees)
        facts = facts.with_(hottest_c=round(hottest.degrees, 1), sensor=hottest.name, part=hottest.part.value)
        return check_of(facts, Outcome.PASS, target="temperature")
    if still:
        because = f"the only sensor that tells stands still at {max(each.degrees for each in plausible if each.place in still):g} °C"
        return check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, because, target="temperature")
    because = "no sensor is known to belong to the processor or the battery"
    return check_of(facts, Outcome.SKIP, Symptom.UNSUPPORTED, because, target="temperature")


def _standing_still(found: Sequence[Sensor], limit_c: float, deadline: Deadline, movement: Movement, sys: Path) -> set[str]:
    """Hot ones that did not move, now or in earlier examinations. Raises CannotTell."""
    moved = {each.place: movement.seen(each.place, each.degrees) for each in found}
    watched = [each for each in found if each.part is not Part.OTHER and each.degrees >= limit_c and not moved[each.place]]
    until = deadline.within(min(WATCH_S, max(0.0, deadline.remaining() - _RESERVE_S)))
    while watched and not until.passed():
        time.sleep(STEP_S)
        watched = [each for each in watched if not _moves(each, movement, sys)]
    return {each.place for each in watched}


def _moves(sensor: Sensor, movement: Movement, sys: Path) -> bool:
    now = again(sensor, sys)
    return now is not None and movement.seen(sensor.place, now)


def _why_not(sensor: Sensor, found: Sequence[Sensor], still: set[str]) -> str:
    """Why what it reads does not count; empty where it does."""
    if sensor.part is Part.OTHER:
        return "other_part"
    if sensor.place in still:
        return "stands_still"
    if _FOR_FANS.search(sensor.name) and any(_MEASURED.search(each.name) for each in found if _chip(each) == _chip(sensor)):
        return "for_fans"
    fellows = [each.degrees for each in found if each.part is sensor.part and each.place != sensor.place and each.place not in still]
    return "disagrees" if fellows and sensor.degrees - max(fellows) > APART_C else ""


def _chip(sensor: Sensor) -> str:
    return sensor.place.rpartition("/")[0]


def _hotter(found: Sequence[Sensor], doubtful: dict[str, str], limit_c: float) -> tuple[DoubtfulSensor, ...]:
    hot = sorted((each for each in found if each.place in doubtful and each.degrees >= limit_c), key=lambda each: -each.degrees)
    return tuple(DoubtfulSensor(sensor=s.name, degrees_c=round(s.degrees, 1), why=doubtful[s.place]) for s in hot[:_SHOWN])


def _without(outcome: Outcome, symptom: Symptom, because: str) -> Check[TemperatureFacts]:
    return check_of(TemperatureFacts(), outcome, symptom, because, target="temperature")
