"""Disk, memory, battery, heat and clock of an Android terminal, as it tells of them itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from probes.assess.android import power
from probes.edge.adb.shell import Phone
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import BatteryFacts, ClockFacts, DiskFacts, MemoryFacts, TemperatureFacts

DATA = "/data"
BESIDE = "beside"  # this machine's clock as a source
_DF = re.compile(r"^\S{1,200} +(\d{1,15}) +(\d{1,15}) +(\d{1,15}) +(\d{1,3})% +(\S{1,200})[ \r]*$", re.MULTILINE)
_MEMORY = re.compile(r"^(MemTotal|MemAvailable|MemFree|Cached):[ \t]{1,20}(\d{1,15}) kB", re.MULTILINE)


def system(phone: Phone, deadline: Deadline, clock_skew_s: float = 300.0, confirmed: bool = False) -> list[Check[Facts]]:
    """`clock_skew_s`: from which difference on its clock is wrong; `confirmed`: this machine's is right.

    Raises NotReady, PeerFailed and CannotTell."""
    return [_disk(phone, deadline), _memory(phone, deadline), *_battery(phone, deadline), _clock(phone, clock_skew_s, confirmed, deadline)]


def _disk(phone: Phone, deadline: Deadline) -> Check[Facts]:
    """`df -k`, in 1024 bytes: used, available and the share that an ordinary user sees."""
    found = _DF.search(phone.ask(f"df -k {DATA}", deadline).stdout)
    if found is None:
        return check_of(DiskFacts(path=DATA), Outcome.UNKNOWN, Symptom.UNSUPPORTED, "df told nothing of it", name=DATA)
    used, free = int(found[2]), int(found[3])
    percent = round(100 * used / max(1, used + free), 1)
    return check_of(DiskFacts(path=DATA, named=True, used_percent=percent, free_mb=round(free / 1024, 1)), Outcome.PASS, name=DATA)


def _memory(phone: Phone, deadline: Deadline) -> Check[Facts]:
    """Kernels before 3.14 have no MemAvailable: free memory and the caches stand for it."""
    said = {key: int(value) for key, value in _MEMORY.findall(phone.ask("cat /proc/meminfo", deadline).stdout)}
    total = said.get("MemTotal", 0)
    available = said.get("MemAvailable", said.get("MemFree", 0) + said.get("Cached", 0))
    if not total:
        return check_of(MemoryFacts(), Outcome.UNKNOWN, Symptom.UNSUPPORTED, "/proc/meminfo cannot be read there", target="memory")
    percent = round(100 * available / total, 1)
    facts = MemoryFacts(available_percent=percent, available_mb=round(available / 1024), total_mb=round(total / 1024))
    return check_of(facts, Outcome.PASS, target="memory")


def _battery(phone: Phone, deadline: Deadline) -> Iterator[Check[Facts]]:
    seen = power.parse(phone.ask("dumpsys battery", deadline).stdout)
    if seen is None:
        yield check_of(BatteryFacts(), Outcome.UNKNOWN, Symptom.UNSUPPORTED, "dumpsys battery told nothing", target="battery")
        return
    if seen.set_by_hand:
        yield check_of(BatteryFacts(), Outcome.UNKNOWN, because="its values were set by hand (dumpsys battery reset)", target="battery")
        return
    if seen.present is False or seen.percent is None:
        yield check_of(BatteryFacts(), Outcome.SKIP, Symptom.UNSUPPORTED, "no battery", target="battery")
    else:
        yield check_of(BatteryFacts(percent=seen.percent, charging=seen.charging), Outcome.PASS, target="battery")
    if seen.temperature_c is not None:
        facts = TemperatureFacts(hottest_c=seen.temperature_c, sensor="battery", part="battery")
        yield check_of(facts, Outcome.PASS, target="temperature")


def _clock(phone: Phone, clock_skew_s: float, confirmed: bool, deadline: Deadline) -> Check[Facts]:
    """Held against the clock of the machine beside it, which several sources told the time to, or nobody: one of the two is wrong."""
    before = deadline.clock.wall()
    said = phone.ask("date +%s", deadline).stdout.strip()
    after = deadline.clock.wall()
    if not re.fullmatch(r"\d{1,12}", said):
        return check_of(ClockFacts(), Outcome.UNKNOWN, Symptom.UNSUPPORTED, "date told no time", target="clock")
    skew = round(int(said) + 0.5 - (before + after) / 2, 1)
    facts = ClockFacts(sources={BESIDE: skew}, confirmed=confirmed)
    if abs(skew) <= clock_skew_s:
        return check_of(facts, Outcome.PASS, target="clock")
    return check_of(facts.with_(skew_s=skew), Outcome.FAIL, Symptom.CLOCK_SKEW, target="clock")
