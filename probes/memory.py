"""Memory that programs can still have, of the whole machine."""

from __future__ import annotations

import re
from pathlib import Path

from probes.edge.failures import CannotTell
from probes.edge.kernel import psutil_here
from probes.edge.kernel.reading import text_of
from probes.ground.shortage import lacking
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import MemoryFacts

MEMINFO = Path("/proc/meminfo")
_LINE = re.compile(r"^(MemTotal|MemAvailable|MemFree|Cached):\s+(\d+) kB", re.MULTILINE)


def memory() -> Check[MemoryFacts]:
    """`available` is the kernel's own estimate (MemAvailable): free memory and what it can take back from its caches."""
    try:
        total, available = _seen()
    except CannotTell as trouble:
        return _unknown(Symptom.NOT_LOOKED, trouble.text)
    except (OSError, KeyError, ValueError) as error:
        return _unread(error)
    if total <= 0:
        return _unknown(Symptom.UNSUPPORTED, "the kernel tells no amount of memory")
    facts = MemoryFacts(
        available_percent=round(100 * available / total, 1),
        available_mb=round(available / 2**20),
        total_mb=round(total / 2**20),
    )
    return check_of(facts, Outcome.PASS, target="memory")


def _seen() -> tuple[int, int]:
    """Bytes in all, and available. Raises CannotTell, OSError, KeyError and ValueError."""
    try:
        psutil = psutil_here.loaded()
    except CannotTell:
        return _told(text_of(MEMINFO) or "")
    seen = psutil.virtual_memory()
    return seen.total, seen.available


def _told(text: str) -> tuple[int, int]:
    """Of /proc/meminfo, without psutil. Kernels before 3.14 tell no MemAvailable: free memory and the caches stand for it."""
    said = {key: 1024 * int(value) for key, value in _LINE.findall(text)}
    return said["MemTotal"], said["MemAvailable"] if "MemAvailable" in said else said["MemFree"] + said["Cached"]


def _unread(error: Exception) -> Check[MemoryFacts]:
    if text := lacking(error):
        return _unknown(Symptom.NOT_LOOKED, text)
    if isinstance(error, PermissionError | FileNotFoundError):  # ProcSubset=pid takes it away
        return _unknown(Symptom.DENIED, rights.PROC.missing())
    return _unknown(Symptom.UNSUPPORTED, "/proc/meminfo is not there or not readable as such")


def _unknown(symptom: Symptom, because: str) -> Check[MemoryFacts]:
    return check_of(MemoryFacts(), Outcome.UNKNOWN, symptom, because, target="memory")
