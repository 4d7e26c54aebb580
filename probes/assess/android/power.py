"""`dumpsys battery`: the keys of the first block; an event log below repeats `level:`."""

from __future__ import annotations

import re

from msgspec import Struct

_LINE = re.compile(r"^[ \t]{1,8}([A-Za-z][A-Za-z ]{0,40}):[ \t]{1,8}(\S{1,40})[ \t\r]*$")
_CHARGING, _DISCHARGING, _NOT_CHARGING, _FULL = 2, 3, 4, 5  # BatteryManager; 1: it does not know


class Battery(Struct, frozen=True, kw_only=True):
    """`charging`: None where it does not know, and where a charger is there whose current the battery does not take, or that is too weak.
    `powered`: from a charger, a dock or USB. `set_by_hand`: the values are a person's (`UPDATES STOPPED`), and mean nothing."""

    percent: float | None = None
    temperature_c: float | None = None
    charging: bool | None = None
    powered: bool | None = None
    present: bool | None = None
    set_by_hand: bool = False


def parse(text: str) -> Battery | None:
    """None where it is no such dump."""
    begin = text.find("Current Battery Service state")
    if begin < 0:
        return None
    first: dict[str, str] = {}
    by_hand = False
    for line in text[begin:].splitlines():
        by_hand |= "UPDATES STOPPED" in line  # behind the title, or on a line of its own
        found = _LINE.match(line)
        if found is None and first and not line.strip():
            break
        if found:
            first.setdefault(found[1].strip().lower(), found[2])
    level, scale = _number(first.get("level")), _number(first.get("scale")) or 100
    temperature = _number(first.get("temperature"))
    status = _number(first.get("status"))
    powered = [value == "true" for key, value in first.items() if key.endswith("powered")]
    present = first.get("present")
    return Battery(
        percent=None if level is None else round(100 * level / scale, 1),
        temperature_c=None if temperature is None or present == "false" else temperature / 10,
        charging=_charging(status, any(powered)),
        powered=any(powered) if powered else None,
        present=None if present is None else present == "true",
        set_by_hand=by_hand,
    )


def _charging(status: int | None, powered: bool) -> bool | None:
    if status in (_CHARGING, _FULL):
        return True
    return False if status in (_DISCHARGING, _NOT_CHARGING) and not powered else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else None
