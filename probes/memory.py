"""Memory that programs can still have, of the whole machine."""

from __future__ import annotations

import psutil

from probes.model import Check, Layer, Outcome, Symptom


def memory() -> Check:
    """`available` is the kernel's own estimate (MemAvailable): free memory and what it can take back from its caches."""
    try:
        seen = psutil.virtual_memory()
    except PermissionError:
        return _unknown(Symptom.DENIED, "no permission to read /proc/meminfo")
    except (OSError, KeyError, ValueError):
        return _unknown(Symptom.UNSUPPORTED, "/proc/meminfo is not there or not readable as such")
    if seen.total <= 0:
        return _unknown(Symptom.UNSUPPORTED, "the kernel tells no amount of memory")
    facts = {
        "available_percent": round(100 * seen.available / seen.total, 1),
        "available_mb": round(seen.available / 2**20),
        "total_mb": round(seen.total / 2**20),
    }
    return Check(id="system:memory", layer=Layer.SYSTEM, target="memory", outcome=Outcome.PASS, facts=facts)


def _unknown(symptom: Symptom, because: str) -> Check:
    return Check(id="system:memory", layer=Layer.SYSTEM, target="memory", outcome=Outcome.UNKNOWN, symptom=symptom, because=because)
