"""How many tasks wait for each processor core."""

from __future__ import annotations

import psutil

from probes.model import Check, Layer, Outcome, Symptom


def load() -> Check:
    """`per_core` is the mean over the last minute, `per_core_5min` over the last five, of runnable and blocked tasks a core."""
    try:
        one, five, _ = psutil.getloadavg()
    except OSError:
        because = "the kernel does not tell its load"
        return Check(
            id="system:load", layer=Layer.SYSTEM, target="cpu", outcome=Outcome.UNKNOWN, symptom=Symptom.UNSUPPORTED, because=because
        )
    cores = psutil.cpu_count() or 1
    facts = {"per_core": round(one / cores, 2), "per_core_5min": round(five / cores, 2), "cores": cores}
    return Check(id="system:load", layer=Layer.SYSTEM, target="cpu", outcome=Outcome.PASS, facts=facts)
