"""Memory that programs can still have, of the whole machine."""

from __future__ import annotations

import psutil

from probes.ground.shortage import lacking
from probes.model import Check, Outcome, Symptom, check_of, rights
from probes.model.facts import MemoryFacts


def memory() -> Check[MemoryFacts]:
    """`available` is the kernel's own estimate (MemAvailable): free memory and what it can take back from its caches."""
    try:
        seen = psutil.virtual_memory()
    except (OSError, KeyError, ValueError) as error:
        return _unread(error)
    if seen.total <= 0:
        return _unknown(Symptom.UNSUPPORTED, "the kernel tells no amount of memory")
    facts = MemoryFacts(
        available_percent=round(100 * seen.available / seen.total, 1),
        available_mb=round(seen.available / 2**20),
        total_mb=round(seen.total / 2**20),
    )
    return check_of(facts, Outcome.PASS, target="memory")


def _unread(error: Exception) -> Check[MemoryFacts]:
    if text := lacking(error):
        return _unknown(Symptom.NOT_LOOKED, text)
    if isinstance(error, PermissionError | FileNotFoundError):  # ProcSubset=pid takes it away
        return _unknown(Symptom.DENIED, rights.PROC.missing())
    return _unknown(Symptom.UNSUPPORTED, "/proc/meminfo is not there or not readable as such")


def _unknown(symptom: Symptom, because: str) -> Check[MemoryFacts]:
    return check_of(MemoryFacts(), Outcome.UNKNOWN, symptom, because, target="memory")
