"""Temperature sensors as the kernel lists them, and which part of the terminal each belongs to.

Read from `/sys/class/hwmon` and `/sys/class/thermal` directly: psutil passes over the thermal zones where there is any monitor chip, and
gives no word on what a zone cools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import entries_of, line_of, number_of
from probes.ground.text import escape

MOST = 64  # sensors looked at


class Part(StrEnum):
    """OTHER: of a board, a disk, a radio, a graphics chip, or nobody knows: what it reads says nothing about the terminal's health."""

    PROCESSOR = "processor"
    BATTERY = "battery"
    OTHER = "other"


# names of drivers, labels and zones (Documentation/hwmon, device trees): whole words of them
_PROCESSOR = re.compile(
    r"(?<![a-z])(coretemp|k8temp|k10temp|zenpower|x86_pkg_temp|via_cputemp|(a|m)?cpu(tin|_?temp)?|soc|core|package|tctl|tdie|tccd|die|cluster|"
    r"bcm2835|imx|imx8|imx6q|tsens|mtkts(cpu|ap)|sun[0-9]+i|rockchip|rk[0-9]+|exynos|omap|armada|qoriq|peci)(?![a-z])"
)
_BATTERY = re.compile(r"(?<![a-z])(bat|battery|bms|mtktsbattery|sbs|max17[0-9]+|bq27[0-9x]+)(?![a-z])")
_COOLS_PROCESSOR = re.compile(r"^(processor|thermal-cpufreq|cpufreq|intel_powerclamp)", re.IGNORECASE)


class Sensor(Struct, frozen=True, kw_only=True):
    """`place`: its file below `/sys/class`, which names it for as long as the system runs. The name is escaped."""

    place: str
    name: str
    part: Part
    degrees: float


def sensors(sys: Path = Path("/sys")) -> list[Sensor]:
    """Those that are switched on and tell a number. Raises CannotTell, and OSError where their listing is denied."""
    found: list[Sensor] = []
    for sensor in (*_monitors(sys / "class/hwmon"), *_zones(sys / "class/thermal")):
        found.append(sensor)
        if len(found) == MOST:
            break
    return found


def again(sensor: Sensor, sys: Path = Path("/sys")) -> float | None:
    """What it reads now. Raises CannotTell."""
    return _degrees(sys / "class" / sensor.place)


def part_of(*names: str) -> Part:
    """By what driver, label or zone are called."""
    said = " ".join(names).lower()
    if _BATTERY.search(said):
        return Part.BATTERY
    return Part.PROCESSOR if _PROCESSOR.search(said) else Part.OTHER


def _monitors(folder: Path) -> Iterator[Sensor]:
    for chip in _listed(folder):
        name = line_of(chip / "name")
        with suppress(OSError):
            for file in (entry for entry in entries_of(chip) if re.fullmatch(r"temp[0-9]+_input", entry.name)):
                stem = str(file).removesuffix("_input")
                if line_of(Path(f"{stem}_fault")) == "1" or line_of(Path(f"{stem}_enable")) == "0":
                    continue
                label = line_of(Path(f"{stem}_label"))
                degrees = _degrees(file)
                if degrees is not None:
                    shown = escape(f"{name} {label}".strip() or chip.name, 64)
                    place = f"hwmon/{chip.name}/{file.name}"
                    yield Sensor(place=place, name=shown, part=_part(name, label), degrees=degrees)


def _part(chip: str, label: str) -> Part:
    """A board's monitor chip has sensors of many parts, and says by the label which; a chip of one part needs none."""
    return part_of(label) if label and part_of(chip) is Part.OTHER else part_of(chip)


def _zones(folder: Path) -> Iterator[Sensor]:
    for zone in _listed(folder):
        if not zone.name.startswith("thermal_zone") or line_of(zone / "mode") == "disabled":
            continue
        degrees = _degrees(zone / "temp")
        if degrees is not None:
            kind = line_of(zone / "type")
            part = part_of(kind)
            if part is Part.OTHER and _cools_processor(zone):
                part = Part.PROCESSOR
            yield Sensor(place=f"thermal/{zone.name}/temp", name=escape(kind or zone.name, 64), part=part, degrees=degrees)


def _cools_processor(zone: Path) -> bool:
    """What the kernel slows down where this zone grows hot: ACPI gives no other word on whose it is."""
    with suppress(OSError):
        return any(_COOLS_PROCESSOR.match(line_of(entry / "type")) for entry in entries_of(zone) if re.fullmatch(r"cdev[0-9]+", entry.name))
    return False


def _listed(folder: Path) -> list[Path]:
    try:
        return entries_of(folder)
    except FileNotFoundError:
        return []


def _degrees(file: Path) -> float | None:
    """The kernel tells thousandths."""
    number = number_of(file)
    return None if number is None else number / 1000
