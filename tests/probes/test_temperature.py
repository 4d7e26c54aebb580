"""Which temperature sensors count, in trees built as the kernel builds them: what a sensor reads is changed by a thread, as heat does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probes.edge.kernel.thermal import Part, part_of
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome
from probes.model.facts import DoubtfulSensor, TemperatureFacts
from probes.temperature import Movement, temperature
from tests.support.trees import write

LIMIT_C = 85


def tree(folder: Path, chips: dict[str, float]) -> list[Path]:
    """Chips of the hardware monitors by `driver/label`; the files of what they read."""
    files = []
    for number, (name, degrees) in enumerate(chips.items()):
        driver, _, label = name.partition("/")
        place = f"class/hwmon/hwmon{number}"
        write(folder, {f"{place}/name": driver, f"{place}/temp1_label": label, f"{place}/temp1_input": f"{degrees * 1000:.0f}"})
        files.append(folder / place / "temp1_input")
    return files


@contextmanager
def moving(*files: Path) -> Iterator[None]:
    ended = threading.Event()
    first = {file: int(file.read_text()) for file in files}

    def move() -> None:
        for by in itertools.cycle((500, 0)):
            for file, value in first.items():
                with file.open("r+") as opened:
                    opened.write(str(value + by))
            if ended.wait(0.02):
                return

    thread = threading.Thread(target=move)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def seen(folder: Path, movement: Movement | None = None, patience_s: float = 3.0) -> Check[TemperatureFacts]:
    return temperature(LIMIT_C, Deadline(patience_s), movement, sys=folder)


def test_the_hottest_of_the_processor_counts(tmp_path: Path) -> None:
    tree(tmp_path, {"coretemp/Core 0": 61.5, "coretemp/Core 1": 71.2, "nct6775/AUXTIN0": 84})
    check = seen(tmp_path)
    assert (check.outcome, check.facts.hottest_c, check.facts.sensor, check.facts.part) == (
        Outcome.PASS, 71.2, "coretemp Core 1", "processor"
    )  # fmt: skip


def test_a_sensor_of_no_known_part_does_not_count(tmp_path: Path) -> None:
    tree(tmp_path, {"coretemp/Core 0": 41, "nct6775/AUXTIN0": 109})
    facts = seen(tmp_path).facts
    assert facts.hottest_c == 41
    assert facts.doubtful == (DoubtfulSensor(sensor="nct6775 AUXTIN0", degrees_c=109, why="other_part"),)


def test_one_that_disagrees_with_all_others_of_its_part_does_not_count(tmp_path: Path) -> None:
    files = tree(tmp_path, {"coretemp/Core 0": 41, "nct6775/CPUTIN": 109})
    with moving(*files):
        facts = seen(tmp_path).facts
    assert facts.hottest_c is not None and facts.hottest_c < 42
    assert [(each.sensor, each.why) for each in facts.doubtful] == [("nct6775 CPUTIN", "disagrees")]


def k10temp(folder: Path, number: int, *labels: tuple[str, float]) -> list[Path]:
    """A chip of the processor with several sensors."""
    place = f"class/hwmon/hwmon{number}"
    write(folder, {f"{place}/name": "k10temp"})
    for sensor, (label, degrees) in enumerate(labels, 1):
        write(folder, {f"{place}/temp{sensor}_label": label, f"{place}/temp{sensor}_input": f"{degrees * 1000:.0f}"})
    return [folder / place / f"temp{sensor}_input" for sensor, _ in enumerate(labels, 1)]


@pytest.mark.parametrize("measured", ["Tdie", "Tccd1"])
def test_what_a_processor_tells_its_fans_does_not_count_beside_what_it_measures(tmp_path: Path, measured: str) -> None:
    with moving(*k10temp(tmp_path, 0, ("Tctl", 98), (measured, 71))):
        facts = seen(tmp_path).facts
    assert facts.sensor == f"k10temp {measured}" and facts.hottest_c is not None and facts.hottest_c < 72
    assert [(each.sensor, each.why) for each in facts.doubtful] == [("k10temp Tctl", "for_fans")]


def test_where_it_tells_nothing_else_it_counts(tmp_path: Path) -> None:
    files = [*k10temp(tmp_path, 0, ("Tctl", 98)), *k10temp(tmp_path, 1, ("Tdie", 71))]  # of another socket
    with moving(*files):
        assert seen(tmp_path).facts.sensor == "k10temp Tctl"


def test_what_it_measures_counts_however_hot(tmp_path: Path) -> None:
    with moving(*k10temp(tmp_path, 0, ("Tctl", 118), ("Tdie", 91))):
        facts = seen(tmp_path).facts
    assert facts.sensor == "k10temp Tdie" and facts.hottest_c is not None and facts.hottest_c >= 91


def test_a_cool_battery_does_not_speak_against_a_hot_processor(tmp_path: Path) -> None:
    files = tree(tmp_path, {"cpu_thermal/": 97, "bq27542/battery": 31})
    with moving(*files):
        facts = seen(tmp_path).facts
    assert facts.hottest_c is not None and facts.hottest_c >= 97 and facts.part == "processor" and facts.doubtful == ()


def test_a_hot_one_that_stands_still_tells_nothing(tmp_path: Path) -> None:
    tree(tmp_path, {"cpu_thermal/": 97})
    check = seen(tmp_path)
    assert (check.outcome, check.because) == (Outcome.UNKNOWN, "the only sensor that tells stands still at 97 °C")
    assert [each.why for each in check.facts.doubtful] == ["stands_still"]


def test_one_that_moved_between_examinations_counts_at_once(tmp_path: Path) -> None:
    """A battery tells anew every half a minute: no single look sees it move."""
    (file,) = tree(tmp_path, {"bq27542/battery": 61})
    movement = Movement()
    assert seen(tmp_path, movement).facts.hottest_c == 61
    file.write_text("97000")
    assert seen(tmp_path, movement, patience_s=0).facts.hottest_c == 97


def test_a_zone_that_slows_the_processor_belongs_to_it(tmp_path: Path) -> None:
    zone = "class/thermal/thermal_zone0"
    write(tmp_path, {f"{zone}/type": "acpitz", f"{zone}/temp": "62000", f"{zone}/cdev0/type": "Processor"})
    assert seen(tmp_path).facts.part == "processor"
    (tmp_path / zone / "cdev0/type").write_text("Fan")
    check = seen(tmp_path)
    assert (check.outcome, check.because) == (Outcome.SKIP, "no sensor is known to belong to the processor or the battery")


def test_what_is_switched_off_or_broken_is_not_read(tmp_path: Path) -> None:
    tree(tmp_path, {"coretemp/Core 0": 99, "coretemp/Core 1": 42})
    write(tmp_path, {"class/hwmon/hwmon0/temp1_fault": "1"})
    zone = "class/thermal/thermal_zone0"
    write(tmp_path, {f"{zone}/type": "cpu-thermal", f"{zone}/temp": "99000", f"{zone}/mode": "disabled"})
    assert seen(tmp_path).facts.hottest_c == 42


@pytest.mark.parametrize("nonsense", [255, -273, 127.5])
def test_nonsense_alone_tells_nothing(tmp_path: Path, nonsense: float) -> None:
    tree(tmp_path, {"soc/die": nonsense})
    check = seen(tmp_path)
    assert (check.outcome, check.because) == (Outcome.UNKNOWN, "no sensor shows a plausible temperature")


def test_names_are_escaped(tmp_path: Path) -> None:
    tree(tmp_path, {"cpu\x1b[31m/": 50})
    assert seen(tmp_path).facts.sensor == "cpu\\x1b[31m"


def test_a_machine_without_sensors(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    check = seen(tmp_path)
    assert (check.outcome, check.because) == (Outcome.SKIP, "no temperature sensor")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *((name, Part.PROCESSOR) for name in ("coretemp", "k10temp", "cpu_thermal", "cpu-0-0-usr", "soc-thermal", "x86_pkg_temp", "Tctl")),
        *(
            (name, Part.PROCESSOR)
            for name in ("Package id 0", "CPUTIN", "PECI Agent 0", "imx_thermal_zone", "tsens_tz_sensor3", "mtktscpu")
        ),
        *((name, Part.BATTERY) for name in ("battery", "BAT0", "bq27542-0", "mtktsbattery")),
        *(
            (name, Part.OTHER)
            for name in ("AUXTIN1", "SYSTIN", "nvme Composite", "iwlwifi_1", "acpitz", "pch_cannonlake", "gpu-thermal", "")
        ),
    ],
)
def test_whose_a_sensor_is(name: str, part: Part) -> None:
    assert part_of(name) is part
