"""Probes of the terminal itself, against real file systems and trees built as the kernel builds them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from probes.battery import battery
from probes.clock import clock
from probes.disk import disk
from probes.load import load
from probes.memory import memory
from probes.model import Outcome, Symptom
from tests.support.mounts import in_namespace, mounted
from tests.support.trees import write

# --- disk


def test_disk_percentages_are_those_of_df(tmp_path: Path) -> None:
    seen = disk(str(tmp_path), named=False)
    shown = subprocess.run(["df", "--output=pcent", str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert seen.outcome is Outcome.PASS and seen.id == f"system:disk:{tmp_path}"
    assert seen.facts.used_percent is not None
    assert 0 <= int(shown.split()[-1].rstrip("%")) - seen.facts.used_percent <= 1.5  # df rounds up
    assert seen.facts.read_only is False and seen.facts.named is False


@pytest.mark.root
def test_a_full_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as path:
        (path / "log").write_bytes(bytes(2**20))
        facts = disk(str(path), named=True).facts
        assert (facts.used_percent, facts.free_mb, facts.read_only) == (100.0, 0.0, False)


@pytest.mark.root
def test_a_disk_out_of_inodes_has_space_left(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=8m,nr_inodes=10", "tmpfs") as path:
        with pytest.raises(OSError):
            for number in range(10):
                (path / str(number)).touch()
        facts = disk(str(path), named=True).facts
        assert facts.inodes_used_percent == 100.0 and facts.used_percent is not None and facts.used_percent < 1


@pytest.mark.root
def test_a_disk_mounted_read_only_has_not_stopped_writing_by_itself(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "ro", "tmpfs") as path:
        facts = disk(str(path), named=True).facts
        assert (facts.read_only, facts.writing_stopped, facts.by_design) == (True, False, False)


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 254:1 / /with\\040space rw,relatime shared:1 - ext4 /dev/vdb {super}
"""


@pytest.mark.parametrize("options", ["ro,errors=remount-ro", "rw,emergency_ro", "rw,shutdown"])
def test_a_disk_that_stopped_writing_after_an_error(tmp_path: Path, options: str) -> None:
    place = tmp_path / "with space"
    place.mkdir()
    table = MOUNTS.replace("/with", f"{tmp_path}/with").format(super=options)
    facts = disk(str(place), named=True, proc=write(tmp_path / "proc", {"self/mountinfo": table})).facts
    assert (facts.read_only, facts.writing_stopped, facts.filesystem) == (True, True, "ext4")


@pytest.mark.parametrize(
    ("line", "by_design"),
    [
        ("30 22 7:0 / {place} ro - squashfs /dev/loop0 ro", True),
        ("30 22 0:40 / {place} rw - overlay overlay ro,lowerdir=/a:/b", True),
        ("30 22 0:40 / {place} rw - overlay overlay rw,lowerdir=/a,upperdir=/c,workdir=/d", False),
    ],
)
def test_read_only_images_are_so_by_design(tmp_path: Path, line: str, by_design: bool) -> None:
    table = f"22 1 254:0 / / rw - ext4 /dev/vda rw\n{line.format(place=tmp_path)}\n"
    facts = disk(str(tmp_path), named=False, proc=write(tmp_path / "proc", {"self/mountinfo": table})).facts
    assert (facts.by_design, facts.writing_stopped) == (by_design, False)


def test_of_two_mounts_at_one_place_the_later_counts(tmp_path: Path) -> None:
    table = f"1 0 1:1 / {tmp_path} rw - ext4 a rw\n2 1 1:2 / {tmp_path} rw - xfs b rw\n3 0 1:3 / {tmp_path}x rw - vfat c rw\ngarbage\n"
    assert disk(str(tmp_path), named=True, proc=write(tmp_path / "proc", {"self/mountinfo": table})).facts.filesystem == "xfs"


def test_without_a_table_of_mounts_the_numbers_stand(tmp_path: Path) -> None:
    seen = disk(str(tmp_path), named=True, proc=tmp_path)
    assert seen.outcome is Outcome.PASS and seen.facts.filesystem is None


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    seen = disk(str(tmp_path / "none"), named=True)
    assert seen.outcome is Outcome.UNKNOWN and seen.because == f"{tmp_path}/none does not exist"


def test_a_file_system_without_size_is_no_disk() -> None:
    assert disk("/proc", named=True).outcome is Outcome.SKIP


@pytest.mark.root
def test_a_path_that_may_not_be_entered_is_unknown(tmp_path: Path) -> None:
    setup = f"mount -t tmpfs -o mode=700 tmpfs {tmp_path}; mkdir {tmp_path}/in"
    seen = in_namespace(setup, "from probes.disk import disk", f"disk('{tmp_path}/in', named=True)", ordinary_user=True)
    assert (seen["outcome"], seen["symptom"]) == ("unknown", "denied") and "(r) is missing" in seen["because"]


# --- memory, load


def test_memory_is_what_the_kernel_estimates() -> None:
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    percent = 100 * int(lines["MemAvailable"].split()[0]) / int(lines["MemTotal"].split()[0])
    seen = memory()
    assert seen.outcome is Outcome.PASS and seen.facts.available_percent is not None
    assert abs(seen.facts.available_percent - percent) < 5


def test_load_is_counted_for_each_core() -> None:
    seen = load()
    assert seen.facts.cores is not None and seen.facts.per_core is not None
    assert seen.facts.cores == os.cpu_count()
    assert abs(seen.facts.per_core - os.getloadavg()[0] / seen.facts.cores) < 0.5


@pytest.mark.root
def test_what_a_sandbox_denies_is_unknown(tmp_path: Path) -> None:
    setup = f"touch {tmp_path}/denied; chmod 0 {tmp_path}/denied; mount --bind {tmp_path}/denied /proc/meminfo"
    seen = in_namespace(setup, "from probes.memory import memory", "memory()", ordinary_user=True)
    assert (seen["outcome"], seen["symptom"]) == ("unknown", "denied") and "the right /proc is missing" in seen["because"]


@pytest.mark.root
def test_memory_where_the_kernel_lists_none(tmp_path: Path) -> None:
    seen = in_namespace(
        f"touch {tmp_path}/empty; mount --bind {tmp_path}/empty /proc/meminfo", "from probes.memory import memory", "memory()"
    )
    assert (seen["outcome"], seen["symptom"]) == ("unknown", "unsupported")


# --- battery

BATTERY = {"battery/type": "Battery\n", "battery/capacity": "8\n", "battery/status": "Discharging\n"}


@pytest.mark.parametrize(
    ("files", "percent", "charging"),
    [
        (BATTERY, 8, False),
        (BATTERY | {"battery/status": "Charging\n"}, 8, True),
        (BATTERY | {"battery/status": "Full\n", "ac/type": "Mains\n", "ac/online": "1\n"}, 8, True),
        (BATTERY | {"battery/status": "Unknown\n", "ac/type": "Mains\n", "ac/online": "1\n"}, 8, True),
        (BATTERY | {"ac/type": "Mains\n", "ac/online": "1\n"}, 8, None),  # plugged in, and too weak
        (BATTERY | {"battery/status": "Not charging", "usb/type": "USB", "usb/online": "1"}, 8, None),
        (BATTERY | {"battery/status": "Not charging", "usb/type": "USB", "usb/online": "0"}, 8, False),
        (BATTERY | {"battery/status": "Unknown\n"}, 8, None),
        (BATTERY | {"BAT1/type": "Battery", "BAT1/capacity": "92"}, 50, None),
        ({"b/type": "Battery", "b/energy_now": "21000000", "b/energy_full": "42000000"}, 50, None),
        ({"b/type": "Battery", "b/capacity": "104"}, 100, None),
        (BATTERY | {"mouse/type": "Battery", "mouse/scope": "Device", "mouse/capacity": "100", "mouse/online": "1"}, 8, False),
    ],
)
def test_battery(tmp_path: Path, files: dict[str, str], percent: float, charging: bool | None) -> None:
    write(tmp_path / "class/power_supply", files)
    seen = battery(sys=tmp_path)
    assert (seen.outcome, seen.facts.percent, seen.facts.charging) == (Outcome.PASS, percent, charging)


@pytest.mark.parametrize(
    "files",
    [
        {"mouse/type": "Battery\n", "mouse/scope": "Device\n", "mouse/capacity": "3\n"},
        {"BAT0/type": "Battery\n", "BAT0/present": "0\n"},
        {"ac/type": "Mains\n", "ac/online": "1\n"},
    ],
)
def test_a_machine_without_a_battery_of_its_own(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path / "class/power_supply", files)
    seen = battery(sys=tmp_path)
    assert (seen.outcome, seen.because) == (Outcome.SKIP, "no battery")


def test_a_machine_without_power_supplies_at_all(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    assert battery(sys=tmp_path).because == "no battery"


def test_a_battery_that_tells_no_charge(tmp_path: Path) -> None:
    write(tmp_path / "class/power_supply", {"b/type": "Battery", "b/capacity": "?"})
    assert battery(sys=tmp_path).outcome is Outcome.UNKNOWN


# --- clock


@pytest.mark.parametrize(
    ("now", "outcome", "symptom"),
    [
        (0.0, Outcome.FAIL, Symptom.CLOCK_BEFORE_BUILD),
        (1767225599.0, Outcome.FAIL, Symptom.CLOCK_BEFORE_BUILD),
        (1767225600.0, Outcome.PASS, None),
        (4102444800.0, Outcome.PASS, None),
    ],
)
def test_no_clock_is_right_that_is_before_the_build(now: float, outcome: Outcome, symptom: Symptom | None) -> None:
    seen = clock("2026-01-01", now)
    assert (seen.outcome, seen.symptom) == (outcome, symptom)


def test_the_time_is_told_in_utc() -> None:
    assert clock("2026-01-01T08:00:00+08:00", 1767225600.25).facts.now == "2026-01-01T00:00:00.250Z"
